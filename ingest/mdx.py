"""Course Markdown without what is not text: HTML and JSX tags, imports, template marks, comments.

Code, code spans and formulas pass untouched. What a tag shows is kept: captions, `alt` texts, table cells, links,
emphasis. `<a id="x">` becomes a mark that `ingest.markup` reads as the anchor of the heading it belongs to.
Refuses to know block structure; every scan is linear, because course files are not trusted.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache

from ingest.mdx_media import component_mark, film_mark, picture_mark

ANCHOR = re.compile("\ufdd0([^\ufdd0\ufdd1\n]*)\ufdd1")
"""The mark of an anchor; the two code points are no characters and are removed from what is read."""

_LONGEST_SPAN = 2_000
_LONGEST_FORMULA = 10_000
_LONGEST_TAG = 20_000
_START = re.compile(
    r"(?P<fence>^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?P<mark>`{3,}[^`\n]*|~{3,}[^\n]*)$)"
    r"|(?P<module>^(?:import|export)[ \t{][^\n]*$)"
    r"|(?P<directive>^[ \t]*:{3,}[^\n]*$)"
    r"|(?P<ticks>`+)"
    r"|(?P<formula>\$\$?|\\{1,2}[\[(]|\\begin\{[A-Za-z]{1,30}\*?\})"
    r"|(?P<escape>\\[^\n])"
    r"|(?P<comment><!--|\{/\*)"
    r"|(?P<template>\{[%<]|\{\{|\{:|\{[#/@][a-z])"
    r"|(?P<tag></?[A-Za-z])"
    r"|(?P<entity>&(?:[A-Za-z]{2,31}|\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6});)"
    r"|(?P<embedded>\]\(data:)"
    r"|(?P<colab>\[\[open-in-colab\]\])",
    re.M,
)
_ATTRIBUTE = r"[\w:@.\-]+(?:\s*=\s*(?:\"[^\"]{0,5000}\"|'[^']{0,5000}'|[^\s\"'=<>`{]{1,2000}))?"
_TAG = re.compile(rf"<(?P<close>/?)(?P<name>[A-Za-z][\w.:-]*)(?P<attributes>(?:\s+{_ATTRIBUTE})*)\s*(?P<empty>/?)>")
_NAME = re.compile(r"</?([A-Za-z][\w.:-]*)")
_VALUE = re.compile(r"(?<![\w:-])([\w:-]++)\s*=\s*\{?(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`{}]+))")
_INLINE_FORMULA = re.compile(r"\$(?=[^\s$])(?:[^$\n\\]|\\[^\n]|\n(?!\s*\n)){0,400}?(?<=[^\s$\\])\$(?!\d)")
_TEMPLATE = re.compile(
    r"\{%-?\s*(?P<liquid>end\w+|\w+)(?P<argument>[^\n]{0,500}?)-?%\}"
    r"|\{\{[<%][^\n]{0,1000}?[>%]\}\}|\{\{\s*(?:site|page|layout)\.[\w.\s|:'\"/]{0,200}\}\}"
    r"|\{:[^{}\n]{0,300}\}|\{[#/](?:if|each|await|key)\b[^\n{}]{0,300}\}|\{@html\b[^\n{}]{0,300}\}"
)
_MODULE = re.compile(
    r"import\s+(?:[\w*{}\s,$]{1,500}\sfrom\s+)?['\"][^'\"\n]+['\"];?[ \t]*$|export\s+\w[^\n]*(?:\n(?!\s*\n)[^\n]*)*",
    re.M,
)
_DIRECTIVE = re.compile(r"[ \t]*:{3,}\s*(?:\{[\w-]+\}|[\w-]+)?\s*(?:\[(?P<label>[^\]\n]*)\])?(?P<title>[^\n{]*)")
_ADMONITION = re.compile(r"^(?:!!!|\?\?\?\+?|===)[ \t]*(?P<kind>[\w -]*?)[ \t]*(?:\"(?P<title>[^\"\n]*)\")?[ \t]*$")
_CONTAINER = re.compile(r"[ \t]*(?:\||>|[-*+][ \t]|\d{1,9}[.)][ \t])")

_DROPPED = frozenset("script style svg iframe video audio object canvas noscript template math select textarea".split())
_BREAKS = frozenset(
    "div p section article aside header footer main nav figure figcaption center blockquote details summary dl dt dd "
    "table thead tbody tfoot ul ol hr form fieldset address hfoptions hfoption".split()
)
_NESTING = frozenset("div section article aside figure center details table ul ol dl".split())
_INLINE = frozenset(
    "span font small big u mark abbr kbd ins del label button input wbr q cite time picture source col".split()
)
_SHOWN = {
    "b": ("**", "**"), "strong": ("**", "**"), "i": ("*", "*"), "em": ("*", "*"), "code": ("`", "`"), "tt": ("`", "`"),
    "td": ("| ", " "), "th": ("| ", " "), "tr": ("", "|\n"), "li": ("\n- ", "\n"), "br": (" ", " "),
    "pre": ("\n```\n", "\n```\n"),
    **{f"h{level}": (f"\n\n{'#' * level} ", "\n\n") for level in range(1, 7)},
}  # fmt: skip
"""What an opening and a closing tag write in Markdown."""
_OTHER = frozenset("a img sub sup caption colgroup body html head title meta link".split())
_KNOWN = _DROPPED | _BREAKS | _INLINE | _OTHER | frozenset(_SHOWN)


def clean(text: str, *, jsx: bool) -> str:
    """Return Markdown without tags and template marks; with `jsx`, imports, exports and all components go as well."""
    return _Cleaner(_dedented(text), jsx=jsx).result()


class _Cleaner:
    """One pass over a text; each `_<kind>` method answers a start with the end of what it took, or None."""

    def __init__(self, text: str, *, jsx: bool) -> None:
        self._text = text
        self._jsx = jsx
        self._out: list[str] = []
        self._depth = 0
        self._links: list[tuple[str, int]] = []
        """targets of the open links, and where in the output each opened"""
        self._found: dict[str, int] = {}
        self._last_alt = ""

    def result(self) -> str:
        position = 0
        while (match := _START.search(self._text, position)) is not None:
            self._plain(self._text[position : match.start()])
            kind = match.lastgroup if match.lastgroup != "mark" else "fence"
            end: int | None = getattr(self, f"_{kind}")(match)
            if end is None:
                end = match.end() if kind != "tag" else match.start() + 1
                self._out.append(self._text[match.start() : end])
            position = end
        self._plain(self._text[position:])
        return "".join(self._out)

    def _plain(self, text: str) -> None:
        if self._depth:
            text = re.sub(r"\n[ \t]+(?![-*+\d \t])", "\n", text)
        self._out.append(text)

    def _find(self, needle: str, start: int) -> int:
        """Return where `needle` next stands, or -1; remembers, so that many failing searches stay linear."""
        known = self._found.get(needle)
        if known is None or (known != -1 and known < start):
            known = self._found[needle] = self._text.find(needle, start)
        return known

    def _within(self, needle: str, start: int, longest: int) -> int:
        at = self._find(needle, start)
        return at if at != -1 and at - start <= longest else -1

    # --- what passes untouched

    def _fence(self, match: re.Match[str]) -> int:
        mark = match["mark"]
        length = len(mark) - len(mark.lstrip(mark[0]))
        close = _closing_fence(mark[0], length).search(self._text, match.end())
        end = close.end() if close else len(self._text)
        self._out.append(self._text[match.start() : end])
        return end

    def _ticks(self, match: re.Match[str]) -> int | None:
        close = _closing_ticks(len(match[0])).search(self._text, match.end(), match.end() + _LONGEST_SPAN)
        if close is None or "\n\n" in self._text[match.end() : close.start()]:
            return None
        self._out.append(self._text[match.start() : close.end()])
        return close.end()

    def _formula(self, match: re.Match[str]) -> int | None:
        start = match[0]
        if start == "$":
            inline = _INLINE_FORMULA.match(self._text, match.start())
            if inline is None:
                return None
            self._out.append(inline[0])
            return inline.end()
        if start.startswith("\\begin"):
            closing = start.replace("begin", "end", 1)
        else:
            closing = "$$" if start == "$$" else start[:-1] + {"(": ")", "[": "]"}[start[-1]]
        at = self._within(closing, match.end(), _LONGEST_SPAN if start.endswith("(") else _LONGEST_FORMULA)
        if at == -1:
            return None
        body = self._text[match.end() : at]
        if start.startswith("\\\\"):  # Kramdown's doubled escapes
            start, closing = start[1:], closing[1:]
        if start == "$$":
            body = body.replace("\\\\\\\\", "\\\\")
        self._out.append(f"{start}{body}{closing}")
        return at + len(closing) + (1 if match[0].startswith("\\\\") else 0)

    def _escape(self, match: re.Match[str]) -> int:
        self._out.append(match[0])
        return match.end()

    # --- what goes

    def _comment(self, match: re.Match[str]) -> int | None:
        closing = "-->" if match[0] == "<!--" else "*/}"
        at = self._find(closing, match.end())
        return None if at == -1 else at + len(closing)

    def _module(self, match: re.Match[str]) -> int | None:
        found = _MODULE.match(self._text, match.start()) if self._jsx else None
        return None if found is None else found.end()

    def _colab(self, match: re.Match[str]) -> int:
        return match.end()

    def _embedded(self, match: re.Match[str]) -> int | None:
        at = self._find(")", match.end())
        if at == -1:
            return None
        self._out.append("]()")
        return at + 1

    def _template(self, match: re.Match[str]) -> int | None:
        svelte_else = re.compile(r"\{:(?:else|then|catch)[^\n{}]{0,200}\}").match(self._text, match.start())
        found = svelte_else or _TEMPLATE.match(self._text, match.start())
        if found is None:
            return None
        liquid = found.groupdict().get("liquid")
        if liquid == "highlight":
            self._out.append(f"\n```{(found['argument'].split() or [''])[0]}")
        elif liquid == "endhighlight":
            self._out.append("\n```\n")
        return found.end()

    def _directive(self, match: re.Match[str]) -> int:
        found = _DIRECTIVE.match(match[0])
        label = ((found["label"] or found["title"] or "") if found else "").strip()
        self._out.append(f"\n**{label}**\n" if label else "\n")
        return match.end()

    def _entity(self, match: re.Match[str]) -> int:
        shown = html.unescape(match[0])
        if shown.isspace():
            shown = " " if self._out and not self._out[-1].endswith(("\n", " ")) else ""
        self._out.append(shown)
        return match.end()

    # --- tags

    def _tag(self, match: re.Match[str]) -> int | None:
        tag = _TAG.match(self._text, match.start())
        named = _NAME.match(self._text, match.start())
        if named is None:
            return None
        name = named[1]
        closing = match[0].startswith("</")
        component = name[0].isupper() or "." in name
        end = tag.end() if tag else (self._braced_end(named.end()) if component else None)
        if end is None:
            return None
        if component:
            return self._component(name, match.start(), end)
        if name.lower() not in _KNOWN:
            return None
        name = name.lower()
        attributes = self._text[named.end() : end]
        if name in _DROPPED:
            after = self._dropped(name, end, closing=closing or self._text[end - 2] == "/")
            if name in ("iframe", "video") and not closing:
                self._out.append(film_mark(_values(self._text[named.end() : min(after, end + _LONGEST_SPAN)])))
            return after
        self._shown(name, attributes, match.start(), closing=closing)
        return end

    def _dropped(self, name: str, end: int, *, closing: bool) -> int:
        if closing:
            return end
        at = self._find(f"</{name}", end)
        if at == -1:
            return end
        close = self._text.find(">", at)
        return end if close == -1 else close + 1

    def _component(self, name: str, start: int, end: int) -> int | None:
        """Drop a JSX component's tag; its captions stay. Outside MDX only what is surely a component goes."""
        tag = self._text[start:end]
        sure = self._jsx or tag.endswith("/>") or tag.startswith("</") or self._find(f"</{name}>", end) != -1
        if not sure or name.endswith(":"):
            return None
        shown = [
            value for key, value in _values(tag) if key in ("title", "caption", "alt", "summary", "label") and value
        ]
        self._out.append(component_mark(name, dict(_values(tag))))
        self._out.append("\n\n" + "\n\n".join(shown) + "\n\n" if shown else self._break(start))
        return end

    def _braced_end(self, position: int) -> int | None:
        """Return the end of a tag whose attributes hold JSX expressions in braces, or None."""
        depth, quote = 0, ""
        for at in range(position, min(position + _LONGEST_TAG, len(self._text))):
            character = self._text[at]
            if quote:
                quote = "" if character == quote else quote
            elif character in "\"'`" and (depth or self._text[at - 1] in "= "):
                quote = character
            elif character == "{":
                depth += 1
            elif character == "}":
                depth -= 1
            elif character == ">" and depth <= 0:
                return at + 1
            elif character == "<" and depth <= 0:
                return None
        return None

    def _shown(self, name: str, attributes: str, start: int, *, closing: bool) -> None:
        """Write what an HTML tag shows."""
        values = dict(_values(attributes)) if not closing else {}
        if name in _NESTING:
            self._depth = max(0, self._depth + (-1 if closing else 1))
        for key in ("id", "name"):
            if values.get(key) and name not in ("img", "meta"):
                self._out.append(f"\ufdd0{values[key]}\ufdd1")
                break
        if name == "a":
            self._link(values.get("href", ""), closing=closing)
        elif name == "img":
            self._image(values.get("alt", "").strip(), start)
            self._out.append(picture_mark(values, self._text, start))
        elif name == "sup" and not closing:
            power = self._text[start + 5 : start + 7].rstrip("<").lstrip("-").isdigit()
            self._out.append("^" if power else "")
        elif name in _SHOWN:
            self._out.append(_SHOWN[name][closing])
        elif name in _BREAKS:
            self._out.append(self._break(start))

    def _link(self, href: str, *, closing: bool) -> None:
        if not closing:
            self._links.append((href, len(self._out)))
            self._out.append("[" if href else "")
        elif self._links and (target := self._links.pop()[0]):
            self._out.append(f"]({target})")

    def _image(self, alt: str, start: int) -> None:
        """Write an image's `alt` text, once where light and dark variants of it follow each other.

        A link around an image opens the image: it goes.
        """
        if self._links and self._links[-1][0]:
            self._out[self._links[-1][1]] = ""
            self._links[-1] = ("", 0)
        if alt and alt != self._last_alt and " " in alt:
            around = self._break(start)
            self._out.append(f"{around}{alt}{around}")
        self._last_alt = alt

    def _break(self, start: int) -> str:
        """Return a paragraph break, or a space inside a table row, list item or quote, which a break would end."""
        line = self._text.rfind("\n", max(0, start - _LONGEST_SPAN), start) + 1
        return " " if _CONTAINER.match(self._text, line, line + 40) else "\n\n"


