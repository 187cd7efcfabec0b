"""Pages of course sites become their teaching text with its places; what frames the text is gone, whatever made it."""

from __future__ import annotations

import base64
import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunking import split
from ingest.document import BlockKind, ReadDocument, TextBuilder
from ingest.errors import EmptySource, IngestError, UnreadableSource
from ingest.html_blocks import html_blocks
from ingest.outline import Outline
from ingest.readers import html
from knowledge.model import Heading, SourceDocument, SourceKind
from tests.fakes import HashingEmbedder
from tests.ingest.readers.pages import CODE, FRAME, SENTENCES, STYLES, page

TEX = "<annotation encoding='application/x-tex'>"
FORMULA = r"w_{t+1} = w_t - \eta \nabla L(w_t)"
ANCHORS = {
    "sphinx": ("optimisation", "learning-rate", "momentum", "nesterov"),
    "jupyter_book": ("optimisation", "learning-rate", "momentum", "nesterov"),
    "mkdocs": ("optimisation", "learning-rate", "momentum", "nesterov"),
    "docusaurus": ("", "learning-rate", "momentum", "nesterov"),
    "quarto": ("sec-opt", "sec-lr", "momentum", "nesterov"),
    "by_hand": ("", "lr", "mom", ":~:text=Nesterov"),
    "wordpress": ("post-7", "lr", ":~:text=Momentum", ":~:text=Nesterov"),
    "nbconvert": ("Optimisation", "Learning-rate", "Momentum", "Nesterov"),
}


def read(body: str, name: str = "page.html") -> ReadDocument:
    return html.read(f"<!doctype html><meta charset=utf-8><body>{body}".encode(), name)


def blocks(document: ReadDocument, *kinds: BlockKind) -> list[str]:
    return [document.text[b.start : b.end] for b in document.blocks if not kinds or b.kind in kinds]


def anchor_of(document: ReadDocument, words: str) -> str:
    """The anchor of the block that holds these words."""
    found = [b.locator for b in document.blocks if words in document.text[b.start : b.end]]
    assert len(found) == 1
    assert isinstance(found[0], Heading)
    return found[0].anchor


# --- sites ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", STYLES)
def test_a_page_of_each_generator_gives_its_lesson_and_nothing_of_its_frame(style: str) -> None:
    document = html.read(page(style), "o.html")
    assert document.title == "Optimisation"
    assert [words for words in FRAME if words in document.text] == []
    assert [words for words in SENTENCES if words not in document.text] == []
    assert blocks(document, BlockKind.CODE) == [CODE]
    assert blocks(document, BlockKind.HEADING) == [
        "# Optimisation", "## Learning rate", "## Momentum", "### Nesterov",
    ]  # fmt: skip
    assert tuple(anchor_of(document, words) for words in SENTENCES) == ANCHORS[style]


@pytest.mark.parametrize("style", sorted(set(STYLES) - {"by_hand"}))
def test_a_page_of_each_generator_keeps_its_formula_and_the_language_of_its_code(style: str) -> None:
    document = html.read(page(style), "o.html")
    expected = r"w_{t + 1} = w_t - \eta \nabla L ( w_t )" if style == "jupyter_book" else FORMULA  # from its MathML
    assert f"${expected}$" in document.text or f"$$\n{expected}\n$$" in document.text
    assert {b.language for b in document.blocks if b.kind is BlockKind.CODE} == {"python"}


@pytest.mark.parametrize("style", ["jupyter_book", "quarto", "nbconvert"])
def test_what_a_cell_printed_is_output(style: str) -> None:
    assert blocks(html.read(page(style), "o.html"), BlockKind.OUTPUT) == ["loss 0.25"]


@pytest.mark.parametrize("style", ["sphinx", "quarto", "wordpress"])
def test_a_figure_is_kept_with_its_caption_and_place(style: str) -> None:
    document = html.read(page(style), "o.html")
    (figure,) = document.figures
    assert figure.caption.endswith("The path of momentum in a narrow valley")
    assert figure.reference.endswith("path.png")
    assert figure.caption in document.text[figure.at :]


