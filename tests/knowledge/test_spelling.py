import pytest

from knowledge.concepts import normalise
from knowledge.spelling import american, singular

ALIKE = [
    ("regularisation", "regularization"),
    ("optimisers", "optimizer"),
    ("neighbour", "neighbor"),
    ("behavioural cloning", "behavioral cloning"),
    ("labelled data", "labeled data"),
    ("centred kernel", "centered kernel"),
    ("grey level", "gray level"),
    ("$L_2$ norm", "L2 norm"),
    (r"\(\ell_1\) penalty", "L1 penalty"),
    ("β-VAE", r"$\beta$-VAE"),
    ("χ² test", "chi-squared test"),
    ("naïve Bayes", "naive Bayes"),
    ("TD(λ)", r"TD($\lambda$)"),
    ("batch norm", "batch normalization"),
    ("conv layers", "convolutional layer"),
    ("hypotheses", "hypothesis"),
]
KEPT = [
    ("L2 norm", "L2 normalization"),
    ("TD(0)", "TD(λ)"),
    ("$L_1$ norm", "$L_2$ norm"),
    ("α-divergence", "β-divergence"),
    ("spectral norm", "spectral normalization"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_spellings_of_one_name_have_one_key(one, other):
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(("one", "other"), KEPT)
def test_symbols_and_lengths_keep_names_apart(one, other):
    assert normalise(one) != normalise(other)


@pytest.mark.parametrize(
    "word",
    "supervised precise noise exercise contour tour otherwise premise promise pairwise raise parameter hour four "
    "sampling controlled denoising piecewise comprise".split(),
)
def test_words_that_only_look_british_stay(word):
    assert american(word) == word


def test_singular_is_the_same_for_both_numbers_of_a_word():
    for one, many in (("autoencoder", "Autoencoders"), ("CNN", "CNNs"), ("axis", "axes"), ("loss", "losses")):
        assert singular(one) == singular(many)
