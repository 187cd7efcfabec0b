"""Which files teach, and in which order."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ingest.course import discover, natural_key
from ingest.errors import UnreadableSource


def make(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n\nText of {name}.", encoding="utf-8")
    return root


def found(root: Path) -> list[str]:
    plan = discover(root)
    return [file.relative_to(plan.course.root).as_posix() for file in plan.files]


def test_paths_are_in_the_order_people_count() -> None:
    ordered = ["index.md", "01-intro.md", "chapter2/README.md", "chapter2/1.md", "chapter2/3.mdx", "chapter2/3b.mdx",
               "chapter2/10.md", "chapter10/1.md", "Chapter11/1.md", "é.md"]  # fmt: skip
    shuffled = list(ordered)
    random.Random(1).shuffle(shuffled)
    assert sorted(shuffled, key=lambda name: natural_key(Path(name))) == ordered


def test_files_about_the_folder_and_generated_ones_are_no_lessons(tmp_path: Path) -> None:
    make(
        tmp_path, "LICENSE.md", "SOURCE.md", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "requirements-dev.txt",
        "a.md", "unit/README.md", ".git/x.md", ".hidden.md", "node_modules/m/readme.md", "__pycache__/a.txt",
        "venv/pyvenv.cfg", "venv/x.md", "own/pyvenv.cfg", "own/y.md", "_build/b.md", "~$lock.txt", "data.csv",
        "licenses-explained.md",
    )  # fmt: skip
    assert found(tmp_path) == ["a.md", "licenses-explained.md", "unit/README.md"]


def test_a_readme_alone_is_the_lesson(tmp_path: Path) -> None:
    assert found(make(tmp_path, "README.md", "LICENSE")) == ["README.md"]


def test_formats_without_reader_are_noted(tmp_path: Path) -> None:
    make(tmp_path, "a.md", "b.odp", "c.odp", "d.png")
    assert discover(tmp_path).notes == ("2 .odp files: there is no reader for this format",)


def test_a_course_file_gives_title_and_order_and_the_rest_follows(tmp_path: Path) -> None:
    make(tmp_path, "a.md", "b.md", "c.md", "problems/p.md", "../outside.md")
    (tmp_path / "course.toml").write_text(
        'title = "Vision"\nlessons = ["c.md", "gone.md"]\n[[modules]]\ntitle = "M"\n'
        'lessons = ["b.md", "c.md", "../outside.md"]\n'
    )
    plan = discover(tmp_path)
    assert plan.course.title == "Vision"
    assert found(tmp_path) == ["c.md", "b.md", "a.md", "problems/p.md"]
    assert plan.notes == (
        "course.toml names gone.md, which does not exist",
        "course.toml names ../outside.md, which is outside the course: left out",
        "not listed in course.toml, taken after what is: 2 files",
    )


def test_a_contents_file_anywhere_gives_the_order_and_the_rest_follows(tmp_path: Path) -> None:
    make(tmp_path, "docs/u1/b.mdx", "docs/u1/a.mdx", "docs/u2.md", "docs/z.md", "notebooks/n.ipynb")
    (tmp_path / "docs/_toctree.yml").write_text(
        "- title: One\n  sections:\n  - {title: U2, local: u2}\n  - title: Deep\n"
        "    sections:\n    - local: u1/b\n- local: gone\n"
    )
    assert found(tmp_path) == ["docs/u2.md", "docs/u1/b.mdx", "docs/u1/a.mdx", "docs/z.md", "notebooks/n.ipynb"]
    assert discover(tmp_path).notes == ("_toctree.yml names gone, which does not exist",)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("course.toml", "title = \nlessons = []", "line 1, column 9"),
        ("course.toml", 'lessons = "a.md"', "not a list"),
        ("course.toml", "modules = [1]", "not a list"),
        ("course.toml", "modules = 3", "not a list"),
        ("_toctree.yml", "- title: [", "line 1, column 11"),
        ("_toctree.yml", "!!python/object/apply:os.system ['true']", "could not determine a constructor"),
        ("_toctree.yml", "[" * 20_000, "nested|depth"),
    ],
)
def test_a_broken_course_file_is_an_error_with_its_place(tmp_path: Path, name: str, content: str, words: str) -> None:
    make(tmp_path, "a.md")
    (tmp_path / name).write_text(content)
    with pytest.raises(UnreadableSource, match=words) as caught:
        discover(tmp_path)
    assert name in str(caught.value)


def test_a_contents_file_that_names_itself_without_end_ends(tmp_path: Path) -> None:
    make(tmp_path, "a.md")
    bomb = "a: &a [{local: a}]\n" + "".join(
        f"{x}: &{x} [{', '.join([f'*{y}'] * 9)}]\n" for y, x in zip("abcdefgh", "bcdefghi", strict=True)
    )
    (tmp_path / "_toctree.yml").write_text(
        f"- &s\n  local: a\n  sections: [*s]\n- sections:\n  - {{{bomb.splitlines()[0]}}}\n"
    )
    assert found(tmp_path) == ["a.md"]
    (tmp_path / "_toctree.yml").write_text(bomb + "sections: *i\n")
    assert found(tmp_path) == ["a.md"]


@pytest.mark.parametrize(
    ("folder", "readme", "title"),
    [
        ("cv-course", None, "cv-course"),
        ("cv-course/docs", None, "cv-course"),
        ("x/content/en", None, "x"),
        ("y", "<h1 align='center'>Deep *Vision* [x](y)</h1>\n", "Deep Vision x"),
        ("z", "no heading", "z"),
    ],
)
def test_the_course_is_named_by_its_readme_else_by_its_folder(
    tmp_path: Path, folder: str, readme: str | None, title: str
) -> None:
    root = make(tmp_path / folder, "a.md")
    if readme is not None:
        (root / "README.md").write_text(readme)
    assert discover(root).course.title == title


def test_links_that_lead_round_or_out_are_not_followed(tmp_path: Path) -> None:
    root = make(tmp_path / "course", "a.md", "sub/b.md")
    make(tmp_path, "secret.md")
    (root / "sub/loop").symlink_to(root)
    (root / "self").symlink_to(root / "self")
    (root / "alias.md").symlink_to(root / "a.md")
    (root / "out.md").symlink_to(tmp_path / "secret.md")
    (root / "broken.md").symlink_to(root / "nowhere.md")
    assert found(root) == ["a.md", "sub/b.md"]
    assert discover(root).notes == ("out.md: a link that leads out of the course, left out",)


def test_a_saved_site_takes_the_order_and_title_of_its_first_page(tmp_path: Path) -> None:
    links = "".join(f"<a href='{link}'>x</a> " for link in ("b.html#x", "sub/a%20page.html", "../o.html", "no.html"))
    pages = {
        "index.html": f"<title>Deep Course | Uni</title><p>Words.</p>{links}",
        "a.html": "<p>a", "b.html": "<p>b", "sub/a page.html": "<p>c", "genindex.html": "<p>index",
        "search.html": "<p>find", "searchindex.js": "x", "sub/search.html": "<p>Greedy search.",
        "b_files/advert.html": "<p>buy", "c_files/kept.html": "<p>kept",
    }  # fmt: skip
    for name, text in pages.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    plan = discover(tmp_path)
    assert plan.course.title == "Deep Course"
    assert [path.relative_to(tmp_path).as_posix() for path in plan.files] == [
        "index.html", "b.html", "sub/a page.html", "a.html", "c_files/kept.html", "sub/search.html",
    ]  # fmt: skip


def test_a_first_page_that_cannot_be_read_changes_no_order(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<div>" * 5_000, encoding="utf-8")
    (tmp_path / "a.html").write_text("<p>a", encoding="utf-8")
    plan = discover(tmp_path)
    assert [path.name for path in plan.files] == ["index.html", "a.html"]
    assert plan.course.title == tmp_path.name
