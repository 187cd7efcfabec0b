"""Files in alphabetical order without numbers were put in no order by anyone."""

import pytest

from knowledge.prerequisites.author_order import is_authors_order


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        (["attention.md", "classification.md", "rnn.md"], False),
        (["attention/index.md", "cnn/index.md", "rnn/index.md"], False),
        (["01-vectors.md", "02-attention.md", "03-clip.md"], True),
        (["chapter1/intro.md", "chapter1/more.md", "chapter2/start.md"], True),
        (["welcome.md", "basics.md", "clip.md"], True),
        (["one.md"], True),
        ([], True),
    ],
)
def test_only_sorted_names_without_numbers_say_nothing(paths, said):
    assert is_authors_order(paths) is said
