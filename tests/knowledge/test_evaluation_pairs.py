"""Files of pairs as people write them, and what is said about those that are none."""

import csv
import io

import pytest

from knowledge.evaluation.pairs import PairsUnusable, read_pairs, write_scores, written


@pytest.fixture
def file(tmp_path):
    def make(text, encoding="utf-8"):
        path = tmp_path / "pairs.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return make


def test_columns_are_found_by_name_in_any_order_and_all_of_them_are_kept(file):
    read = read_pairs(file('label,target,note,source\n1,"CLIP, the model",a,embedding\n\n0,vector,,  CLIP \n'))
    assert read.pairs == (("embedding", "CLIP, the model"), ("CLIP", "vector"))
    assert read.labels == (1, 0)
    lines = list(csv.DictReader(io.StringIO(written(read, [0.25, 1.0]))))
    assert lines[0] == {
        "label": "1", "target": "CLIP, the model", "note": "a", "source": "embedding", "score": "0.250000"
    }  # fmt: skip
    assert lines[1]["score"] == "1.000000"


def test_labels_are_optional_and_a_byte_order_mark_is_no_part_of_a_column(file):
    read = read_pairs(file("source,target\na,b\n", "utf-8-sig"))
    assert read.labels is None
    assert read.pairs == (("a", "b"),)


def test_a_score_column_of_an_earlier_run_gives_way(file):
    read = read_pairs(file("source,score,target\na,0.9,b\n"))
    assert written(read, [0.5]) == "source,target,score\na,b,0.500000\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: needs exactly one column source and one target, and has none"),
        ("from,to\na,b\n", "line 1: needs exactly one column source and one target, and has from, to"),
        ("source,source,target\na,b,c\n", "exactly one column source"),
        ("source,target,label\na,b,1\na,,1\n", "line 3: the target is empty"),
        ("source,target,label\na,b,yes\n", "line 2: the label is 'yes'; it has to be 0 or 1"),
        ("source,target\na\n", "line 2: has 1 fields, and the first line names 2"),
        ("source,target\na,b,c\n", "line 2: has 3 fields"),
        (f"source,target\na,{'b' * 400}\n", "line 2: the target has 400 characters"),
        ('source,target\na,"b\n', "is no CSV file"),
    ],
)
def test_what_is_no_file_of_pairs_is_refused_with_its_line(file, text, said):
    with pytest.raises(PairsUnusable) as refused:
        read_pairs(file(text))
    assert said in str(refused.value)


def test_other_encodings_and_missing_files_are_named(file, tmp_path):
    with pytest.raises(PairsUnusable, match="not UTF-8"):
        read_pairs(file("source,target\nnaïve Bayes,b\n", "latin-1"))
    with pytest.raises(PairsUnusable, match="cannot be read"):
        read_pairs(tmp_path / "none.csv")
    with pytest.raises(PairsUnusable, match="cannot be written"):
        write_scores(tmp_path / "no folder" / "out.csv", "text")