def test_a_citation_opens_the_heading_that_a_sentence_stands_under() -> None:
    """Law 1 and the round trip: page, blocks, chunks, place."""
    for style, anchors in ANCHORS.items():
        read_document = html.read(page(style), "o.html")
        source = SourceDocument(
            "id", "c", "o.html", "https://host/o.html", "t", SourceKind.HTML, read_document.text, "h", 0
        )
        chunks = split(source, read_document.blocks, HashingEmbedder().tokenizer)
        assert all(source.text[chunk.start : chunk.end] == chunk.text for chunk in chunks)
        for words, anchor in zip(SENTENCES, anchors, strict=True):
            (chunk,) = [chunk for chunk in chunks if words in chunk.text]
            assert isinstance(chunk.locator, Heading)
            assert chunk.locator.anchor == anchor


# --- text -------------------------------------------------------------------------------------------------------


def test_emphasis_links_code_and_breaks_become_markdown() -> None:
    document = read(
        '<p>A <b>loss </b>is <em>low</em>, see <a href="a (1).html">the <code>fit()</code> page</a>,<br>x<sup>2</sup>'
        ' and y<sub>ij</sub> <kbd>`</kbd> <q>so</q> <a href="#here">here</a> <a href="javascript:x()">run</a></p>'
    )
    assert blocks(document) == [
        "A **loss** is *low*, see [the `fit()` page](a%20%281%29.html),\nx^2 and y_{ij} `` ` `` “so” here run"
    ]


def test_lists_keep_their_levels_and_code_in_them_stands_alone() -> None:
    document = read(
        "<h1>T</h1><ol start=3><li>three<ul><li>inner<p>more</p></li></ul><li>four<pre>x = 1</pre>after</ol>"
        "<ul><li>x</ul>"
    )
    assert [(b.kind.value, document.text[b.start : b.end]) for b in document.blocks[1:]] == [
        ("list", "3. three\n   - inner\n     more\n4. four"),
        ("code", "x = 1"),
        ("list", "after"),
        ("list", "- x"),
    ]


def test_tables_become_markdown_tables_and_layout_tables_do_not() -> None:
    document = read(
        "<h1>T</h1><table><caption>Rates</caption><tr><th>a</th><th colspan=2>b|c</th></tr>"
        "<tr><td>1<td>2<td><code>x</code></table><table><tr><td><h2>Left</h2><p>Text.</p></td><td><p>Right.</p></td></tr></table>"
    )
    assert blocks(document, BlockKind.TABLE) == ["| a | b\\|c |  |\n| --- | --- | --- |\n| 1 | 2 | `x` |"]
    assert blocks(document, BlockKind.PROSE) == ["Rates", "Text.", "Right."]


