"""Which sentences can be read alone: whole, of readable length, pointing at nothing that is not shown with them. Pure.

Knows the words by which English prose points elsewhere; refuses to know which step a sentence would serve.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

FEWEST_WORDS, MOST_WORDS = 5, 60
_POINTER_START = re.compile(
    r"^(?:this|that|these|those|it|its|they|them|their|he|she|here|there|then|so|but|and|or|also|however|therefore|thus|"
    r"hence|now|next|again|finally|first|firstly|second|secondly|third|lastly|instead|otherwise|moreover|furthermore|"
    r"additionally|similarly|likewise|yet|still|both|another|such|note|notice|remember|recall|let|let'?s|if you|if we|"
    r"you|your|we|our|i|as (?:you|we|mentioned|shown|seen|discussed)|in (?:this|that|these|those|our|your)|"
    r"for (?:this|that|these|those)|to (?:do|achieve) (?:this|that|so)|because of (?:this|that)|"
    r"for (?:example|instance)|like (?:with|before)|"
    r"(?:since|when|while|if|because|as|once|although|though|even though|unless|until) (?:it|they|he|she|we|you|i)\b|"
    r"the (?:actual |full |complete |whole |final |entire )?(?:same|latter|former|following|above|previous|next|first|"
    r"second|third|last|other|result|output|code|goal|idea|answer|reason|cell|notebook|snippet|figure)|"
    r"comparatively|conversely|"
    r"(?:by|in) (?:contrast|comparison)(?! (?:to|with))|on the (?:other hand|contrary|opposite side)|"
    r"as a (?:result|consequence)(?! of)|consequently|accordingly|nevertheless|nonetheless|meanwhile|besides,|"
    r"in other words|that said|in turn|in addition(?! to)|"
    r"as of now|to summari[sz]e|enter|materials|requirements|keywords|alternatively|of course|"
    r"in particular, (?:note|we|it|this|these|they)|"
    r"in the (?:[\w-]+ ){0,3}(?:example(?! of)|constructor|script|snippet|figure|notebook|cell|code)\b|some other|"
    r"because\b(?![^,]*,(?! (?:and|but|or)\b))|"
    r"the (?:paper|article) (?:also|goes|introduces|presents|proposes|shows)|"
    r"as a (?:last|final|side|first|technical) (?:\w+ )?(?:comment|note|remark|step)|"
    r"the (?:best part|remaining|analogous|only (?:thing|argument|difference))|time to|"
    r"in conclusion|in the same vein|further,|afterwards|more precisely|"
    r"from (?:left|right|top|bottom)|for each,|for a \w+ challenge|"
    r"to (?:learn|know|find out|read|see) more|for bonus|ready to|to recap|to sum up|to reiterate|we discussed|"
    r"cover|delve|dive|explore|learn|discover|conclude|watch|join|"
    r"(?:figure|image|source|credits?|photo|table|caption|illustration|adapted|taken|tip|hint|warning|exercise)"
    r"(?= ?\d|:| from | by | credit| taken | adapted )|"
    r"(?:left|right|top|bottom|middle)(?=[,:)]| and )|(?:the )?authors|"
    r"before (?:we|you|diving|going|looking|moving|proceeding)|(?:recommended |further )+reading|where (?:we|you)|"
    r"(?:the )?answer is|"
    r"each (?:category|type|one|of (?:these|them))|"
    r"(?:like|unlike|similar to|compared (?:to|with)|\w+ed (?:by|in|at|from)) [^,]{1,50}, (?:it|its|they|their)|"
    r"congratulations|welcome)\b",
    re.I,
)
_GOES_ON = re.compile(
    r"(?:this|that|these|those|it|its|they|them|their|he|she|so|but|and|or|also|however|therefore|thus|hence|then|again|"
    r"instead|otherwise|moreover|furthermore|additionally|similarly|likewise|yet|still|both|another|such|here|next|now|"
    r"finally|second|secondly|third|lastly|conversely|consequently|nevertheless|nonetheless|meanwhile|alternatively|"
    r"in (?:this|that|these|those|other words|turn|contrast|addition)|for (?:this|that|these|those|example|instance)|"
    r"to (?:do|achieve) (?:this|that|so)|because of (?:this|that)|as a (?:result|consequence)|on the (?:other hand|"
    r"contrary)|the (?:same|latter|former|following|above|previous|other|result|output|answer|reason))\b",
    re.I,
)
"""Openings that lean on the sentence before."""
_AROUND = re.compile(
    r"\b(?:above|below|(?:the )?following|as follows|(?:figure|fig\.|table|section|chapter|unit|equation|eq\.) ?\d|"
    r"(?:this|these|the) (?:figure|image|picture|plot|diagram|table|video|notebook|screenshot|cell)s?|"
    r"on the (?:left|right)|click|try it)\b",
    re.I,
)
_INSTRUCTION = re.compile(
    r"^(?:(?:simply|just) )?(?:choose|pick|open|go (?:to|ahead)|install|download|click|check|try|read|"
    r"visit|see|learned|saw|engage|conclude|understand|get to know|using (?=[^,]*$)|how to|always|please|never|"
    r"do(?: not|n't)|make sure|be (?:sure|aware|careful)|keep in mind|remember|"
    r"(?:add|apply|avoid|consider|convert|create|define|ensure|evaluate|examine|identify|implement|include|initiali[sz]e|"
    r"monitor|remove|repeat|replace|specify|use(?! of\b| cases?\b)|validate|verify)(?! (?:is|are|was|were|has|can)\b)|"
    r"(?:adjust|ask|build|call|change|compare|compute|copy|delete|execute|find|follow|get|give|import|insert|keep|load|"
    r"look|move|pass|plot|print|provide|put|run|save|select|set|split|start|store|take|test|train|transform|tune|update|"
    r"upload|visuali[sz]e|wrap|write)(?= (?:the|an?|your|all|each|every|this|these|those|both|some|any|up|out|at|its|"
    r"our|one|two|only)\b))\b|"
    r"^(?:during|for|in|when|before|after|if|to)\b[^,]{1,60}, "
    r"(?:add|apply|avoid|call|check|choose|consider|create|ensure|make|monitor|remove|replace|run|select|specify|try)\b|"
    r"\bremember to\b|[,;] (?:please )?(?:make sure|be (?:sure|aware|careful)|keep in mind)\b|"
    r"\b(?:you|we) (?:just|only|simply|first) (?:have|need) to\b",
    re.I,
)
_STEP_WORDS = re.compile(
    r"^(?:(?:first|firstly|second|secondly|third|then|next|finally|lastly|now(?! that)|to|you|we),? |"
    r"(?:once|when|before|after) (?:we|you) |the (?:first|second|third|next|last|final) (?:step|thing)\b)",
    re.I,
)
"""How the steps of a procedure begin; they stand one after another, so that each may lean on the one before."""
_EARLY_POINTER = re.compile(
    r"^(?:in [^,]{1,30}, ){0,2}(?:\w+,? ){0,3}(?:this|these|those)\b(?! (?:is|are) (?:an?|the)\b)", re.I
)
"""A pointer among the first words: "With this kind of ...", "Using those matrices ..."."""
_LATE_POINTER = re.compile(
    r"(?:\b(?:about|at|by|for|from|in|of|on|to|with) (?:this|these|those)|"
    r"^(?:in [^,]{1,30}, |\w+ly, ){0,2}[^,;:]*?\w (?:this|these|those|such(?: an?(?! way that))?)"
    r"(?! (?:an?|as|that|is|are|was|were|has|have|can|will|would|may|might|means|makes|allows|leads|does|who|which|in|"
    r"of|with|to|for|by|from|at|on)\b)|"
    r"^(?:in|since|as(?! a\b)|because|when|if|once|after|while|although)\b[^,]{1,60}, (?:this|these|those)"
    r"(?! (?:is|are|was|were|has|have|can|will|would|may|might|means|makes|allows|leads|does|in|of|by)\b)|"
    r"\b(?:about|for|from|of|with|takes?|uses?|using|"
    r"in(?= that (?:graph|image|layer|model|set|space)\b)) that(?! (?:of|is|are|was|were|can|will|has|have)\b)) "
    r"(?P<thing>[a-z]+)",
    re.I,
)
"""A thing pointed at, which is not shown unless the sentence itself names it before: "... for this dataset"."""
_IDIOMS = frozenset({"way", "case", "reason", "sense", "context", "regard", "respect"})
"""What "in this ..." says of the sentence before and not of a thing."""
_NEXT_IN_LINE = re.compile(r"^(?:(?!\b(?:is|are|which|that|and)\b)[^,;:])*\b(?:is|are) (?:then|instead)\b", re.I)
"""What comes after something that is not told: "A shift is then applied to the parts."."""
_EXCLAMATION = re.compile(
    r"^(?:ah|aha|alas|awesome|bravo|cool|excellent|fantastic|good|great|hey|hmm|hooray|nice|no|no surprise|not bad|oh|"
    r"oh no|ok|okay|oops|perfect|phew|voil[aà]|well|well done|whoa|wow|yay|yes)\b ?[,!.]",
    re.I,
)
"""Talk between sentences, which says nothing of the subject."""
_POINTER = re.compile(
    r"\b(?:above|below|following|previous(?:ly)?|as (?:shown|seen|mentioned|discussed|described|follows|before)|"
    r"earlier|later|(?:this|these|upcoming|coming) (?:sections?|chapters?|units?|lessons?|courses?|videos?|notebooks?|"
    r"tutorials?|images?|figures?|tables?|pages?|guides?|articles?|code)|"
    r"(?:next|last) (?:section|chapter|unit|lesson|video)|"
    r"(?:figure|fig\.|table|section|chapter|unit|equation|eq\.) \d|see (?:also|here)|(?:,|please) see|refer to|"
    r"for (?:more|further|additional) (?:details?|information|resources|examples)|click|check out|provided|"
    r"(?:take|taking|have|having) a look|i(?:'d)? (?:highly )?recommend|"
    r"let's|let us|(?:we|you|i)(?:'ll| will|'re going to| are going to)|don't worry|feel free|"
    r"(?:sections?|chapters?|units?|lessons?) (?:will|covers?|provides?)|(?:we|you)(?:'ve| have) (?:already )?"
    r"(?:seen|done|learned|discussed|covered|mentioned|explained|introduced)|introductory|"
    r"(?<=\()(?:again|[xy]-axis|dotted|dashed|bold)|"
    r"each (?:section|chapter|lesson|unit)|we (?:just|already) \w+|just saw|"
    r"(?:we|you|can|could|did|is|are|happen) (?:\w+ ){0,3}here|check here|"
    r"the (?:first|second|former|latter)(?=[,.;:]| and| or)|shown (?:underneath|on the|in)|so far|will become clear|"
    r"like our example|in (?:the|their) (?:paper(?=,)|experiments?)|"
    r"the (?:red|blue|green|yellow|orange|purple) (?!channel|light|component|band|value|pixel|colou?r)\w+|"
    r"lines? \d|up (?:until|to) now|(?:\w+ly,? |so )note that|"
    r"as (?:we|you) (?:saw|have|did|know|learned)|this one|(?:we|you) also|you learned|is similar(?! to)|"
    r"here (?:we|you) (?:\w+ )?(?:can|have|need|only|rely|see|tokenized|use)|"
    r"(?:idea|point|trick|goal|problem|difference) here|diagram \([a-z]|"
    r"(?:takes?|follows?) an? (?:\w+ )?different (?:approach|route|path)|"
    r"the (?:last|first|second|third|final) (?:expression|equation|formula|line|objective|identity|inequality|example)|"
    r"in a (?:second|moment|minute|bit)|"
    r"we (?:cover|discuss|examine|explore|review|show|propose|introduce|present|demonstrate|conduct)|"
    r"in (?:red|blue|green|yellow|orange|purple|gr[ae]y)|"
    r"(?<=\()(?:red|blue|green|yellow|orange|purple|gr[ae]y)(?=[,)])|"
    r"(?<=\()(?:black|white|\w+ed) (?:lines?|curves?|arrows?|dots?)|"
    r"(?:in|on) the (?:left|right|diagram|figure|plot|picture)|stay tuned|welcome|congratulations|good luck|try it)\b",
    re.I,
)
_POINTS_AHEAD = re.compile(r"\b(?:here (?:are|is)|(?:(?:the|these) )?following|as follows|below)\b", re.I)
"""Words by which a sentence points at the formula or list that is shown right after it."""
_SYMBOL = re.compile(r"[B-HJ-W] (?:is|are|[a-z]+s)\b")
"""The opening of a sentence on a symbol that was named before it: "L determines how many ..."."""
_OF_TWO = re.compile(
    r"^(?:(?! and |\btwo ).)*\bboth (?!(?:directions|diagonals|worlds|parts|ends|sides)\b)[a-z]+s\b(?! (?:and|or)\b)",
    re.I,
)
"""Two things that the sentence has not named."""
_ENDS_POINTING = re.compile(r"\b(?:this|that|these|those|it)[.:]?$", re.I)
_ELLIPSIS = re.compile(r"^(?:\S+ ){1,8}(?:is|are|was|were|do|does|did|can)[.!]$|\b(?:to|the|of)[.!]$", re.I)
"""A sentence without its end, such as "Convolution and attention are."; it answers one that is not shown."""
_LOWER_CASE_NAME = re.compile(r"[a-z][\w.-]*[A-Z0-9_.-][\w.-]*\s|[a-z][\w-]+ (?:is|are) (?:an?|the)\b")
"""A first word that is written small as names of code are: `t-SNE`, `wav2vec`, and "pandas is a library"."""
_COUNTED = re.compile(
    r"\b(?:in|of|has|have|are|with|by) (?:two|three|four|five|six|several|the following) "
    r"(?:respects|ways|steps|parts|stages|points|reasons|things|kinds|types|variants|differences)\W*$",
    re.I,
)
"""A sentence that ends where it begins to count: "... differ in three respects."."""
_CAPTION = re.compile(
    r"^(?:example|illustration|overview|visuali[sz]ation|diagram|screenshot|comparison|plot) (?:\w+ )?(?:of|for) |"
    r"^(?:an?|the) (?:example|illustration|overview|visuali[sz]ation|diagram|screenshot|comparison|plot) of "
    r"(?:(?!\b(?:is|are|was|were|has|have|can|will|would|helps?|shows?|took)\b).)*$|\((?:left|right|top|bottom|middle)\)|"
    r"^(?:an? |the )?(?:\w+ )?(?:example|illustration|diagram|figure|plot|image|picture|graph)(?: \w+){0,2} "
    r"(?:demonstrating|showing|illustrating|depicting|visuali[sz]ing)\b|(?:^|[\s_*(])(?:left|right|top|bottom): ",
    re.I,
)
_SHORT = 12
"""Words up to which a sentence has to show a verb: captions and labels end in a full stop too."""
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|do|does|did|can|could|may|might|must|should|will|would|let|lets|"
    r"(?:achieve|act|aid|allow|appear|arise|attend|become|capture|combine|come|consider|consist|contain|control|depend|differ|enable|"
    r"enhance|excel|exist|generate|"
    r"give|help|improve|include|indicate|interact|involve|keep|lead|learn|look|make|mean|need|offer|perform|produce|"
    r"provide|reduce|remain|represent|require|result|run|see|serve|show|stand|support|take|use|utili[sz]e|work)s?|"
    r"took|focus(?:es)?|go(?:es)?|lies?|rel(?:y|ies)|(?:[Tt]hey|[Ww]e|[Yy]ou) \w+|"
    r"\w{2,}n't|(?:(?<=s )|[A-Z]\w+ )(?!based)\w{2,}ed(?! (?:on|by|with|from|in|to|as|for)\b)|"
    r"\w{2,}ed (?:to|the|an?|its|their|that|how|each|every|all|many|more|no|\w+ly))\b|"
    r"\b[a-z]{2,}(?:s|te|ize|ise|fy) (?:\w+ly )?(?:the|an?|its|their|each|every|all|both|no|any|one|two|many|more|less|"
    r"to|by|into|how|that|what|which|as|only|\w+s|\w+ing)\b|'s\b"
)
_ON_FROM_ANOTHER = re.compile(
    r"^\*\*[^*]+\*\*[.:]? (?:the (?:first|second|third|next|last|former|latter|other)|alternatively|however|instead|"
    r"finally|then|next|now|also|additionally|again|therefore|thus|so|but|and|here)\b|"
    r"^\*\*[^*]*(?:[^s*:.]|[aiu]s|ss):?\*\*[.:]? the(?:y|ir)\b",
    re.I,
)
"""An entry that goes on from what is not shown, whatever its label names: "**Modules** The second problem ..."."""
_ENTRY = re.compile(r"[^*.]{1,60}\*\*[.:]? ")
"""The rest of a bold label before what it is about: "**Apply the mask**: Words to come are hidden."."""
_LABEL = re.compile(r"^(\*\*?)[^*]+\1[.:]?$")
_ITALIC = re.compile(r"([*_])(?!\1|\s)(?:(?!\1).){60,}")
"""A long stretch of italics from the first word on: the caption of a figure."""
_RELATIVE = re.compile(r"([^,]{1,60}), (?:which|where|who) [^,]*$")
"""A name and a relative clause, without what the sentence says of it."""
_NUMBERED = re.compile(r"\d+[.)] ")
_HTML_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_LINK = re.compile(r"!?\[([^\]]*)\]\((?:[^()]|\([^()]*\))*\)")
"""A link or image; its address may hold brackets in pairs, as encyclopaedias write them."""
_MOST_LINKED = 0.6
"""Share of a sentence's characters inside links from which on it is a list of links."""


