"""A site becomes a course: in its order, politely, and kept so that nothing is fetched or lost without need."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import IngestError, UnreadableSource
from ingest.pipeline import ingest
from ingest.report import IngestReport
from ingest.web.addresses import RefusedAddress
from ingest.web.crawl import CrawlSettings, crawl, kept_site
from ingest.web.fetch import NoAnswer
from ingest.web.site import Site
from ingest.web.snapshots import Kept, Snapshots
from ingest.web.visitor import Surroundings
from knowledge.library import Library
from knowledge.model import Heading
from tests.fakes import HashingEmbedder
from tests.ingest.web.sites import Answer, Server, answer, page, redirect, serve

COURSE: Mapping[str, bytes | str | Answer | int] = {
    "/course/": page("Deep Course", "Start here.", "nets.html", "a/depth.html", "missing.html", "notes.md", "pic.png"),
    "/course/nets.html": page("Nets", "A **net** is a graph of layers.", "more.html#part", "/course/?utm_source=x"),
    "/course/a/depth.html": page("Depth", "Depth counts layers.", "../nets.html", "deeper.html"),
    "/course/more.html": page("More", "More words on nets.", "/outside.html"),
    "/course/a/deeper.html": page("Deeper", "Even deeper words."),
    "/course/notes.md": b"# Notes\n\nWritten in Markdown.",
    "/course/pic.png": b"\x89PNG",
    "/outside.html": page("Outside", "Not of this course."),
}
FAR = CrawlSettings(depth=5, delay_s=0, allow_private=True)


def paths(site: Site) -> list[str]:
    return [one.path for one in site.pages]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return tmp_path / "library"


def test_one_page_alone_is_a_course_of_its_own(library: Path) -> None:
    with serve(COURSE) as served:
        site = crawl(f"{served.address}/course/nets.html#x", library, replace(FAR, depth=0))
        assert served.asked == ["/robots.txt", "/course/nets.html"]
        assert (site.course.root, site.course.title) == (f"{served.address}/course/nets.html", "Nets")
        assert paths(site) == ["nets.html"]
        assert site.pages[0].file.read_bytes() == str(COURSE["/course/nets.html"]).encode()


def test_a_site_is_read_in_the_order_of_its_contents_then_depth_first(library: Path) -> None:
    with serve(COURSE) as served:
        site = crawl(f"{served.address}/course/", library, FAR)
        assert paths(site) == ["./", "nets.html", "a/depth.html", "notes.md", "more.html", "a/deeper.html"]
        assert [one.file.suffix for one in site.pages] == [".html", ".html", ".html", ".md", ".html", ".html"]
        assert site.course.title == "Deep Course"
        assert not {"/outside.html", "/elsewhere", "/course/pic.png"} & set(served.asked)
        assert len(served.asked) == len(set(served.asked))
        assert site.notes == ("1 link led to pages that do not exist",)
        assert (site.errors, site.gone) == ((), frozenset({f"{served.address}/course/missing.html"}))


@pytest.mark.parametrize(("depth", "pages"), [(1, 4), (2, 6)])
def test_links_are_followed_as_deep_as_asked(library: Path, depth: int, pages: int) -> None:
    with serve(COURSE) as served:
        assert len(crawl(f"{served.address}/course/", library, replace(FAR, depth=depth)).pages) == pages


def test_no_more_pages_are_asked_than_allowed_and_what_is_left_is_said(library: Path) -> None:
    with serve(COURSE) as served:
        site = crawl(f"{served.address}/course/", library, replace(FAR, max_pages=2))
        assert paths(site) == ["./", "nets.html"]
        assert "not asked: the limit is 2, raise it with --max-pages" in site.notes[0]


def test_robots_are_obeyed_and_requests_are_spaced(library: Path) -> None:
    rules = b"User-agent: *\nDisallow: /course/a/\nCrawl-delay: 3"
    slept: list[float] = []
    still = Surroundings(sleep=slept.append, clock=lambda: 0.0)
    with serve({**COURSE, "/robots.txt": rules}) as served:
        site = crawl(f"{served.address}/course/", library, replace(FAR, delay_s=0.5), surroundings=still)
        assert not any(path.startswith("/course/a/") for path in served.asked)
        assert slept == [3.0] * (len(served.asked) - 1)  # the first request is robots.txt itself
        assert "1 link not followed: robots.txt" in " ".join(site.notes)
        served.pages["/robots.txt"] = b"User-agent: Erica\nDisallow: /"
        with pytest.raises(UnreadableSource, match=r"robots\.txt does not allow"):
            crawl(f"{served.address}/course/", library, FAR)


def test_a_site_whose_robots_cannot_be_had_is_left_alone(library: Path) -> None:
    with serve({**COURSE, "/robots.txt": 503}) as served:
        with pytest.raises(UnreadableSource, match=r"robots\.txt"):
            crawl(f"{served.address}/course/", library, FAR)
        assert served.asked == ["/robots.txt"]


def test_a_second_crawl_asks_only_whether_pages_changed(library: Path) -> None:
    with serve(COURSE) as served:
        first = crawl(f"{served.address}/course/", library, FAR)
        served.pages["/course/nets.html"] = page("Nets", "Changed words.", "more.html")
        conditional = len(served.headers)
        again = crawl(f"{served.address}/course/", library, FAR)
        asked = {path: headers.get("If-None-Match") for path, headers in
                 zip(served.asked[conditional:], served.headers[conditional:], strict=True)}  # fmt: skip
        assert all(asked[path] for path in asked if path not in ("/robots.txt", "/course/missing.html"))
        changed = [old.url for old, new in zip(first.pages, again.pages, strict=True) if old.file != new.file]
        assert changed == [f"{served.address}/course/nets.html"]
        assert {path.name for path in again.pages[0].file.parent.iterdir()} == {
            "pages.json", *(one.file.name for one in again.pages),
        }  # fmt: skip


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_no_more_goes_and_one_that_cannot_be_had_stays(library: Path, status: int) -> None:
    with serve(COURSE) as served:
        crawl(f"{served.address}/course/", library, FAR)
        served.pages |= {"/course/more.html": status, "/course/a/deeper.html": 500, "/course/notes.md": 403}
        site = crawl(f"{served.address}/course/", library, FAR)
        assert f"{served.address}/course/more.html" in site.gone
        assert paths(site) == ["./", "nets.html", "a/depth.html", "notes.md", "a/deeper.html"]
        assert sorted(error.reason for error in site.errors) == ["the server answers 403", "the server answers 500"]


def test_a_page_that_no_link_leads_to_any_more_is_asked_for_all_the_same(library: Path) -> None:
    with serve(COURSE) as served:
        crawl(f"{served.address}/course/", library, FAR)
        served.pages["/course/nets.html"] = page("Nets", "No links.")
        site = crawl(f"{served.address}/course/", library, FAR)
        assert paths(site)[-1] == "more.html"
        served.pages["/course/more.html"] = 404
        assert "more.html" not in paths(crawl(f"{served.address}/course/", library, FAR))


def test_a_new_page_behind_a_known_one_is_found(library: Path) -> None:
    with serve(COURSE) as served:
        crawl(f"{served.address}/course/", library, FAR)
        served.pages["/course/a/deeper.html"] = page("Deeper", "Even deeper words.", "deepest.html")
        served.pages["/course/a/deepest.html"] = page("Deepest", "The deepest words.")
        assert "a/deepest.html" in paths(crawl(f"{served.address}/course/", library, FAR))


def test_a_site_that_asks_for_mercy_is_left_alone(library: Path) -> None:
    links = [f"{n}.html" for n in range(20)]
    with serve({"/": page("Start", "Words.", *links), **{f"/{link}": 429 for link in links}}) as served:
        site = crawl(f"{served.address}/", library, FAR)
        assert [path for path in served.asked if path.endswith(".html")] == ["/0.html", "/1.html", "/2.html"]
        assert "17 pages not asked: the site does not answer any more" in site.notes


def test_a_page_that_moved_is_known_by_its_new_address(library: Path) -> None:
    with serve(COURSE) as served:
        crawl(f"{served.address}/course/", library, FAR)
        served.pages |= {
            "/course/more.html": redirect("/course/even-more.html", 301),
            "/course/even-more.html": COURSE["/course/more.html"],
            "/course/notes.md": redirect("/outside.html", 301),
            "/course/a/deeper.html": redirect("http://169.254.169.254/", 302),
        }
        site = crawl(f"{served.address}/course/", library, FAR)
        assert "even-more.html" in paths(site)
        assert {url.rpartition("/")[2] for url in site.gone} == {"more.html", "notes.md", "missing.html"}
        assert "a/deeper.html" in paths(site)
        assert "/outside.html" not in served.asked


def test_a_network_that_fails_removes_nothing(library: Path) -> None:
    with serve(COURSE) as served:
        whole = crawl(f"{served.address}/course/", library, FAR)
    site = crawl(f"{served.address}/course/", library, FAR)  # the server is closed by now
    assert (site.pages, site.gone) == (whole.pages, frozenset())
    assert [type(error) for error in site.errors] == [NoAnswer]
    assert kept_site(f"{served.address}/course/", library) == Site(whole.course, whole.pages)
    with pytest.raises(NoAnswer):
        crawl(f"{served.address}/other/", library, FAR)


def test_a_server_that_falls_silent_is_left_alone(library: Path) -> None:
    links = [f"{n}.html" for n in range(20)]
    with serve({"/": page("Start", "Words.", *links), **{f"/{link}": _hang_up for link in links}}) as served:
        site = crawl(f"{served.address}/", library, FAR)
        assert len(site.errors) == 3
        assert "17 pages not asked: the site does not answer any more" in site.notes
        assert paths(site) == ["./"]


def _hang_up(handler: object) -> None:
    handler.connection.close()  # type: ignore[attr-defined]  # the handler's socket
    handler.close_connection = True  # type: ignore[attr-defined]


def test_other_formats_are_taken_by_their_type_and_the_rest_is_named(library: Path) -> None:
    def typed(kind: str, body: bytes = b"# A\n\nwords") -> Answer:
        return lambda handler: answer(handler, body, kind)

    pages = {
        "/": page("Start", "Words.", "a.md", "b", "c.pdf", "d", "e.txt", "f.html"),
        "/a.md": typed("application/octet-stream"),
        "/b": typed("text/markdown; charset=utf-8"),
        "/c.pdf": page("Log in", "A page where a file was promised."),
        "/d": typed("image/png"),
        "/e.txt": typed("text/plain"),
        "/f.html": typed("application/zip"),
    }
    pages["/c.pdf"] = typed("text/html", str(pages["/c.pdf"]).encode())
    with serve(pages) as served:
        site = crawl(f"{served.address}/", library, FAR)
        assert [(one.path, one.file.suffix) for one in site.pages] == [
            ("./", ".html"), ("a.md", ".md"), ("b", ".md"), ("c.pdf", ".html"), ("e.txt", ".txt"),
        ]  # fmt: skip
        assert [note.partition(": ")[2] for note in site.notes[:2]] == [
            "there is no reader for image/png", "there is no reader for application/zip",
        ]  # fmt: skip


def test_a_page_that_only_searches_is_left_out_and_a_lesson_on_search_is_not(library: Path) -> None:
    machine = "<title>Search</title><script src=searchindex.js></script><p>Please activate JavaScript."
    pages = {"/": page("Start", "Words.", "search.html", "b/search.html"), "/search.html": machine}
    pages["/b/search.html"] = page("Search", "Greedy search takes the best step.")
    with serve(pages) as served:
        assert paths(crawl(f"{served.address}/", library, FAR)) == ["./", "b/search.html"]


def test_one_page_under_two_spellings_is_kept_once(library: Path) -> None:
    canonical = page("Nets", "Words.").replace("<head>", "<head><link rel=canonical href=/c/nets.html>")
    wrong = page("Depth", "Others.").replace("<head>", "<head><link rel=canonical href=/c/>")
    pages = {
        "/c/": page("Start", "Words.", "nets.html?x=1", "nets.html", "depth.html"),
        "/c/nets.html?x=1": canonical, "/c/nets.html": canonical, "/c/depth.html": wrong,
    }  # fmt: skip
    with serve(pages) as served:
        assert sorted(paths(crawl(f"{served.address}/c/", library, FAR))) == ["./", "depth.html", "nets.html"]


def test_the_charset_of_the_server_is_believed_where_the_page_says_nothing(library: Path) -> None:
    body = "<h1>Курс</h1><p>Градиентный спуск.".encode("cp1251")
    with serve({"/": lambda handler: answer(handler, body, "text/html; charset=windows-1251")}) as served:
        site = crawl(f"{served.address}/", library, replace(FAR, depth=0))
        assert "Градиентный спуск" in site.pages[0].file.read_text(encoding="utf-8")


def test_the_first_page_may_live_elsewhere_and_still_not_at_a_private_place(library: Path) -> None:
    with serve({"/old": redirect("/course/"), **COURSE, "/bad": redirect("http://10.0.0.1/")}) as served:
        site = crawl(f"{served.address}/old", library, FAR)
        assert site.course.root == f"{served.address}/course/"
        assert len(site.pages) == 6
        with pytest.raises(RefusedAddress):
            crawl(f"{served.address}/bad", library, FAR)
        with pytest.raises(RefusedAddress):
            crawl(f"{served.address}/course/", library, replace(FAR, allow_private=False))


@pytest.mark.parametrize("status", [404, 403, 500])
def test_a_first_page_that_is_refused_is_an_error_with_its_status(library: Path, status: int) -> None:
    with serve({"/": status}) as served, pytest.raises(UnreadableSource, match=f"the server answers {status}"):
        crawl(f"{served.address}/", library, FAR)


@pytest.mark.parametrize("url", ["https://", "http://[", "https://user:pw@course.example/", "ftp://course.example/x"])
def test_addresses_that_are_none_are_refused_before_anything_is_asked(library: Path, url: str) -> None:
    with pytest.raises(RefusedAddress):
        crawl(url, library, FAR)
    assert not library.exists()


# --- what is kept -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "index",
    [
        "",
        "{",
        "[]",
        '{"schema": 99}',
        '{"schema": 1, "root": "r", "title": "t", "pages": [{"file": "../../x"}]}',
        "null",
    ],
)
def test_a_damaged_index_is_as_none(tmp_path: Path, index: str) -> None:
    (tmp_path / "pages.json").write_text(index, encoding="utf-8")
    assert Snapshots.open(tmp_path).pages == {}


def test_an_index_that_names_files_elsewhere_is_not_believed(tmp_path: Path) -> None:
    kept = Snapshots(tmp_path / "site")
    name, digest = kept.put(b"words", ".html")
    kept.pages = {"u": Kept("u", name, digest, "now")}
    kept.save()
    assert Snapshots.open(kept.folder).pages == kept.pages
    (tmp_path / "secret.html").write_bytes(b"secret")
    index = kept.folder / "pages.json"
    index.write_text(index.read_text(encoding="utf-8").replace(name, "../secret.html"), encoding="utf-8")
    assert Snapshots.open(kept.folder).pages == {}


_LINKS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=4)


@given(st.fixed_dictionaries({"a": _LINKS, "b": _LINKS, "c": _LINKS, "d": _LINKS}), _LINKS)
@settings(max_examples=15, deadline=None)
def test_every_reachable_page_is_there_once_and_the_contents_come_first(
    tmp_path_factory: pytest.TempPathFactory, links: dict[str, list[str]], start: list[str]
) -> None:
    pages = {"/": page("Start", "Words.", *start)}
    pages |= {f"/{name}": page(name, f"Words of {name}.", *to) for name, to in links.items()}
    reached = set(start)
    for _ in links:
        reached |= {target for name in reached for target in links[name]}
    with serve(pages) as served:
        site = crawl(f"{served.address}/", tmp_path_factory.mktemp("library"), FAR)
    assert sorted(paths(site)) == sorted({"./", *reached})
    assert paths(site)[1 : 1 + len(set(start))] == list(dict.fromkeys(start))


# --- into the library -------------------------------------------------------------------------------------------


@pytest.fixture
def run(library: Path) -> Callable[[Server], IngestReport]:
    def go(served: Server, url: str = "/course/") -> IngestReport:
        site = crawl(f"{served.address}{url}", library, FAR)
        return ingest([site], library, HashingEmbedder())

    return go


def test_a_site_is_ingested_and_a_sentence_leads_back_to_its_heading(
    run: Callable[[Server], IngestReport], library: Path
) -> None:
    with serve(COURSE) as served:
        report = run(served)
        assert report.failed == ()
        assert report.added == ("./", "nets.html", "a/depth.html", "notes.md", "more.html", "a/deeper.html")
        with Library.open(library) as opened:
            catalog = opened.catalog
            assert [one.title for one in catalog.courses()] == ["Deep Course"]
            (nets,) = [one for one in catalog.documents() if one.path == "nets.html"]
            assert nets.uri == f"{served.address}/course/nets.html"
            (chunk,) = [one for one in catalog.document_chunks(nets.id) if "graph of layers" in one.text]
            assert isinstance(chunk.locator, Heading)
            assert chunk.locator.anchor == "top"
        again = run(served)
        assert (again.added, again.updated, again.removed, again.embedded) == ((), (), (), 0)


def test_changed_and_vanished_pages_are_brought_level_and_an_unreachable_site_changes_nothing(
    run: Callable[[Server], IngestReport], library: Path
) -> None:
    with serve(COURSE) as served:
        run(served)
        served.pages |= {"/course/nets.html": page("Nets", "Other words.", "more.html"), "/course/more.html": 404}
        report = run(served)
        assert (report.updated, report.removed, report.added) == (("nets.html",), ("more.html",), ())
    report = run(served)
    assert (report.updated, report.removed, report.added) == ((), (), ())
    assert "no answer" in report.failed[0].reason
    with Library.open(library) as opened:
        assert [one.path for one in opened.catalog.documents()] == [
            "./",
            "nets.html",
            "a/depth.html",
            "notes.md",
            "a/deeper.html",
        ]


def test_a_single_page_that_joins_its_site_is_not_embedded_again(library: Path) -> None:
    with serve(COURSE) as served:
        url = f"{served.address}/course/nets.html"
        ingest([crawl(url, library, replace(FAR, depth=0))], library, HashingEmbedder())
        report = ingest([crawl(f"{served.address}/course/", library, FAR)], library, HashingEmbedder())
        assert "nets.html" in report.unchanged
        with Library.open(library) as opened:
            assert [one.title for one in opened.catalog.courses()] == ["Deep Course"]


def test_the_index_is_readable_by_people(library: Path) -> None:
    with serve(COURSE) as served:
        site = crawl(f"{served.address}/course/", library, FAR)
        index = json.loads((site.pages[0].file.parent / "pages.json").read_text(encoding="utf-8"))
    assert (index["schema"], index["root"], index["title"]) == (1, f"{served.address}/course/", "Deep Course")
    assert set(index["pages"][0]) == {
        "url", "file", "content_hash", "fetched_at", "etag", "modified", "title", "links",
    }  # fmt: skip


def test_what_a_failing_page_costs_is_that_page(library: Path) -> None:
    pages = {
        "/": page("Start", "Words.", "deep.html", "good.html"),
        "/deep.html": "<div>" * 50_000,
        "/good.html": "<p>Good.",
    }
    with serve(pages) as served:
        site = crawl(f"{served.address}/", library, FAR)
    assert paths(site) == ["./", "good.html"]
    assert [type(error) for error in site.errors] == [UnreadableSource]
    assert isinstance(site.errors[0], IngestError)
