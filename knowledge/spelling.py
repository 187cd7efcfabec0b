"""One spelling for every way to write a word: plurals, British and American, accents, Greek letters, simple formulas.

Knows English spelling and the shorthand of the field; refuses to know which names mean the same (`knowledge.concepts`).
What comes back is compared, never shown.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ACRONYM_PLURAL = re.compile(r"[A-Z]{2,}s")
_IRREGULAR = {
    "matrices": "matrix",
    "vertices": "vertex",
    "indices": "index",
    "vortices": "vortex",
    "appendices": "appendix",
    "axes": "axis",
    "analyses": "analysis",
    "bases": "basis",
    "hypotheses": "hypothesis",
    "theses": "thesis",
    "syntheses": "synthesis",
    "criteria": "criterion",
    "phenomena": "phenomenon",
    "maxima": "maximum",
    "minima": "minimum",
    "optima": "optimum",
    "extrema": "extremum",
    "spectra": "spectrum",
    "corpora": "corpus",
    "formulae": "formula",
    "children": "child",
    "leaves": "leaf",
    "halves": "half",
    "biases": "bias",
    "viruses": "virus",
    "simplices": "simplex",
    "radii": "radius",
    "foci": "focus",
    "loci": "locus",
    "stimuli": "stimulus",
    "nuclei": "nucleus",
}
_NO_PLURAL = ("ss", "us", "is", "as", "os")

_CLIPPED = {
    "backprop": "backpropagation",
    "batchnorm": "batchnormalization",
    "layernorm": "layernormalization",
    "convnet": "convolutionalnetwork",
    "conv": "convolutional",
    "hyperparam": "hyperparameter",
    "param": "parameter",
}
"""Shorthand that stands for one word alone, or for two run together."""
_NORMALIZED_BY = frozenset("batch layer group instance".split())
"""Before "norm", these make it a normalization; every other norm is a length."""

_ISE = re.compile(
    r"(?<=[a-z]{2}(?:al|ar|or|er|in|on|en|an|im|ic|it|et|il|el|ym|om|gn|rd|nt|mm))is(e[drs]?|ing|ers?|able)$"
)
_ISATION = re.compile(r"(?<![vw])isation$")
_NOT_ISE = frozenset(
    "comprise compromise expertise franchise paradise advertise merchandise enterprise premise promise".split()
)
_OUR = re.compile(r"(?<=[a-z]{2})our(?=(?:s|ed|ing|able|ful|less|al|hood|ite)?$)")
_KEEPS_OUR = ("contour", "detour", "tour", "hour", "four", "pour", "flour", "sour", "glamour", "devour", "your")
_DOUBLED = re.compile(r"(label|model|ravel|ancel|level|ignal|annel|unnel|arallel|uarrel|marshal|equal)l(?=ed|ing|er)")
_OTHER_BRITISH = (
    (re.compile(r"(anal|atal|aral)ys(?=e[drs]?$|ing$)"), r"\1yz"),
    (re.compile(r"^(cent|met|fib|lit|theat)re(?=s?$)"), r"\1er"),
    (re.compile(r"^centred$"), "centered"),
    (re.compile(r"^centring$"), "centering"),
    (re.compile(r"^grey"), "gray"),
    (re.compile(r"(atal|ial)ogue$"), r"\1og"),
    (re.compile(r"(defen|offen|licen)ce$"), r"\1se"),
    (re.compile(r"^artefact"), "artifact"),
    (re.compile(r"^programme$"), "program"),
    (re.compile(r"^(judge|acknowledge)(?=ment)"), lambda match: match.group()[:-1]),
)

_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξπρστυφχψωϵϑϕϱ",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi "
        "omega epsilon theta phi rho".split(),
        strict=True,
    )
)
_GREEK_LETTER = re.compile(f"[{''.join(_GREEK)}]", re.IGNORECASE)
_FORMULA = re.compile(r"\$([^$\n]{1,24})\$|\\\\?\(([^()\n]{1,24}?)\\\\?\)")
_COMMAND = re.compile(r"\\(?:var)?(?:mathrm|mathbf|mathcal|text|bf|rm|it)?\s*")
_RAISED = str.maketrans("", "", "{}^_ ")
_SQUARED = re.compile(r"\b(chi|r|t)[ -]?squared?\b", re.IGNORECASE)


@lru_cache(maxsize=65_536)
def singular(word: str) -> str:
    """Return the word in lower case, in American spelling, with a regular English plural ending removed.

    It only has to be the same for both numbers of a word; it is never shown.

    >>> singular("Optimisers"), singular("CNNs"), singular("biases"), singular("noise")
    ('optimizer', 'cnn', 'bias', 'noise')
    """
    if _ACRONYM_PLURAL.fullmatch(word):
        return word[:-1].casefold()
    folded = word.casefold()
    if folded in _IRREGULAR:
        return _IRREGULAR[folded]
    folded = american(folded)
    if len(folded) <= 3 or not folded.endswith("s") or folded.endswith(_NO_PLURAL):
        return folded
    if folded.endswith("ies") and len(folded) > 4:
        return folded[:-3] + "y"
    if folded.endswith(("sses", "xes", "ches", "shes", "zzes")):
        return folded[:-2]
    return folded[:-1]


def american(word: str) -> str:
    """Return a lower-case word in American spelling.

    >>> [american(word) for word in ("regularisation", "neighbour", "labelled", "supervised", "contour", "precise")]
    ['regularization', 'neighbor', 'labeled', 'supervised', 'contour', 'precise']
    """
    if len(word) < 4:
        return word
    text = _ISATION.sub("ization", word)
    if text == word and "is" in word and not word.startswith(tuple(_NOT_ISE)):
        text = _ISE.sub(r"iz\1", word)
    if "our" in text and not text.startswith(_KEEPS_OUR):
        text = _OUR.sub("or", text)
    if "ll" in text:
        text = _DOUBLED.sub(r"\1", text)
    for pattern, other in _OTHER_BRITISH:
        text = pattern.sub(other, text)
    return text


def plain_letters(surface: str) -> str:
    """Return a name without formulas' marks, with Greek letters by name and without accents.

    >>> plain_letters("$L_2$ norm"), plain_letters("β-VAE"), plain_letters("naïve Bayes"), plain_letters("χ² test")
    ('L2 norm', 'beta-VAE', 'naive Bayes', 'chi2 test')
    """
    if surface.isascii() and "$" not in surface and "\\" not in surface and "squared" not in surface:
        return surface
    text = unicodedata.normalize("NFKC", surface)
    if "$" in text or "\\" in text:
        text = _FORMULA.sub(lambda match: _symbol(match.group(1) or match.group(2)), text)
    if not text.isascii():
        text = _GREEK_LETTER.sub(lambda match: _GREEK[match.group().lower()], text)
        text = "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    return _SQUARED.sub(r"\g<1>2", text)


def _symbol(formula: str) -> str:
    r"""Return a formula that is one symbol as a word: `\ell_1` gives l1, `\epsilon` epsilon."""
    text = formula.replace("\\ell", "l").replace("\\varepsilon", "epsilon")
    return _COMMAND.sub("", text).translate(_RAISED)


def full_words(parts: list[str]) -> list[str]:
    """Return folded words with shorthand written out: "conv layer" is a convolutional layer, "L2 norm" stays.

    >>> full_words(["batch", "norm"]), full_words(["l2", "norm"]), full_words(["backprop"])
    (['batch', 'normalization'], ['l2', 'norm'], ['backpropagation'])
    """
    full = [_CLIPPED.get(part, part) for part in parts]
    for index in range(1, len(full)):
        if full[index] == "norm" and full[index - 1] in _NORMALIZED_BY:
            full[index] = "normalization"
    return full