def stands_alone(sentence: str, *, announces: bool = False, instructs: bool = False) -> bool:
    """Return whether a sentence is whole, of readable length, and points at nothing that is not shown with it.

    Args:
        sentence: one sentence of Markdown.
        announces: whether a formula or list is shown right after it, to which it may point.
        instructs: whether steps of a procedure are wanted, which tell the reader what to do.
    """
    if not FEWEST_WORDS <= len(sentence.split()) <= MOST_WORDS:
        return False
    bare = readable(sentence).replace("’", "'").lstrip("*_\"'“‘(").strip()
    begins = re.match(r"[A-Z0-9`$\\À-Þ]|[^\W_a-z]", bare) or _LOWER_CASE_NAME.match(bare)
    aside = (
        re.match(r"\(.*\)[.!]?$", sentence.strip(), re.S)
        or _ITALIC.match(sentence.strip())
        or bare.count("(") > bare.count(")")
    )
    if not begins or aside or _NUMBERED.match(bare) or _HTML_TAG.search(bare) or _mostly_links(sentence):
        return False
    if announces:
        return not _leans(_POINTS_AHEAD.sub("", bare).strip(), instructs=instructs, more=(_ENDS_POINTING,))
    if _LABEL.match(sentence.strip()) or _ON_FROM_ANOTHER.match(readable(sentence)):
        return False
    if not instructs and _lacks_verb(bare):
        return False
    whole = re.search(r"[.!。！]['\"”’)*_`]*$" if not instructs else r"[.!:。！]['\"”’)*_`]*$", bare)
    return whole is not None and not _leans(bare, instructs=instructs, more=(_ELLIPSIS, _COUNTED, _NEXT_IN_LINE))