def test_definitions_quotes_and_details_are_kept() -> None:
    document = read(
        "<h1>T</h1><dl><dt>Epoch<dd>One pass over the data.<dt class=sig id=f.g>g(<em>x</em>)<dd><p>Long.</p>"
        "<pre class=language-py>g(1)</pre></dl><blockquote><p>Said.</p><footer>Someone</footer></blockquote>"
        "<details><summary>Proof</summary><p>Clear.</p></details>"
        "<details><summary>Show code</summary><p>c</p></details>"
    )
    assert blocks(document)[1:] == [
        "**Epoch**: One pass over the data.", "**`g(x)`**", "Long.", "g(1)", "Said.", "Someone",
        "**Proof**", "Clear.", "c",
    ]  # fmt: skip
    assert anchor_of(document, "g(1)") == "f.g"
    assert anchor_of(document, "Said.") == ""


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (r"\(x_1\)", "$x_1$"),
        (r"so \[ x = \begin{cases} 1 \\[2pt] 0 \end{cases} \] holds", None),
        ("<script type='math/tex'>a<b</script>", "$a<b$"),
        ("<script type='math/tex; mode=display'>a</script>", "$$\na\n$$"),
        (f"<math display=block><semantics><mi>a</mi>{TEX}\\a</annotation></semantics></math>",
         "$$\n\\a\n$$"),
        ("<math alttext='{\\displaystyle x^2}'><mi>x</mi></math>", "$x^2$"),
        ("<math><mfrac><mi>a</mi><mn>2</mn></mfrac><mo>∈</mo><mi>ℝ</mi></math>", r"$\frac{a}{2} \in \mathbb{R}$"),
        ("<math><msqrt><mi>α</mi><mi>β</mi></msqrt><mi>sin</mi><mo>⁡</mo><mi>x</mi></math>",
         r"$\sqrt{\alpha \beta} \sin x$"),
        ("<math><munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover><mover><mi>y</mi><mo>^</mo></mover></math>",
         r"$\sum_i^n \hat{y}$"),
        ("<mjx-container jax='SVG' display='true' data-latex='x+1'><svg></svg></mjx-container>", "$$\nx+1\n$$"),
        ("<span class='katex-error' title='bad'>\\oops</span>", r"$\oops$"),
        ("<span class='math inline'>x</span>", "$x$"),
        ("<span class='math display'>x</span>", "$$\nx\n$$"),
        ("<img class='math' src='m.png' alt='x^2'>", "$x^2$"),
        ("<span class='mwe-math-element'><span style='display: none;' class='mwe-math-mathml-inline'><math><semantics>"
         f"<mi>k</mi>{TEX}k</annotation></semantics></math></span><img aria-hidden='true' "
         "class='mwe-math-fallback-image-inline' alt='k'></span>", "$k$"),
    ],
)  # fmt: skip
def test_formulas_of_every_kind_become_latex(markup: str, expected: str | None) -> None:
    document = read(f"<h1>T</h1><p>It is {markup} here.</p>")
    if expected is None:
        assert blocks(document)[1:] == [
            "It is so", "$$\nx = \\begin{cases} 1 \\\\[2pt] 0 \\end{cases}\n$$", "holds here.",
        ]  # fmt: skip
    elif expected.startswith("$$"):
        assert [(b.kind.value, document.text[b.start : b.end]) for b in document.blocks[1:]] == [
            ("prose", "It is"), ("formula", expected), ("prose", "here."),
        ]  # fmt: skip
    else:
        assert blocks(document)[1:] == [f"It is {expected} here."]


@pytest.mark.parametrize(
    ("markup", "language"),
    [
        ("<pre><code class='language-cpp'>{}</code></pre>", "cpp"),
        ("<pre><code class='hljs python'>{}</code></pre>", "python"),
        ("<div class='highlight-julia notranslate'><div class='highlight'><pre>{}</pre></div></div>", "julia"),
        ("<div class='highlight highlight-source-shell'><pre>{}</pre></div>", "bash"),
        ("<pre class='sourceCode r'><code class='sourceCode r'>{}</code></pre>", "r"),
        ("<pre class='brush: js; toolbar: false'>{}</pre>", "javascript"),
        ("<pre data-lang='SQL'>{}</pre>", "sql"),
        ("<pre class='prettyprint lang-py'>{}</pre>", "python"),
        ("<div class='language-yaml highlighter-rouge'><div class='highlight'><pre class='highlight'><code>{}</code>"
         "</pre></div></div>", "yaml"),
        ("<div class='highlight-default notranslate'><div class='highlight'><pre>{}</pre></div></div>", ""),
        ("<figure class='highlight rust'><table><tr><td class='gutter'><pre>1<br>2</pre></td><td class='code'>"
         "<pre><span class='line'>one</span><br><span class='line'>  two</span><br></pre></td></tr></table></figure>",
         "rust"),
        ("<pre>{}</pre>", ""),
    ],
)  # fmt: skip
def test_code_keeps_its_lines_and_its_language(markup: str, language: str) -> None:
    document = read(f"<h1>T</h1>{markup.format(chr(10).join(('one', '  two')))}")
    assert blocks(document, BlockKind.CODE) == ["one\n  two"]
    assert [b.language for b in document.blocks if b.kind is BlockKind.CODE] == [language]