def _values(attributes: str) -> list[tuple[str, str]]:
    found = _VALUE.findall(attributes[:_LONGEST_TAG])
    return [(key, html.unescape(" ".join((double or single or bare).split()))) for key, double, single, bare in found]


@lru_cache(maxsize=64)
def _closing_fence(character: str, length: int) -> re.Pattern[str]:
    return re.compile(rf"^[ \t>]*{character}{{{length},}}[ \t]*$", re.M)


@lru_cache(maxsize=64)
def _closing_ticks(length: int) -> re.Pattern[str]:
    return re.compile(rf"(?<!`)`{{{length}}}(?!`)")


def _dedented(text: str) -> str:
    """Return the text with `!!! note` admonitions and `=== "Tab"` contents as plain paragraphs."""
    if not re.search(r"^(?:!!!|\?\?\?|===[ \t]+\")", text, re.M):
        return text
    lines: list[str] = []
    inside = False
    for line in text.split("\n"):
        head = _ADMONITION.match(line)
        if head and (head["kind"] or head["title"]):
            inside = True
            lines += ["", f"**{head['title'] or head['kind'].capitalize()}**", ""]
        elif inside and (line.startswith("    ") or not line.strip()):
            lines.append(line[4:])
        else:
            inside = False
            lines.append(line)
    return "\n".join(lines)