def _lacks_verb(bare: str) -> bool:
    """Return whether a sentence says nothing of what it names: a label, a caption, a name with a relative clause."""
    relative = _RELATIVE.match(bare)
    if relative:
        return not _VERB.search(relative[1])
    short = len(bare.split()) <= _SHORT or re.match(r"An? ", bare)
    return bool(short) and not _VERB.search(bare)


def _leans(bare: str, *, instructs: bool, more: Sequence[re.Pattern[str]]) -> bool:
    """Return whether a sentence points at what is not shown, talks to the reader, or shows a sign of `more`."""
    signs = [_EARLY_POINTER, _POINTER, _CAPTION, _EXCLAMATION, _OF_TWO, *more]
    label = _ENTRY.match(bare)
    if not instructs and not label:
        signs.append(_INSTRUCTION)
    if not (instructs and _STEP_WORDS.match(bare)):
        signs.append(_POINTER_START)
    points = points_out(bare[label.end() :], label[0]) if label else points_out(bare)
    return points or bool(_SYMBOL.match(bare)) or any(sign.search(bare) for sign in signs)


def reads_as_one(paragraph: Sequence[str]) -> bool:
    """Return whether the sentences of a paragraph can be read without what stands around them.

    Within it they may lean on each other; the first may lean on nothing, and none points at a figure or a section.
    """
    bare = [readable(one).replace("’", "'").lstrip("*_\"'“‘(").strip() for one in paragraph]
    if (
        not bare
        or _POINTER_START.match(bare[0])
        or _EARLY_POINTER.match(bare[0])
        or not re.match(r"[^\W_a-z]", bare[0])
    ):
        return False
    return not any(sign.search(one) for one in bare for sign in (_POINTER, _CAPTION, _EXCLAMATION, _HTML_TAG))