def test_videos_are_noted_where_they_stand() -> None:
    document = read(
        "<h1>T</h1><p>Watch <a href='https://youtu.be/abcdefghijk?t=5'>this</a>.</p>"
        "<iframe src='https://www.youtube-nocookie.com/embed/ABCDEFGHIJK'></iframe>"
        "<iframe data-src='//player.vimeo.com/video/76979871'></iframe><video><source src='talk.webm'></video>"
        "<iframe src='https://host.example/map'></iframe><lite-youtube videoid='zzzzzzzzzzz'></lite-youtube>"
    )
    assert [(video.provider, video.key) for video in document.videos] == [
        ("youtube", "abcdefghijk"), ("youtube", "ABCDEFGHIJK"), ("vimeo", "76979871"), ("file", "talk.webm"),
        ("youtube", "zzzzzzzzzzz"),
    ]  # fmt: skip


def test_pictures_keep_what_stands_for_them_and_ornaments_are_left_out() -> None:
    pixel = base64.b64encode(b"\x89PNG").decode()
    document = read(
        "<h1>T</h1><p>See <img src='loss.png' alt='The loss falls over time'> and "
        "<img src='https://shields.io/badge/x.svg' alt='build is passing now'>"
        f"<img src='i.png' width=16 alt='an icon of mail'></p><img src='data:image/png;base64,{pixel}'>"
        "<img src='data:image/gif;base64,R0lGOD' data-src='late.png' alt='late.png'>"
    )
    found = [(figure.alt, figure.reference, figure.image, figure.media_type) for figure in document.figures]
    assert found == [
        ("The loss falls over time", "loss.png", b"", ""),
        ("", "", b"\x89PNG", "image/png"),
        ("late.png", "late.png", b"", ""),
    ]
    assert blocks(document)[1:] == ["See and", "The loss falls over time"]


def test_what_nobody_sees_never_becomes_text() -> None:
    document = read(
        "<h1>T</h1><p>Seen.</p><!-- ghost --><script>'ghost'</script><style>ghost</style>"
        "<template><p>ghost</p></template><p hidden>ghost</p>"
        "<p style='color:red; display : none'>ghost</p><p aria-hidden=true>ghost</p>"
        "<noscript>ghost</noscript><textarea>ghost</textarea><svg><title>ghost</title></svg>"
        "<select><option>ghost</select>"
        "<span class=sr-only>ghost</span><iframe>ghost</iframe><button>ghost</button><object>ghost</object>"
    )
    assert "ghost" not in document.text
    assert "Seen." in document.text


def test_headings_without_an_id_are_opened_by_their_words_and_repeated_ones_by_the_heading_above() -> None:
    document = read(
        "<h1>Course</h1><p>a</p><h2 id=x>One</h2><p>b</p><h3>Try it, now-or-later</h3><p>c</p><h2 id=x>Two</h2><p>d</p>"
        "<h3>Try it, now-or-later</h3><p>e</p>"
    )
    anchors = [
        b.locator.anchor for b in document.blocks if b.kind is BlockKind.PROSE and isinstance(b.locator, Heading)
    ]
    search = ":~:text=Try%20it%2C%20now%2Dor%2Dlater"
    assert anchors == ["", "x", search, ":~:text=Two", ":~:text=Two"]


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Backprop | CS 101</title>", "<p>Text.</p>", "Backprop"),
        ("<title>CS 101: Backprop - part 2</title><meta property=og:site_name content=Uni>", "<p>Text.</p>",
         "CS 101: Backprop - part 2"),
        ("<title>Uni - Backprop</title><meta property=og:site_name content=Uni>", "<p>Text.</p>", "Backprop"),
        ("<title>x</title><meta property=og:title content='Backprop &mdash; Uni'>", "<p>Text.</p>", "Backprop"),
        ("<title>x</title>", "<h1>Back<em>prop</em> <a class=headerlink href=#b>¶</a></h1><p>Text.</p>", "Backprop"),
        ("", "<p>Text.</p>", "My page"),
    ],
)  # fmt: skip
def test_the_title_is_the_page_s_not_the_site_s(head: str, body: str, title: str) -> None:
    document = html.read(f"<!doctype html><head>{head}</head><body>{body}".encode(), "notes/my_page.html")
    assert document.title == title


