"""Which names are one concept. Every join has a reason that stands in the text or in the writing of the names.

Names are joined when they are written alike (the same key), when the text gives one for the other ("X (Y)", "also known
as"), when initials match inside one document, or when the last word adds nothing: "CLIP model", and "attention
mechanism" where attention is said to be a mechanism.
An acronym with several meanings in a library stays apart: each document's own statement says which one it means.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.candidates import SURE_DEFINITION, Candidate
from ingest.facts import AliasFact, DocumentFacts
from ingest.terms import is_borderline
from knowledge.concepts import abbreviates, merge_reason, name_like, normalise, opposed, singular, words

KINDS = frozenset(
    "algorithm approach architecture benchmark classifier corpus dataset function mechanism method metric model "
    "network optimizer problem process strategy task technique".split()
)
"""Words that only repeat what a thing is, where its definition says that it is one."""
WAYS = frozenset("algorithm approach method procedure strategy technique".split())
"""Kinds of doing something: "k-means is a clustering algorithm" makes "k-means clustering" the same."""
MADE = frozenset("autoencoder classifier encoder forest machine memory model network perceptron transformer".split())
"""Last words of full names whose short form is a thing that is built, and no field: CNN, but not AI or NLP."""
BUILT = frozenset("architecture classifier model network".split())
COLLECTIONS = frozenset("dataset corpus benchmark".split())
GOES_BY = 0.1
"""Least share of a proper name's occurrences before "dataset" for it to be that data set's name."""
ADDS_NOTHING = "the last word adds nothing to a name"
REPEATS = "the last word is what it is defined to be"
PROPER_SHARE = 0.33
"""Least share of its occurrences with a capital for a plain word to be a proper name: Transformer."""
SAME_STEM_LETTERS = 6
"""Two expansions of one acronym are one if their words agree in this many first letters: convolution(al)."""


@dataclass(slots=True)
class Identities:
    """The joined names: `root` leads from a key to the key that stands for the concept."""

    parent: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    """Why a key was joined to another one."""
    senses: dict[str, tuple[tuple[int, str], ...]] = field(default_factory=dict)
    """Ambiguous short forms: (document index, key of the long form) in course order."""

    def root(self, key: str) -> str:
        """Return the key that stands for the concept of `key`."""
        while key in self.parent:
            key = self.parent[key]
        return key

    def sense(self, key: str, document: int) -> str:
        """Return the root meant by `key` in a document: the latest sense stated up to there, else the first one."""
        stated = self.senses.get(key)
        if stated is None:
            return self.root(key)
        meant = stated[0][1]
        for where, long in stated:
            if where <= document:
                meant = long
        return self.root(meant)

    def join(self, root: str, other: str, reason: str) -> None:
        """Make `other` a name of the concept of `root`."""
        first, second = self.root(root), self.root(other)
        if first != second:
            self.parent[second] = first
            self.reasons[second] = reason


def identify(facts: Sequence[DocumentFacts], candidates: Mapping[str, Candidate]) -> Identities:
    """Return which candidate keys are names of one concept."""
    names = {key: candidate.commonest for key, candidate in candidates.items()}
    found = Identities()
    stated: dict[str, list[tuple[int, str, str]]] = {}
    for document, alias in stated_pairs(facts):
        stated.setdefault(normalise(alias.alias), []).append((document, alias.name, alias.alias))
    for short, pairs in sorted(stated.items()):
        _join_stated(found, short, pairs, names)
    for long, short in _initials(candidates, names):
        if found.root(short) == short and short not in found.senses and short not in stated:
            reason = merge_reason(names[short], names[long], same_document=_share_document(facts, short, long))
            if reason is not None:
                found.join(long, short, reason)
    for key in sorted(names):
        _join_tail(found, key, names, candidates)
    return found


def stated_pairs(facts: Sequence[DocumentFacts]) -> Iterator[tuple[int, AliasFact]]:
    """Yield the pairs of names that documents declare equal, with the document's index."""
    for document, entry in enumerate(facts):
        for section in entry.sections:
            yield from ((document, alias) for alias in section.aliases)
        for chunk in entry.chunks:
            yield from ((document, alias) for alias in chunk.aliases)


def _join_stated(
    found: Identities, short: str, pairs: Sequence[tuple[int, str, str]], names: Mapping[str, str]
) -> None:
    surface = Counter(alias for _, _, alias in pairs).most_common(1)[0][0]
    groups = _expansions(surface, pairs)
    for members in groups:
        keys = Counter(key for _, key in members)
        best = max(keys, key=lambda key: (keys[key], key))
        for key in sorted(keys):
            if key != best:
                found.join(best, key, f"both are written {surface}")
    if len(groups) > 1 and name_like(surface):
        found.senses[short] = tuple(sorted(place for members in groups for place in members))
    elif len(groups) == 1 and not _would_join_opposites(found, groups[0][0][1], short, names):
        long = groups[0][0][1]
        fits = abbreviates(surface, names.get(long, long))
        found.join(long, short, "abbreviation stated in the text" if fits else "other name stated in the text")