def opens_freely(sentence: str) -> bool:
    """Return whether a sentence may open an excerpt: it goes on from nothing, though it may talk to its reader."""
    bare = re.sub(r"^[\W_]+", "", readable(sentence).replace("’", "'"))
    return re.match(r"[^\W_a-z]", bare) is not None and not (_GOES_ON.match(bare) or _EARLY_POINTER.match(bare))


def points_at_layout(sentence: str) -> bool:
    """Return whether a sentence needs what stands around it on its page: a figure, the code below, a caption."""
    bare = re.sub(r"^[\W_]+", "", readable(sentence))
    return any(sign.search(bare) for sign in (_AROUND, _CAPTION, _EXCLAMATION, _HTML_TAG))


def points_out(bare: str, before: str = "") -> bool:
    """Return whether a sentence says "of this thing" of a thing that neither it nor the text before it has named."""
    return any(
        found["thing"].rstrip("s").casefold()
        not in (before + bare[: found.start("thing")].rstrip().rpartition(" ")[0]).casefold()
        for found in _LATE_POINTER.finditer(bare)
        if not (before and found["thing"].casefold() in _IDIOMS)
    )


def is_step(sentence: str) -> bool:
    """Return whether a sentence begins as a step of a procedure does."""
    return _STEP_WORDS.match(sentence) is not None or _INSTRUCTION.match(sentence) is not None


def readable(text: str) -> str:
    """Return the text on one line with links and images reduced to their words."""
    return " ".join(without_links(text).split())


def without_links(text: str) -> str:
    """Return the text with links reduced to their words, and without images."""
    return _LINK.sub(lambda match: "" if match.group(0).startswith("!") else match.group(1), text)


def _mostly_links(sentence: str) -> bool:
    linked = sum(len(match.group(0)) for match in _LINK.finditer(sentence))
    return linked > _MOST_LINKED * len(sentence) and len(_LINK.findall(sentence)) > 1