def test_sections_named_like_boilerplate_are_content_where_an_author_named_them() -> None:
    document = read(
        "<main><h1>T</h1><section id=comments><h2>Comments</h2><p>A comment begins with a hash.</p></section>"
        "<div class=section id=related-work><h2>Related work</h2><p>Others did it before.</p></div>"
        "<h2>Further reading</h2><ul><li><a href=a>A paper</a><li><a href=b>A book</a></ul>"
        "<h2>Related posts</h2><ul><li><a href=c>Buy this</a><li><a href=d>And that</a></ul></main>"
    )
    assert "A comment begins" in document.text
    assert "Others did it before." in document.text
    assert "- [A paper](a)" in document.text
    assert "Buy this" not in document.text


def test_a_page_of_plain_boxes_gives_its_bulk() -> None:
    links = "".join(f"<a href={n}>Topic {n}</a> " for n in range(30))
    words = "A long explanation of what a network learns from its data. " * 8
    document = read(f"<div>{links}</div><div><div><h1>Nets</h1><div><p>{words}</p></div></div></div><div>{links}</div>")
    assert "Topic 7" not in document.text
    assert document.text.startswith("# Nets\n\nA long explanation")


def test_a_list_of_lectures_is_what_its_page_teaches() -> None:
    lectures = "<ul><li><a href=l1.html>Lecture 1: nets</a><li><a href=l2.html>Lecture 2: depth</a></ul>"
    assert "- [Lecture 1: nets](l1.html)" in read(f"<h1>Syllabus</h1>{lectures}").text
    words = "<p>" + "A long explanation of nets. " * 20
    assert "Lecture 1" in read(f"<h1>Nets</h1>{words}<h2>What to read</h2>{lectures}").text
    assert "Lecture 1" not in read(f"{lectures}<h1>Nets</h1>{words}{lectures}").text


def test_a_side_note_is_kept_and_a_side_list_is_not() -> None:
    document = read(
        "<h1>T</h1><p>One.</p><aside>A note by hand.</aside><aside><a href=a>Buy</a> <a href=b>this</a></aside>"
    )
    assert "A note by hand." in document.text
    assert "Buy" not in document.text


def test_a_permalink_beside_a_heading_names_its_place() -> None:
    document = read(
        "<main><div class=markdown-heading><h2>Part</h2><a id=user-content-part class=anchor href=#part><svg></svg></a>"
        "</div><p>Words.</p></main>"
    )
    assert anchor_of(document, "Words.") == "part"