def _expansions(surface: str, pairs: Sequence[tuple[int, str, str]]) -> list[list[tuple[int, str]]]:
    """Return the stated places and keys of a short form's full names, one list for each thing it stands for."""
    groups: list[tuple[str, list[tuple[int, str]]]] = []
    for document, long, _ in pairs:
        if merge_reason(surface, long, stated=True) is None or _loose(surface, long):
            continue
        members = next((members for first, members in groups if _same_expansion(first, long)), None)
        if members is None:
            members = []
            groups.append((long, members))
        members.append((document, normalise(long)))
    return [members for _, members in groups]


def _loose(short: str, long: str) -> bool:
    """Return whether a common noun is called another name of something: true there ("or features"), not everywhere."""
    plain = any(" " not in name and not name_like(name) and is_borderline(name) for name in (short, long))
    return plain and not abbreviates(short, long)


def _would_join_opposites(found: Identities, long: str, short: str, names: Mapping[str, str]) -> bool:
    """Return whether a join would bring two opposed long names under one concept by way of others."""
    one, other = found.root(long), found.root(short)
    first, second = names.get(one, one), names.get(other, other)
    by_others = one != other and (one, other) != (long, short)  # the pair itself was judged by `merge_reason`
    return by_others and " " in first and " " in second and opposed(first, second)


def _same_expansion(one: str, other: str) -> bool:
    if normalise(one) == normalise(other):
        return True
    first, second = words(one.lower()), words(other.lower())
    if len(first) != len(second) or opposed(one, other):
        return False
    return all(a[:SAME_STEM_LETTERS] == b[:SAME_STEM_LETTERS] for a, b in zip(first, second, strict=True))


def _initials(candidates: Mapping[str, Candidate], names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (long key, short key) where the first letters of the long name spell the short one."""
    shorts = {key for key, name in names.items() if " " not in name and 3 <= len(key) <= 6 and name.isupper()}
    by_initials: dict[str, list[str]] = {}
    for key, name in names.items():
        parts = words(name)
        if len(parts) >= 3:
            by_initials.setdefault("".join(part[0] for part in parts).casefold(), []).append(key)
    for short in sorted(shorts):
        fitting = by_initials.get(short, [])
        if len(fitting) == 1 and candidates[fitting[0]].total >= 2:
            yield fitting[0], short


def _share_document(facts: Sequence[DocumentFacts], short: str, long: str) -> bool:
    for entry in facts:
        keys = {normalise(run) for chunk in entry.chunks for run, _ in chunk.runs}
        if short in keys and long in keys:
            return True
    return False


def _join_tail(found: Identities, key: str, names: Mapping[str, str], candidates: Mapping[str, Candidate]) -> None:
    """Join a name with the same name without its last word, where that word adds nothing."""
    parts = names[key].split()
    short = normalise(" ".join(parts[:-1]))
    if len(parts) < 2 or short not in names or short in found.senses or found.root(short) == found.root(key):
        return
    reason = merge_reason(names[key], names[short])
    if reason is None and _is_said_to_be(candidates[short], singular(parts[-1])):
        reason = REPEATS
    adds_nothing = (
        _goes_by(candidates[short], candidates[key], parts)
        or _is_doer(candidates[short], candidates[key], parts)
        or (singular(parts[-1]) in BUILT and _stands_for_something_made(found, short, names))
    )
    if reason is None and adds_nothing:
        reason = ADDS_NOTHING
    if reason is not None and not _would_join_opposites(found, short, key, names):
        found.join(short, key, reason)


def _goes_by(short: Candidate, long: Candidate, parts: Sequence[str]) -> bool:
    """Return whether a proper name stands with the word for its kind so often that the word belongs to it."""
    if singular(parts[-1]) not in COLLECTIONS or not name_like(parts[-2]) or not long.commonest[-1:].islower():
        return False
    return long.total >= 2 and long.total >= GOES_BY * short.total and long.commonest.split()[-1].islower()


def _is_doer(short: Candidate, long: Candidate, parts: Sequence[str]) -> bool:
    """Return whether a proper name of what does something goes by the word for its kind: "Transformer model"."""
    doer = parts[-2].lower()
    if singular(parts[-1]) not in ("model", "architecture") or not doer.endswith(("er", "or")):
        return False
    proper = sum(count for surface, count in short.surfaces.items() if surface.split()[-1][:1].isupper())
    often = singular(parts[-1]) == "architecture" or long.total >= GOES_BY * short.total
    return proper >= PROPER_SHARE * short.total and often


def _stands_for_something_made(found: Identities, short: str, names: Mapping[str, str]) -> bool:
    """Return whether a short form's full name ends with what is built: "CNN architecture", but not "AI model"."""
    full = names.get(found.root(short), "")
    return full != names[short] and name_like(names[short]) and singular(words(full)[-1]) in MADE


def _is_said_to_be(candidate: Candidate, kind: str) -> bool:
    """Return whether a definition says that a name is of this kind, or a way of doing it.

    "Attention is a mechanism", "k-means is a clustering algorithm".
    """
    for one in candidate.definitions:
        said = [singular(word) for word in words(one.genus)[-2:]] if one.strength >= SURE_DEFINITION else []
        if said and said[-1] == kind and kind in KINDS:
            return True
        if len(said) == 2 and said[-1] in WAYS and said[0] == kind and kind.endswith(("ing", "ion", "ization")):
            return True
    return False
