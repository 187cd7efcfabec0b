"""Sentences that say what a term is.

Knows the English patterns of defining; refuses to guess where no pattern stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.facts import DefinitionFact
from ingest.terms import clean
from ingest.wordlists import BREAKS, IMPERATIVES, LEADING_VERBS, SIZE_WORDS, WEAK

LONGEST_QUOTE = 600
"""Characters of the longest sentence that is quoted: longer ones are lists or tables that were not cut."""

_NAME = r"[^\W\d_][\w'’+#-]*(?: +[\w'’+#-]+){0,6}?"
"""Hyphens belong to words and to nothing else: were they also what parts words, a row of them would never end."""
_AKA = (
    r"(?:(?:also|often|commonly)\s+)?(?:known|referred\s+to|called|termed|abbreviated)(?:\s+as|\s+to)?|aka|a\.k\.a\.|"
    r"or\s+simply|or"
)
_OPENING = (
    r"^(?:(?:so|thus|hence|now|here|formally|basically|simply put|in short|in other words|essentially|in simple terms|"
    r"note that|recall that|remember that|intuitively|in general|generally|first|second|finally|therefore|however|"
    r"(?:in|for|within|at|from|with)\s[^,.]{2,60}),?\s+)?"
)
_COPULA = re.compile(
    rf"{_OPENING}(?P<article>(?:an?|the)\s+)?(?P<name>{_NAME})(?:\s*\([^()]{{2,60}}\))?"
    rf"(?:,?\s+\(?(?:{_AKA})\s+[^,.;()]{{2,50}}?\)?,?(?=\s+(?:is|are|refers?)\b))?\s*,?\s+"
    r"(?P<verb>is|are|was|were|refers?\s+to|means|denotes?|(?:is|are)\s+defined\s+as|"
    r"can\s+be\s+(?:defined|described|thought\s+of|seen|viewed|understood)\s+as)\s+"
    r"(?:(?:simply|basically|essentially|just|actually|often|usually|typically|really|nothing\s+but|in\s+fact|"
    r"commonly|also|generally|a\s+way\s+of|called)\s+)*"
    r"(?:(?P<det>an?|the|one\s+of\s+the|any|when|where|how|what)\b)?\s*(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_HAS_COPULA = re.compile(r"\s(?:is|are|was|were|refers?|means|denotes?|can be)\s")
_LEAD_IN = re.compile(
    r"^(?:[-*+]\s+|\d+[.)]\s+)?(?P<mark>\*\*|__)(?P<name>[^*_\n]{2,60}?)(?P<inner>[:.]?)(?P=mark)"
    r"(?:\s*\([^()]{2,60}\))?\s*(?P<sep>[:–—]|-(?=\s)|(?=\s))\s*(?P<rest>\S.*)$",
    re.DOTALL,
)
_RUN_IN = re.compile(r"^(?P<mark>\*\*|__)(?P<name>[^*_\n]{2,60}?)[.:]?(?P=mark)[.:]?$")
"""A bold name that is a sentence by itself, as a heading that runs into its paragraph."""
_CAPTION = re.compile(
    r"^\W*(?:(?:figure|fig\.|table|listing|image|diagram|algorithm)\s*\d|(?:left|right|top|bottom|middle|above|below)\b[^.]{0,40}:"
    r"|(?:\(?[a-h]\)|\w+, (?:left|right))\s)",
    re.IGNORECASE,
)
_OF_THE_MOMENT = re.compile(
    r"\b(?:in (?:this|the|our) (?:\w+ )?example|in this (?:case|section|chapter|notebook|figure|image|tutorial|"
    r"exercise)|in our case|(?:shown|seen|given|described|listed) (?:here|above|below)|"
    r"that (?:we|you)(?:['’]ve|['’]ll)? (?:\w+ )?(?:just|saw|used|defined|created|trained|loaded))\b",
    re.IGNORECASE,
)
"""What a definition does not say: it would hold for this example only."""
_THESE = re.compile(r"(?:for (?:example|instance)|e\.g\.)\b|the\s[^.]{2,40}\sare\s+the\b", re.IGNORECASE)
"""An example, or certain things met before: "The predictions are the logits of the model"."""
_SOMEBODY = re.compile(
    r"^(?:[\w-]+ ){0,4}(?:engineer|researcher|professor|student|author|scientist|founder|co-?founder|company|startup|"
    r"organi[sz]ation|city|country|university|conference|journal|team|lecturer|developer|person|engineer)s?\b",
    re.IGNORECASE,
)
_VERSION = re.compile(r"\bv?\d+\.\d+")
_APPOSITION = re.compile(
    r"(?P<mark>\*\*|__|\*)(?P<name>[^*_\n]{2,50}?)(?P=mark)(?:\s*\([^()]{2,60}\))?,\s+(?:which|i\.e\.|that is)\s+"
    r"(?:is|are|means?|measures?|refers?|denotes?|describes?|stands?|an?|the)\b"
)
_ITEM = re.compile(r"^(?P<name>[A-Z][\w'’+# -]{2,40}?)(?:\s*\([^()]{2,40}\))?\s*:\s+(?P<rest>[A-Z(].{25,})$", re.DOTALL)
_CALLED = re.compile(
    r"\b(?:(?:is|are)\s+(?:(?:often|commonly|usually|also|typically|simply|sometimes|generally|then)\s+)*(?:called|known\s+as|"
    r"referred\s+to\s+as|termed|named|dubbed)|(?:we|they|you)\s+(?:(?:often|usually|also|sometimes|will|then)\s+)*(?:call|refer"
    r"\s+to)(?:\s+(?:this|it|them|these|such)(?:\s+\w+){0,2}?)?(?:\s+as)?|we\s+(?:introduce|define)|this\s+(?:process|technique|"
    r"approach|method|operation|trick)\s+is|(?:algorithm|technique|method|model|dataset|approach|function|procedure|process|"
    r"network|layer|architecture|metric|strategy|task|objective|problem|phenomenon|effect|property)s?\s+"
    r"(?:called|named|known\s+as|termed|dubbed))\s+(?:the\s+|an?\s+)?(?P<rest>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_MARKED = re.compile(
    r"^(?:[\w-]+\s+){0,3}?(?P<mark>\*{1,3}|_|[\"“']|``?)(?P<name>[^*_\"”“`\n]{2,50}?)(?:(?P=mark)|[”'])"
)
_BARE = re.compile(
    r"^(?P<name>[^\W\d_][\w'’+#-]*(?:[ -][\w'’+#-]+){0,3}?)"
    r"(?=\s*(?:[.,;:()]|$|\b(?:and|which|that|because|since|in|for|of|to|"
    r"as|where|when|with|or)\b))"
)
_NOT_SUBJECT = re.compile(
    r"\b(?:this|that|it|these|those|there|here|what|which|who|how|why|when|we|you|they|he|she|one|each|every|all|both|"
    r"another|such|its|their|our|your|my|only|below|above|following|first|second|third|next|last|other|some|many|most|"
    r"goal|idea|reason|problem|point|result|output|question|answer|difference|advantage|example|is|are|was|if|while|"
    r"easiest|simplest|best|way|purpose|details?|information|note)\b",
    re.IGNORECASE,
)
_NOT_GENUS = re.compile(
    r"^(?:[\w-]*[^\Ws]\s+(?:at|in|for)\s+\w+ing\b|\w+ed\b|done|given|shown|known|built|found|taken|seen|written|held|kept|left|made|chosen|drawn|fed|able|good|bad|great|"
    r"better|best|easy|hard|often|also|not|very|usually|more|less|much|many|no|now|present|only|still|always|never|already|"
    r"quite|too|so|as|at|in|on|to|for|with|by|from|of|about|like|similar|different|equal|important|useful|available|true|false|"
    r"likely|possible|necessary|clear|well|both|all|some|there|here|because|due|just|what|that|this|it|we|you|going|being|doing|"
    r"getting|having|up|out|\w+er\s+than|easier|harder|faster|slower|larger|smaller|higher|lower|most|key|essential|crucial|"
    r"particularly|especially|same|two|three|four|several|currently|then|where|when)\b",
    re.IGNORECASE,
)
_EVALUATION = re.compile(
    r"^(?:very\s+|really\s+|particularly\s+|most\s+|more\s+|quite\s+|new\s+and\s+)?(?:good|great|nice|bad|important|crucial|key|"
    r"common|popular|useful|exciting|prime|"
    r"essential|natural|big|huge|perfect|simple|easy|hard|difficult|major|challenging|tricky|favorite|recommended|"
    r"problem|way|case|reason|example|result|issue|matter|place|thing|one|same|first|second|last|next|only|best|main|game-changer|"
    r"following|number|lot|bit|few|little|topic|goal|idea|must|default|right|ability|fact|area|significant|critical|vital)\b",
    re.IGNORECASE,
)
_GENUS_END = re.compile(
    r"[,.;:()]|\s(?:of|that|which|who|whose|where|when|to|for|in|with|by|from|on|and|or|because|as|between|such|it|we|you|adept|"
    r"capable|able|consisting|containing|\w+ed\s+(?:at|to|in|by|on|for|with|as|of|from))\b",
    re.IGNORECASE,
)
_KIND_OF = re.compile(
    r"^(?:an?\s+)?(?:[\w-]+\s+)?(?:type|kind|form|variant|variation|family|class|special\s+case|subset|subfield|branch|"
    r"example|instance|category|version|extension)s?\s+of\s+(?:the\s+|an?\s+)?",
    re.IGNORECASE,
)
_MANY_OF = re.compile(
    r"(?:[\w-]+\s+)?(?:generali[sz]ation|set|collection|series|part|component|group|list|number|measure|result)s?\s+of\b",
    re.IGNORECASE,
)
"""What is made of things, or goes beyond them, is none of them."""
_STRIP = re.compile(r"\*{1,3}|``?|(?<!\w)_{1,2}|_{1,2}(?!\w)|!?\[(?=[^\]]*\]\()|\]\([^)]*\)|<[^<>]{1,80}>")
_LINKS = re.compile(r"!?\[(?=[^\]]*\]\()|\]\([^)]*\)")
_PARENTHESIS = re.compile(r"\([^()]*\)")
_SET_APART = re.compile(r"(?:an?|the)?\s*(?:\*\*|__|\*|_)\w", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:an?|the|any)\s+", re.IGNORECASE)


def run_in(sentence: str) -> str:
    """Return the bold name that is all of a sentence ("**Occlusion**."), or an empty string."""
    match = _RUN_IN.match(sentence)
    return match.group("name") if match is not None and match.group("name")[-1:] not in "?!" else ""


def run_in_definition(name: str, quote: str, *, item: bool) -> Iterator[DefinitionFact]:
    """Yield what a run-in name and the sentence after it define: entries of a list more than paragraphs."""
    rest = plain(quote)[len(plain(name)) :].lstrip(" .:")
    if 20 <= len(quote) <= LONGEST_QUOTE and not _CAPTION.match(quote) and not asks(rest):
        yield from _fact(name, quote, 0.6 if item else 0.45, "")


def glossary_entries(line: str) -> Iterator[DefinitionFact]:
    """Yield what an entry of a glossary defines: "Term: meaning", "Term - meaning", or a row of a table."""
    match = _ROW.match(line) if line.startswith("|") else _ENTRY.match(line)
    if match is not None and len(line) <= LONGEST_QUOTE:
        name = plain(match.group("name")).strip("*_` ")
        yield from _fact(name, line, 0.9, _genus(plain(match.group("rest"))))


_ENTRY = re.compile(
    r"^(?:[-*+]\s+|\d+[.)]\s+)?(?P<name>[*_`]{0,3}[^\W_][^:|\n]{1,58}?[*_`]{0,3})\s*(?::[*_]{0,3}|\s[–—-])\s+(?P<rest>\S.{12,})$",
    re.DOTALL,
)
_ROW = re.compile(r"^\|\s*(?P<name>[^|\n]{2,60}?)\s*\|\s*(?P<rest>[^|\n]{12,}?)\s*\|")


def _lead_in_strength(rest: str, *, item: bool) -> float:
    """Return how surely what follows a bold lead-in says what it is."""
    if asks(rest):
        return 0.35
    if not item and not _ARTICLE.match(rest):
        return 0.4
    return 0.75 if _EVALUATION.match(rest) is None else 0.5


def asks(rest: str) -> bool:
    """Return whether a text begins with an imperative or a question: advice, no definition."""
    first = re.match(r"[^\W\d_]+", rest)
    if first is None or rest.endswith("?"):
        return rest.endswith("?")
    word = first.group()
    return (
        word.lower() in IMPERATIVES
        or word.lower() == "always"
        or (word.lower().endswith("ing") and word.lower() in LEADING_VERBS)
    )


def plain(sentence: str) -> str:
    """Return a sentence without marks of emphasis, code and links, its white space made single."""
    return " ".join(_STRIP.sub("", sentence).split())


def definitions(sentence: str, *, opens: bool, item: bool = True) -> Iterator[DefinitionFact]:
    """Yield what a sentence defines.

    Args:
        sentence: as it stands in the chunk, marks included: it becomes the quote.
        opens: whether it opens a paragraph or list item; only there a bold lead-in or `Term: ...` defines.
        item: whether it stands in a list; a lead-in of a paragraph is a heading rather than a definition.
    """
    if not 20 <= len(sentence) <= LONGEST_QUOTE or _CAPTION.match(sentence):
        return
    lead = _LEAD_IN.match(sentence) if opens and ("**" in sentence or "__" in sentence) else None
    if lead is not None and (lead.group("sep").strip() or lead.group("inner")) and len(lead.group("rest")) > 20:
        rest = plain(lead.group("rest"))
        strength = _lead_in_strength(rest, item=item)
        yield from _fact(lead.group("name"), sentence, strength, _genus(rest) if _ARTICLE.match(rest) else "")
        return
    text = plain(sentence)
    if opens and ": " in text[:60]:
        entry = _ITEM.match(text)
        if entry is not None and len(entry.group("name").split()) <= 4:
            yield from _fact(entry.group("name"), sentence, 0.5, _genus(entry.group("rest")))
    for beside in _APPOSITION.finditer(sentence):
        yield from _fact(beside.group("name"), sentence, 0.65, "")
    if _HAS_COPULA.search(text) is not None:
        yield from _copula(text, sentence)
    called = _CALLED.search(_LINKS.sub("", sentence))
    if called is not None:
        marked = _MARKED.match(called.group("rest"))
        bare = _BARE.match(called.group("rest")) if marked is None else None
        if marked is not None:
            yield from _fact(marked.group("name"), sentence, 0.4 if marked.group("mark").startswith("`") else 0.8, "")
        elif bare is not None:
            yield from _fact(bare.group("name"), sentence, 0.5, "")


def _copula(text: str, sentence: str) -> Iterator[DefinitionFact]:
    match = _COPULA.match(text)
    if match is None:
        return
    name, rest = match.group("name"), match.group("rest")
    first = name.split()[0].lower()
    if first in BREAKS or _NOT_SUBJECT.search(name) or not rest or text.endswith("?"):
        return
    if _SOMEBODY.match(rest) or _VERSION.search(name):
        return
    strength = _copula_strength(match, text, sentence)
    if strength:
        yield from _fact(name, sentence, strength, _genus(rest))


def _copula_strength(match: re.Match[str], text: str, sentence: str) -> float:
    """Return how surely a copula defines its subject, 0 where it does not."""
    name, rest = match.group("name"), match.group("rest")
    det, verb = (match.group("det") or "").lower(), match.group("verb").lower()
    strength = 0.9
    if verb in ("is", "are", "was", "were") and not det:
        if not _names_a_kind(name, verb, rest):
            return 0.0
        strength = 0.65
    if verb == "means" or det in ("when", "where", "how", "what") or det.startswith("one"):
        strength = 0.5
    weakened = (
        (verb in ("was", "were"), 0.7),
        (_EVALUATION.match(rest), 0.5),
        ((match.group("article") or "").strip().lower() == "the", 0.7),
        (_OF_THE_MOMENT.search(text), 0.4),
        (_THESE.match(text), 0.6),
    )
    for holds, factor in weakened:
        strength *= factor if holds else 1.0
    return min(1.0, strength + 0.1) if _SET_APART.match(sentence) else strength


def _names_a_kind(name: str, verb: str, rest: str) -> bool:
    """Return whether a predicate without an article names what the subject is: "Embeddings are dense vectors that"."""
    if _NOT_GENUS.match(rest) is not None:
        return False
    if verb in ("is", "was", "were"):
        return False
    genus = _genus(rest)
    return name[-1] == "s" and genus[-1:] == "s" and not genus.endswith(("ous", "ss"))


def _genus(rest: str) -> str:
    """Return the kind of thing a definition names: "a type of recurrent network that ..." gives "recurrent network"."""
    text = _ARTICLE.sub("", rest.strip())
    if _MANY_OF.match(text):
        return ""
    kind = _KIND_OF.match(text)
    if kind is not None:
        text = text[kind.end() :]
    end = _GENUS_END.search(text)
    head = text[: end.start()] if end is not None else text
    return head.strip() if len(head.split()) <= 8 else ""


def _fact(name: str, sentence: str, strength: float, genus: str) -> Iterator[DefinitionFact]:
    surface = clean(_PARENTHESIS.sub("", name))
    if not surface:
        return
    before = name[: name.find(surface.split()[0])].lower().split() if surface.split()[0] in name else []
    treats = name.split(maxsplit=1)[0].lower().endswith("ing") and bool(before)  # "Removing convolutions: ..."
    if treats or any(word in BREAKS and word not in _ARTICLES for word in before):
        return
    narrowed = any(word in WEAK or word in SIZE_WORDS for word in before)  # "Better data: ..." says what is better
    yield DefinitionFact(surface, sentence, round(strength * (0.5 if narrowed else 1.0), 2), genus)


_ARTICLES = frozenset("a an the our your one's its".split())