# --- encodings and damage ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<meta charset=windows-1251><p>Градиент".encode("cp1251"), "Градиент"),
        ("<meta http-equiv=Content-Type content='text/html; charset=Shift_JIS'><p>勾配".encode("shift_jis"), "勾配"),
        ("<meta charset=iso-8859-1><p>naïve “quotes”".encode("cp1252"), "naïve “quotes”"),
        ("<meta charset=iso-8859-1><p>naïve, in truth UTF-8".encode(), "naïve, in truth UTF-8"),
        ("<meta charset=klingon><p>naïve".encode(), "naïve"),
        (b"<meta charset=unicode_escape><p>a\\u0041b", "a\\u0041b"),
        ("<p>naïve".encode("utf-16"), "naïve"),
        ("<p>plain words".encode("utf-16-le"), "plain words"),
        ("<p>plain words".encode("utf-16-be"), "plain words"),
        ("<?xml version='1.0' encoding='koi8-r'?><html><body><p>Шаг</p></body></html>".encode("koi8-r"), "Шаг"),
        ("<p>naïve café".encode("cp1252"), "naïve café"),
        (b"<p>a\x00b &#0; &#x1F600; &nosuch; &amp;lt;", "&lt;"),
        (b"<p>unclosed <b>bold <i>both</b> tail<table><td>x", "unclosed"),
        ("<p dir=rtl>الانحدار التدريجي".encode(), "الانحدار التدريجي"),
    ],
)  # fmt: skip
def test_encodings_are_recognised_and_damage_is_borne(content: bytes, words: str) -> None:
    assert words in html.read(content, "p.html").text


@pytest.mark.parametrize(
    "content",
    [
        b"<div>" * 100_000 + b"x",
        b"<div></span>" * 100_000,
        b"<ul><li>" * 100_000,
        b"<b>" * 100_000 + b"<p>x" * 1_000,
        ("<p>" + "".join(f"<b id={n}>" for n in range(1_000)) + "</p>" + "<p>x</p>" * 1_000).encode(),
        b"<a " * 300_000,
        b"<p>x</p>" * 1_100_000,
    ],
    ids="divs strays lists bold formatting attributes paragraphs".split(),
)
def test_nesting_past_reason_is_refused_at_once(content: bytes) -> None:
    began = time.thread_time()
    with pytest.raises(UnreadableSource, match="nested or repeated"):
        html.read(content, "p.html")
    assert time.thread_time() - began < 2


@pytest.mark.parametrize(
    "content",
    [
        b"<div>" * 1_900 + b"<p>deep words</p>",
        b"<ul><li>" * 900 + b"deep words",
        b"<blockquote>" * 900 + b"deep words",
        b"<dl><dd>" * 900 + b"deep words",
        b"<span>" * 1_900 + b"deep words",
        b"<table><tr><td>" * 900 + b"deep words",
        b"<p title='" + b"x" * 3_000_000 + b"'>deep words",
        b"<!--" * 100_000 + b"--><p>deep words",
        b"<p>deep words " + rb"\(" * 200_000 + rb"\[" * 200_000,
        b"<p>deep words " + b"$$" * 200_000,
        b"<p>deep words " + rb"\begin{align}" * 50_000,
        b"<p>deep words " + b"`" * 100_000,
        b"<table><tr><td colspan=999999999999>deep words<td>b<tr>" + b"<td>x" * 50_000,
        b"<p>deep words" + b"<br>" * 100_000,
        b"<math>" + b"<mrow>" * 1_500 + b"<mi>x</mi></math><p>deep words",
        b"<p>deep words<a href='" + b"%" * 7_000 + b"'>x</a>" * 500,
    ],
)
def test_hostile_markup_is_read_in_little_time(content: bytes) -> None:
    began = time.thread_time()
    assert "deep words" in html.read(content, "p.html").text
    assert time.thread_time() - began < 5


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<html><body><nav><a href=x>Only links</a></nav></body></html>", "no text"),
        (b"<div id=root></div><script src=app.js></script>", "no text in the page itself"),
        (
            b"<body><p>You need to enable JavaScript to run this app.</p><script src=a.js></script>",
            "in the page itself",
        ),
    ],
)
def test_a_page_that_says_nothing_is_named_as_such(content: bytes, reason: str) -> None:
    with pytest.raises(EmptySource, match=reason):
        html.read(content, "p.html")


