"""Sentences that say what a term is, and pairs of names that the text itself declares equal.

Knows the English patterns of defining; refuses to guess where no pattern stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.facts import AliasFact, DefinitionFact
from ingest.terms import clean
from knowledge.concepts import abbreviates, name_like, normalise, words

LONGEST_QUOTE = 600
"""Characters of the longest sentence that is quoted: longer ones are lists or tables that were not cut."""

_NAME = r"[^\W\d_][\w'’+#.-]*(?:[ -]+[\w'’+#.-]+){0,6}?"
_AKA = r"(?:also\s+)?(?:known|referred\s+to|called|termed|abbreviated)(?:\s+(?:simply|often|commonly))?(?:\s+as|\s+to)?|aka|a\.k\.a\.|or\s+simply|or"
_OPENING = (
    r"^(?:(?:so|thus|hence|now|here|formally|basically|simply put|in short|in other words|essentially|in simple terms|"
    r"note that|recall that|remember that|intuitively|in general|generally|first|secondly|finally|therefore|however|"
    r"(?:in|for|within|at|as|since|when|while|from|to|with)\s[^,.]{2,60}),?\s+)?"
)
_PARENTHETIC = rf"(?:\s*\((?P<paren>[^()]{{2,60}})\))?(?:,?\s+\(?(?:{_AKA})\s+(?P<alias>[^,.;()]{{2,50}}?)\)?,?(?=\s+(?:is|are|refers?)\b))?"
_COPULA = re.compile(
    rf"{_OPENING}(?P<article>(?:an?|the)\s+)?(?P<name>{_NAME}){_PARENTHETIC}\s*,?\s+"
    r"(?P<verb>is|are|refers?\s+to|means|denotes?|is\s+defined\s+as|are\s+defined\s+as|"
    r"can\s+be\s+(?:defined|described|thought\s+of|seen|viewed|understood)\s+as|(?:is|are)\s+the\s+name\s+(?:of|for))\s+"
    r"(?P<hedge>(?:simply|basically|essentially|just|actually|often|usually|typically|really|nothing\s+but|in\s+fact|"
    r"commonly|also|generally|a\s+way\s+of|called)\s+)*"
    r"(?P<det>an?|the|one\s+of\s+the|any|when|where|how|what)?\b\s*(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_LEAD_IN = re.compile(
    r"^(?:[-*+]\s+|\d+[.)]\s+)?(?P<mark>\*\*|__)(?P<name>[^*_\n]{2,60}?)(?P<inner>[:.]?)(?P=mark)"
    r"(?:\s*\((?P<paren>[^()]{2,60})\))?\s*(?P<sep>[:–—]|-(?=\s)|(?=\s))\s*(?P<rest>\S.*)$",
    re.DOTALL,
)
_PLAIN_LEAD_IN = re.compile(
    r"^(?P<name>[A-Z][\w'’+# -]{2,40}?)(?:\s*\((?P<paren>[^()]{2,40})\))?\s*:\s+(?P<rest>[A-Z(].{25,})$", re.DOTALL
)
_NAMED = re.compile(
    r"\b(?:(?:is|are|we|they|it|you|what\s+is|often|commonly|also|usually)\s+(?:(?:often|commonly|usually|also|typically|"
    r"simply|sometimes|generally|then|will)\s+)*(?:called|call|known\s+as|referred\s+to\s+as|termed|named|dubbed|refer\s+to"
    r"(?:\s+(?:this|it|them))?\s+as)|(?:call|calls)\s+(?:it|this|these|them|such[\w\s]{0,30})|we\s+(?:introduce|define)|"
    r"this\s+(?:is|process|technique|approach|method|operation)\s+(?:is\s+)?(?:called|known\s+as))\s+"
    r"(?:the\s+|an?\s+)?(?P<mark>\*{1,3}|_|[\"“']|``?)?(?P<name>[^\W\d_][\w'’+#-]*(?:[ -][\w'’+#-]+){0,4}?)"
    r"(?(mark)[\"”'*_`]+|(?=\s*(?:[.,;:()]|$|\b(?:and|which|that|because|since|in|for|of|to|as|where|when|with|or)\b)))",
    re.IGNORECASE,
)
_STANDS_FOR = re.compile(
    r"\b(?P<short>[A-Za-z][\w-]{1,12})\s*(?:,\s*)?(?:\(?(?:stands|short|is\s+short|is\s+an?\s+(?:acronym|abbreviation)|"
    r"acronym|is\s+the\s+abbreviation)\s+(?:for|of))\s+(?:the\s+)?[\"“*_]*(?P<long>[^\W\d_][\w-]*(?:[ -][\w-]+){1,7})",
)
_PARENTHESES = re.compile(r"(?P<before>[^().;:\n]{3,90}?)\s*\((?P<inside>[^()\n]{2,70})\)")
_KNOWN_AS = re.compile(
    rf"(?P<name>{_NAME})\s*(?:,\s*|\(\s*)(?:also\s+(?:known|referred\s+to|called)(?:\s+as)?|aka|a\.k\.a\.?|or\s+simply)\s+"
    r"(?:the\s+)?[\"“*_]*(?P<alias>[^\W\d_][\w'’+#-]*(?:[ -][\w'’+#-]+){0,4}?)[\"”*_]*\s*(?=[,.;:)]|\bis\b|\bare\b|$)",
    re.IGNORECASE,
)
_NOT_SUBJECT = re.compile(
    r"\b(?:this|that|it|these|those|there|here|what|which|who|how|why|when|we|you|they|he|she|i|one|each|every|all|both|"
    r"another|such|its|their|our|your|my|only|below|above|following|first|second|third|next|last|other|some|many|most|"
    r"goal|idea|reason|problem|point|result|output|question|answer|difference|advantage|example|following|is|are|"
    r"easiest|simplest|best|way|purpose)\b",
    re.IGNORECASE,
)
_NOT_GENUS = re.compile(
    r"^(?:\w+ed\b(?!\s+\w+(?:s|ion|ing|or|er|work)\b)|able|good|bad|great|better|best|easy|hard|often|also|not|very|usually|more|less|much|many|no|now|"
    r"only|still|always|never|already|quite|too|so|as|at|in|on|to|for|with|by|from|of|about|like|similar|different|equal|"
    r"important|useful|available|true|false|likely|possible|necessary|clear|well|both|all|some|there|here|here\b|"
    r"because|due|based|used|called|known|made|just|what|that|this|it|we|you|going|being|doing|getting|having|up|out|"
    r"easier|harder|faster|slower|larger|smaller|higher|lower|most|key|essential|crucial|particularly|especially|same)\b",
    re.IGNORECASE,
)
_EVALUATION = re.compile(
    r"^(?:very\s+|really\s+|particularly\s+|most\s+|more\s+)?(?:good|great|nice|bad|important|crucial|key|common|popular|useful|"
    r"essential|natural|big|huge|perfect|simple|easy|hard|difficult|major|challenging|tricky|favorite|recommended|"
    r"problem|way|case|reason|example|result|issue|matter|place|thing|one|same|first|second|last|next|only|best|main|"
    r"following|number|lot|bit|few|little|topic|goal|idea|must|default|right|ability|fact)\b",
    re.IGNORECASE,
)
_GENUS_END = re.compile(
    r"[,.;:()]|\s(?:that|which|who|whose|where|when|to|for|in|with|by|from|on|used|designed|developed|introduced|proposed|"
    r"trained|based|and|or|because|as|between|consisting|containing|composed|made|such|it|we|you|adept|capable|able)\b",
    re.IGNORECASE,
)
_KIND_OF = re.compile(
    r"^(?:an?\s+)?(?:[\w-]+\s+)?(?:type|kind|form|variant|variation|family|class|special\s+case|subset|subfield|branch|"
    r"example|instance|category|version|extension|generalization|generalisation|set|collection|series)s?\s+of\s+(?:the\s+|an?\s+)?",
    re.IGNORECASE,
)
_STRIP = re.compile(r"\*{1,3}|``?|(?<!\w)_{1,2}|_{1,2}(?!\w)|!?\[(?=[^\]]*\]\()|\]\([^)]*\)|<[^<>]{1,80}>")


def plain(sentence: str) -> str:
    """Return a sentence without marks of emphasis, code and links, its white space made single."""
    return " ".join(_STRIP.sub("", sentence).split())


def definitions(sentence: str, *, opens: bool) -> Iterator[DefinitionFact]:
    """Yield what a sentence defines.

    Args:
        sentence: as it stands in the chunk, marks included: it becomes the quote.
        opens: whether it opens a paragraph or list item; only there a bold lead-in or `Term: ...` defines.
    """
    if not 20 <= len(sentence) <= LONGEST_QUOTE:
        return
    if opens:
        lead = _LEAD_IN.match(sentence)
        if lead is not None and (lead.group("sep").strip() or lead.group("inner")) and len(lead.group("rest")) > 20:
            yield from _fact(lead.group("name"), sentence, 0.8, _genus(plain(lead.group("rest"))))
            return
    text = plain(sentence)
    if opens and lead is None:
        item = _PLAIN_LEAD_IN.match(text)
        if item is not None and len(item.group("name").split()) <= 4:
            yield from _fact(item.group("name"), sentence, 0.5, _genus(item.group("rest")))
    if " is " in text or " are " in text or "refer" in text or "mean" in text or " denote" in text or " be " in text:
        yield from _copula(text, sentence)
    if "call" in text or "known" in text or "refer" in text or "term" in text or "named" in text or "we " in text:
        for match in _NAMED.finditer(text if "*" not in sentence and '"' not in sentence else _links_only(sentence)):
            marked = match.group("mark") is not None
            yield from _fact(match.group("name"), sentence, 0.8 if marked else 0.5, "")


def _links_only(sentence: str) -> str:
    return re.sub(r"!?\[(?=[^\]]*\]\()|\]\([^)]*\)", "", sentence)


def _copula(text: str, sentence: str) -> Iterator[DefinitionFact]:
    match = _COPULA.match(text)
    if match is None:
        return
    name, rest = match.group("name"), match.group("rest")
    if _NOT_SUBJECT.search(name) or not rest or text.endswith("?"):
        return
    det, verb = (match.group("det") or "").lower(), match.group("verb").lower()
    strength = 0.9
    if verb in ("is", "are") and not det:
        if _NOT_GENUS.match(rest):
            return
        strength = 0.6
    if verb == "means" or det in ("when", "where", "how", "what") or det.startswith("one"):
        strength = 0.5
    if _EVALUATION.match(rest):
        strength *= 0.5
    if (match.group("article") or "").strip().lower() == "the":
        strength *= 0.7
    yield from _fact(name, sentence, strength, _genus(rest))


def _genus(rest: str) -> str:
    """Return the kind of thing a definition names: "a type of recurrent network that ..." gives "recurrent network"."""
    text = re.sub(r"^(?:an?|the|any)\s+", "", rest.strip())
    kind = _KIND_OF.match(text)
    if kind is not None:
        text = text[kind.end() :]
    end = _GENUS_END.search(text)
    head = text[: end.start()] if end is not None else text
    return head.strip() if len(head.split()) <= 8 else ""


def _fact(name: str, sentence: str, strength: float, genus: str) -> Iterator[DefinitionFact]:
    surface = clean(re.sub(r"\([^()]*\)", "", name))
    if surface:
        yield DefinitionFact(surface, sentence, round(strength, 2), genus)


# --- other names ------------------------------------------------------------------------------------------------


def aliases(sentence: str) -> Iterator[AliasFact]:
    """Yield the pairs of names that a sentence or heading gives to one thing, the longer or first name first."""
    if "(" not in sentence and " stand" not in sentence and "short" not in sentence and "known" not in sentence:
        if "cronym" not in sentence and "called" not in sentence and "abbrev" not in sentence and "aka" not in sentence:
            return
    quote = sentence if len(sentence) <= LONGEST_QUOTE else ""
    text = plain(sentence)
    if "(" in text:
        for match in _PARENTHESES.finditer(text):
            yield from _parenthesis(match.group("before"), match.group("inside"), quote)
    for match in _STANDS_FOR.finditer(text):
        long = _long_form(match.group("short"), words_forward(match.group("short"), match.group("long")))
        if long:
            yield AliasFact(long, match.group("short"), quote)
    for match in _KNOWN_AS.finditer(text):
        name, alias = clean(match.group("name")), clean(match.group("alias"))
        if name and alias and not _NOT_SUBJECT.search(match.group("name")) and normalise(name) != normalise(alias):
            yield AliasFact(name, alias, quote)


def words_forward(short: str, long: str) -> str:
    """Return the fewest words from the front of `long` that `short` abbreviates, else all of them."""
    parts = long.split()
    for end in range(2, len(parts) + 1):
        candidate = " ".join(parts[:end])
        if abbreviates(short, candidate) and _last_letter_fits(short, candidate):
            return candidate
    return ""


def _last_letter_fits(short: str, candidate: str) -> bool:
    return words(candidate)[-1][0].casefold() in short.casefold()[-2:]


def _parenthesis(before: str, inside: str, quote: str) -> Iterator[AliasFact]:
    """Yield the pair of "Long Form (LF)" or "LF (Long Form)"."""
    inside = re.split(r"[;,]|\bor\b", inside)[0].strip(" \"'“”*")
    inside = re.sub(r"^(?:or|aka|i\.e\.|also|short for|called|a\.k\.a\.)\s+", "", inside).strip()
    if _is_short_form(inside):
        long = _long_form(inside, before)
        if long and clean(long):
            yield AliasFact(clean(long), inside, quote)
        return
    last = before.split()[-1].strip("*_`\"'") if before.split() else ""
    if _is_short_form(last) and abbreviates(last, inside) and clean(inside) and len(inside.split()) >= 2:
        yield AliasFact(clean(inside), last, quote)


def _is_short_form(text: str) -> bool:
    return (
        2 <= len(text) <= 14 and len(text.split()) <= 2 and text[0].isalnum() and name_like(text) and not text.isdigit()
    )


def _long_form(short: str, before: str) -> str:
    """Return the words right before a short form that it abbreviates, at most min(n + 5, 2 n) of them.

    Schwartz and Hearst (PSB 2003): the shortest such stretch in whose letters the short form is found, from the right.
    """
    letters = sum(character.isalnum() for character in short)
    parts = before.split()
    parts = parts[-min(letters + 5, 2 * letters) :]
    for start in range(len(parts) - 1, -1, -1):
        candidate = " ".join(parts[start:]).strip("\"'“”*_`")
        if abbreviates(short, candidate) and normalise(short) != normalise(candidate):
            return candidate
    return ""
