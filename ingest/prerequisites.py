"""Why one concept should be understood before another: signs gathered from the text, weighed, and joined.

A sign is a definition that uses another concept, a kind or part named, a phrase ("builds on", "recall"), a link back,
or that passages teaching one lean on the other and not the reverse. Being named together is no sign. Name similarity
gives kinship, never direction, except that a longer name rests on its head ("multi-head attention" on "attention").
What the signs are worth together is `evidence_weights`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from math import log

from ingest.coursework import STATED_WEIGHT, Course
from ingest.definitions import plain
from ingest.evidence_weights import Circumstances, Sign, probability
from ingest.facts import CueKind
from ingest.lessons import resolve_links
from knowledge.concepts import opposed
from knowledge.model import Evidence, MentionRole, Quote, Relation, RelationKind

MOST_PREREQUISITES = 8
LEAST_CONFIDENCE = 0.5
"""Weaker edges are left out: an order that is more likely wrong than right misleads."""

DEFINITION_USES, GENUS = 0.45, 0.6
HEAD_OF_NAME, IN_NAME = 0.45, 0.3
LINK_BACK = 0.35
FIRST_IN_TITLE = 0.3
FEWEST_LEANING, LEAST_LEANING, LEAST_LEADING = 2, 0.15, 0.45
LEADING = 2
"""Passages before the first teaching of a concept that lead up to it."""
FOLLOWING = 0.65
"""What the sentence after a definition counts, against the definition itself."""
EXPLICIT = frozenset({Sign.KIND, Sign.HEAD, Sign.PART, Sign.FORMULA, Sign.BUILDS_ON, Sign.STATED})
"""Signs that count even where the course introduces the two the other way round."""
SETTLING = frozenset({Sign.KIND, Sign.HEAD})
"""Signs that leave nothing to say for the reverse: the general comes before its kinds."""
COUNTS = frozenset({Sign.LEANS, Sign.LEADS_UP, Sign.WITHIN})
BY_NAME = frozenset({Sign.HEAD, Sign.INSIDE, Sign.LEANS})
"""What a name says by its words, and what never stands alone."""
SAID_BY_NAME = 0.75
"""Least rarity of a word that is a step for no other reason than that a name holds it: not "learning", "image"."""
MOST_BY_COUNTING = 0.55
"""What only counts say is never surer than this: what the text states comes before it."""
_OF_EVERYTHING = frozenset({Sign.KIND, Sign.STATED, Sign.LINKED})
"""Signs that weigh the same for a concept that is named everywhere."""


_APPLIED = re.compile(
    r"\b(?:(?:used|useful|applied|employed|suited|suitable|designed|popular|applications?|tasks?)\s+(?:for|in|to|like|such\s+as|"
    r"including)|so\s+that|excels?\s+(?:in|at)|such\s+as|(?:just\s+)?(?:like|as)\s+in|e\.g\.|for\s+(?:example|instance)|typically,?\s+an?)"
    r"(?!\w)(?:(?!\b(?:by|using|with|via|that|which)\b)[^.;])*",
    re.IGNORECASE,
)
"""What a definition says a thing is good for, or gives as examples: it does not rest on that."""
_WHICH_IS = re.compile(r",\s+which\s+(?:is|are)\b")
_TURN = re.compile(r"[,;]\s+(?:and|but|while|whereas)\s+", re.IGNORECASE)
_SAYS_OF_ANOTHER = re.compile(
    r"(?:the|an?)\s+[^,;.]{2,60}?\s(?:is|are)\s+(?:simply\s+|just\s+|then\s+)?(?:an?|the|defined|called)\b",
    re.IGNORECASE,
)
"""A clause with a subject of its own that it says what it is."""
_ALIKE = re.compile(r"(?P<one>[\w-]+(?:\s[\w-]+){0,3}),?\s+or\s+(?P<other>(?:[\w-]+\s?){1,4})", re.IGNORECASE)
"""Two names that a definition gives for one thing."""
Pair = tuple[str, str]
Signs = dict[Pair, list[Evidence]]


def prerequisite_signs(course: Course) -> Signs:
    """Return the signs for each (earlier, later) pair of roots."""
    strongest: dict[Pair, dict[str, Evidence]] = defaultdict(dict)
    for source in (
        definition_signs,
        _name_signs,
        _cue_signs,
        _call_signs,
        _link_signs,
        _title_signs,
        _leading_signs,
        _leaning_signs,
        _usual_signs,
    ):
        for pair, evidence in source(course):
            known = strongest[pair].get(evidence.kind)
            if pair[0] != pair[1] and (known is None or known.weight < evidence.weight):
                strongest[pair][evidence.kind] = evidence
    settled = {pair for pair, found in strongest.items() if SETTLING & found.keys()}
    return {
        pair: [_by_rarity(course, pair[0], sign) for sign in found.values()]
        for pair, found in strongest.items()
        if found and (pair in settled or not _is_settled_otherwise(course, pair, settled, found))
    }


def _is_settled_otherwise(course: Course, pair: Pair, settled: Collection[Pair], found: Collection[str]) -> bool:
    """Return whether nothing is left to say for a pair: its reverse is what a name or a kind says, or what is usual.

    An author who says that the lesson needs it is believed against what is usual.
    """
    back = (pair[1], pair[0])
    return back in settled or (Sign.STATED not in found and course.usually_before(*back) > 0)


def _by_rarity(course: Course, earlier: str, sign: Evidence) -> Evidence:
    """Return the sign, weighing less for a concept that is named everywhere, unless it says what kind a thing is."""
    if sign.kind in _OF_EVERYTHING:
        return sign
    return replace(sign, weight=round(sign.weight * course.rarity(earlier), 3))


def prerequisite_edges(course: Course, signs: Signs, ids: Mapping[str, str]) -> list[Relation]:
    """Return the prerequisite edges that the signs carry: at most `MOST_PREREQUISITES` a concept, surest first.

    What only counts say stands in where the text states nothing that a concept rests on, and what its passages are
    about where counts say nothing else.
    """
    stated: dict[str, list[Relation]] = defaultdict(list)
    counted: dict[str, list[Relation]] = defaultdict(list)
    within: dict[str, list[Relation]] = defaultdict(list)
    usual: dict[str, list[Relation]] = defaultdict(list)
    for (earlier, later), evidence in signs.items():
        around, kinds = circumstances(course, signs, (earlier, later)), {sign.kind for sign in evidence}
        known = around.order >= 0 or Sign.USUAL in kinds
        heard = evidence if known else [sign for sign in evidence if sign.kind in EXPLICIT]
        kinds, sure = {sign.kind for sign in heard}, probability(heard, around)
        if sure < LEAST_CONFIDENCE or kinds <= {Sign.LEANS}:
            continue  # being named together is no reason
        if kinds <= BY_NAME and course.rarity(earlier) < SAID_BY_NAME:
            continue  # of what stands everywhere nobody needs to be told first
        by_counts = kinds <= COUNTS
        sure = min(sure, MOST_BY_COUNTING) if by_counts else sure
        edge = Relation(ids[earlier], ids[later], RelationKind.PREREQUISITE, sure, tuple(evidence))
        by_subject = by_counts and Sign.LEADS_UP not in kinds
        kept = within if by_subject else counted if by_counts else usual if kinds <= COUNTS | {Sign.USUAL} else stated
        kept[later].append(edge)
    return [
        edge
        for later in sorted(stated.keys() | counted.keys() | within.keys() | usual.keys())
        for edge in _surest((stated[later] or counted[later] or within[later]) + usual[later])
    ]


def _surest(edges: Iterable[Relation]) -> list[Relation]:
    return sorted(edges, key=lambda edge: (-edge.confidence, edge.source_id))[:MOST_PREREQUISITES]


def circumstances(course: Course, signs: Signs, pair: Pair) -> Circumstances:
    """Return what is known of a pair beside its own signs."""
    earlier, later = pair
    named = course.concepts[earlier].documents + 1, course.concepts[later].documents + 1
    return Circumstances(
        generality=max(-2.0, min(2.0, log(named[0] / named[1]))),
        order=course.taught_before(earlier, later),
        against=sum(sign.weight for sign in signs.get((later, earlier), ())),
        breadth=1.0 - course.rarity(earlier),
    )


def definition_signs(course: Course) -> Iterable[tuple[Pair, Evidence]]:
    """Yield what the best definitions of each concept rest on."""
    for later, candidate in course.concepts.items():
        best = sorted(candidate.definitions, key=lambda entry: (-entry.strength, entry.place))[:2]
        for entry in best:
            quote = Quote(entry.chunk_id, entry.quote)
            document = entry.place[0]
            genus = course.names.head_of(entry.genus, document)
            for earlier in _ingredients(course, later, entry.quote, document)[:8]:
                kind, weight = (Sign.KIND, GENUS) if earlier == genus else (Sign.DEFINITION, DEFINITION_USES)
                kind = Sign.PART if kind is Sign.DEFINITION and course.is_part(earlier, later) else kind
                yield (earlier, later), Evidence(kind, round(weight * entry.strength, 3), quote)
            for earlier in course.names.in_text(entry.follow, document)[:6] if entry.follow else ():
                kind = Sign.PART if course.is_part(earlier, later) else Sign.DEFINITION
                share = 0.9 if kind is Sign.PART else FOLLOWING
                weight = round(share * DEFINITION_USES * entry.strength, 3)
                yield (earlier, later), Evidence(kind, weight, Quote(entry.chunk_id, entry.follow))


def _ingredients(course: Course, defined: str, quote: str, document: int) -> list[str]:
    """Return the concepts that a definition rests on.

    Not those that it is good for or gives as examples, not another name ("*transfer learning* or *fine-tuning*"), and
    not what it defines in turn: "... are partial derivatives, and the gradient is the vector of them". Where a clause
    of its own defines a name ("... gets its name from softmax, which is a ..."), it is that clause alone.
    """
    which = _WHICH_IS.search(quote)
    if which and course.names.head_of(plain(quote[: which.start()]), document) == defined:
        quote = quote[which.end() :]
    text = _APPLIED.sub(" ", quote)
    first, *further = _TURN.split(text)
    own = [first, *(clause for clause in further if not _SAYS_OF_ANOTHER.match(clause))]
    same = set()
    for match in _ALIKE.finditer(plain(text)) if " or " in text else ():
        ends = {course.names.head_of(match["one"], document), *course.names.in_text(match["other"], document)[:1]}
        same |= ends if defined in ends else set()
    return [root for root in course.names.in_text(" . ".join(own), document) if root not in same]


def _name_signs(course: Course) -> Iterable[tuple[Pair, Evidence]]:
    for later in course.concepts:
        head, inside = course.name_parts(later)
        if head:
            yield (head, later), Evidence(Sign.HEAD, HEAD_OF_NAME)
        for earlier in inside:
            yield (earlier, later), Evidence(Sign.INSIDE, IN_NAME)


_CUE_SIGN = {
    CueKind.IS_A: (Sign.KIND, 1.0),
    CueKind.PART_OF: (Sign.PART_OF, 0.6),
    CueKind.NEEDS: (Sign.BUILDS_ON, 1.0),
    CueKind.RECALLS: (Sign.RECALLED, 1.0),
}


def _cue_signs(course: Course) -> Iterable[tuple[Pair, Evidence]]:
    for place, cue, subjects, objects in course.resolved_cues():
        if cue.kind is CueKind.CONTRAST:
            continue
        kind, factor = _CUE_SIGN[cue.kind]
        if cue.kind is CueKind.NEEDS and not cue.subject:
            kind = Sign.STATED if cue.weight >= STATED_WEIGHT else Sign.IT_BUILDS_ON
        weight = round(cue.weight * factor * course.facts[place[0]].weight, 3)
        sign = Evidence(kind, weight, Quote(course.by_chunk[place].chunk_id, cue.quote))
        for subject in subjects:
            for other in objects:
                if kind is Sign.STATED and course.introduced[other][0] == place[0]:
                    continue  # a lesson does not need what it introduces itself
                yield ((subject, other) if cue.kind is CueKind.PART_OF else (other, subject)), sign


def _call_signs(course: Course) -> Iterable[tuple[Pair, Evidence]]:
    """Yield what the formula of a concept uses: of the one it defines, else of those that its passage teaches."""
    for chunk in course.located:
        document, position = chunk.place
        for call in course.facts[document].chunks[position].calls:
            earlier = course.names.named(call.surface, document) or course.names.named(
                f"{call.surface} function", document
            )
            defined = course.names.named(call.defined, document) if call.defined else ""
            taught = (defined,) if defined else chunk.core
            if earlier and earlier not in taught:
                sign = Evidence(Sign.FORMULA, 1.0, Quote(chunk.chunk_id, call.quote))
                for later in taught:
                    yield (earlier, later), sign


def _link_signs(course: Course) -> Iterable[tuple[Pair, Evidence]]:
    mains = main_concepts(course)
    own = [[root for root in roots if course.introduced[root][0] == document] for document, roots in enumerate(mains)]
    for link in resolve_links(course.facts):
        if link.target >= link.source:
            continue
        place = (link.source, link.position)
        named = course.names.in_text(link.text, link.source)
        quote = Quote(course.by_chunk[place].chunk_id, link.quote)
        sign = Evidence(Sign.LINKED, LINK_BACK, quote)
        for later in dict.fromkeys((course.by_chunk[place].topic, *mains[link.source][:1])):
            for earlier in named[:2] or (own[link.target] or mains[link.target])[:1] if later else ():
                yield (earlier, later), sign


def _title_signs(course: Course) -> Iterable[tuple[Pair, Evidence]]:
    """Yield the order in which a title names what one lesson teaches: "Jensen's inequality and the lower bound"."""
    for document in range(len(course.facts)):
        roots = course.title_roots(document)
        for earlier, later in pairwise(roots):
            if not opposed(course.shown[earlier], course.shown[later]):
                yield (earlier, later), Evidence(Sign.TITLE, FIRST_IN_TITLE)


def main_concepts(course: Course) -> list[list[str]]:
    """Return for each document the concepts it teaches most, best first."""
    weight: list[Counter[str]] = [Counter() for _ in course.facts]
    for chunk in course.located:
        for root, role in chunk.roles.items():
            gain = {MentionRole.DEFINES: 3.0, MentionRole.EXPLAINS: 1.0}.get(role, 0.0)
            weight[chunk.place[0]][root] += gain * (2.0 if root in chunk.owners[:1] else 1.0)  # type: ignore[assignment]
    for document, entry in enumerate(course.facts):
        for term in entry.sections[0].terms if entry.sections else ():
            for root in course.names.in_text(term.surface, document):
                weight[document][root] += 4.0 * term.weight  # type: ignore[assignment]
    return [[root for root, gain in counter.most_common() if gain > 0] for counter in weight]


def _leaning_signs(course: Course) -> Iterable[tuple[Pair, Evidence]]:
    """Compare how often passages at the core of one concept name the other, and the reverse, and passages at large.

    After the reference distance of Liang, Wu, Huang and Giles (EMNLP 2015), with passages in the place of linked pages.
    """
    taught: Counter[str] = Counter()
    shared: Counter[Pair] = Counter()
    for chunk in course.located:
        for later in chunk.core:
            taught[later] += 1
            for other in chunk.counts:
                if other != later:
                    shared[other, later] += 1
    for (earlier, later), count in shared.items():
        if count < FEWEST_LEANING or course.taught_before(earlier, later) < 0:
            continue
        forth = count / (taught[later] + 1)  # one more: two passages say less than ten
        back = shared.get((later, earlier), 0) / (taught[earlier] + 1)
        leaning = forth - max(back, course.named_at_large(earlier))
        if leaning >= LEAST_LEANING:
            yield (earlier, later), Evidence(Sign.LEANS, round(leaning, 3))


def _leading_signs(course: Course) -> Iterable[tuple[Pair, Evidence]]:
    """Look at the passages that lead up to the first teaching of a concept: it rests on what they name repeatedly."""
    for later, (document, position) in course.introduced.items():
        passages = [
            course.by_chunk[document, number]
            for number in range(max(0, position - LEADING), position + 1)
            if course.same_part(document, number, position)
        ]
        named = Counter(root for chunk in passages for root in chunk.counts)
        subject = course.by_chunk[document, position].topic  # may rest on the later one, as on a part of it
        for earlier, count in named.items():
            share = count / (len(passages) + 1) - course.named_at_large(earlier)
            leads = earlier != later and count >= FEWEST_LEANING and share >= LEAST_LEADING
            if leads and course.taught_before(earlier, later) >= 0:
                kind = Sign.WITHIN if earlier == subject else Sign.LEADS_UP
                yield (earlier, later), Evidence(kind, round(share, 3))


def _usual_signs(course: Course) -> Iterable[tuple[Pair, Evidence]]:
    """Yield what the passages that teach a concept name, and what Erica's list has before it."""
    for chunk in course.located:
        for later in chunk.core:
            for earlier in chunk.counts:
                if course.usually_before(earlier, later) == 1:
                    yield (earlier, later), Evidence(Sign.USUAL, 1.0)