def test_another_format_with_the_wrong_suffix_is_refused() -> None:
    with pytest.raises(UnreadableSource, match="binary"):
        html.read(b"%PDF-1.7\n" + bytes(range(256)) * 40, "p.html")


def check(document: ReadDocument) -> None:
    """What law 1 stands on: blocks in order, inside the text, none empty; places inside the text."""
    end = 0
    for block in document.blocks:
        assert end <= block.start < block.end <= len(document.text)
        assert document.text[block.start : block.end].strip()
        end = block.end
    assert all(0 <= found.at <= len(document.text) for found in (*document.figures, *document.videos))
    assert "\x05" not in document.text
    assert "\x06" not in document.text


_TAGS = st.sampled_from(
    (
        "p div h1 h2 h3 b i a code pre ul ol li table tr td th dl dt dd blockquote figure figcaption img iframe math "
        "mi msup mfrac span script style br hr main article nav aside header footer section details summary svg "
        "template sup sub"
    ).split()
)
_ATTRIBUTES = st.sampled_from(
    ["", " id=a", " id=b", " class=katex", " class='math inline'", " class=output", " class=language-py", " href=#a",
     " href='x y.html'", " hidden", " role=main", " type=math/tex", " src=a.png alt='some alt text'", " colspan=3"]
)  # fmt: skip
_WORDS = st.sampled_from(
    ["word ", "\\(x\\)", "\\[", "$$ y $$", "|", "`", "\n", "&amp;", "\x00", "é", "**", "#", "[a](b)"]
)
_MARKUP = st.lists(
    st.one_of(
        st.builds("<{}{}>".format, _TAGS, _ATTRIBUTES), st.builds("</{}>".format, _TAGS), _WORDS, st.text(max_size=5)
    ),
    max_size=60,
).map("".join)


@given(_MARKUP)
@settings(max_examples=300, deadline=None)
def test_any_markup_gives_ordered_blocks_or_an_error_for_people(markup: str) -> None:
    with contextlib.suppress(IngestError):
        check(html.read(markup.encode("utf-8", "surrogatepass"), "p.html"))


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_any_bytes_give_ordered_blocks_or_an_error_for_people(content: bytes) -> None:
    with contextlib.suppress(IngestError):
        check(html.read(content, "p.html"))


@given(st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12), min_size=1, max_size=30))
@settings(deadline=None)
def test_no_word_of_a_paragraph_is_lost(words: list[str]) -> None:
    markup = " ".join(f"<b>{word}</b>" if n % 5 == 3 else word for n, word in enumerate(words))
    text = read(f"<main><h1>Title</h1><p>{markup}</p></main>").text.replace("*", "")
    assert "".join(" ".join(words).split()) in "".join(text.split())


# --- for other readers ------------------------------------------------------------------------------------------


def test_a_chapter_is_added_under_the_headings_of_its_book() -> None:
    outline, builder = Outline("Book"), TextBuilder()
    outline.enter(1, "Part I")
    chapter = (
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="x.js"/></head>'
        '<body><a id="start"/><h2 id="c1">Nets</h2><p>First.</p><h3>Depth</h3><p>Second &amp; third.</p>'
        '<img src="a.png"/></body></html>'
    )
    html_blocks(chapter, "book.epub", outline, builder, xml=True, anchor_prefix="ch1.xhtml")
    document = builder.document("book.epub", "Book", SourceKind.HTML)
    found = [(b.heading_path, b.locator.anchor) for b in document.blocks if isinstance(b.locator, Heading)]
    assert found == [
        (("Book", "Part I", "Nets"), "ch1.xhtml#c1"),
        (("Book", "Part I", "Nets"), "ch1.xhtml#c1"),
        (("Book", "Part I", "Nets", "Depth"), "ch1.xhtml#c1"),
        (("Book", "Part I", "Nets", "Depth"), "ch1.xhtml#c1"),
    ]
    assert document.figures[0].reference == "a.png"
