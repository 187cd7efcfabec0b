"""What the styles and lists of a Word file say of its paragraphs: heading levels, code, captions, list marks.

Knows `styles.xml` and `numbering.xml` alone. Word keeps the English names of its own styles in every language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ingest.office import Element, is_monospaced

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

_HEADING = re.compile(r"^heading (\d)$", re.I)
_CODE = re.compile(r"\b(?:code|source|preformatted|verbatim|listing|console|terminal)\b|plain text|^html code", re.I)
_CAPTION = re.compile(r"^(?:caption|image caption|table caption|figure)$", re.I)
_LIST = re.compile(r"^list (?P<kind>bullet|number|paragraph|continue)?\s*(?P<level>\d)?$", re.I)
_DEEPEST = 12
_DEEPEST_HEADING = 6


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph's style says. `level` counts headings from 1, 0 is none; `item` is a list mark or nothing."""

    name: str = ""
    level: int = 0
    code: bool = False
    caption: bool = False
    item: str = ""
    item_level: int = 0


@dataclass(slots=True)
class Styles:
    """The styles of one file, by id, and its lists."""

    styles: Element | None
    numbering: Element | None
    _known: dict[str, Style] = field(default_factory=dict)

    def of(self, paragraph: Element) -> Style:
        """Return what a paragraph's style and own settings say."""
        properties = paragraph.find(f"{WORD}pPr")
        if properties is None:
            return self._named("")
        base = self._named(_value(properties, "pStyle"))
        outline = _value(properties, "outlineLvl")
        level = int(outline) + 1 if outline.isdigit() and int(outline) < _DEEPEST_HEADING else base.level
        numbered = properties.find(f"{WORD}numPr")
        item, item_level = base.item, base.item_level
        if numbered is not None:
            number, depth = _value(numbered, "numId"), _value(numbered, "ilvl")
            item_level = min(int(depth), 8) if depth.isdigit() else item_level
            item = "" if number == "0" else self.mark(number, item_level)
        return Style(base.name, level, base.code, base.caption, "" if level else item, item_level)

    def mark(self, number: str, level: int) -> str:
        """Return `-` for a list with bullets and `1.` for one that counts."""
        if self.numbering is None:
            return "-"
        used = self.numbering.find(f"{WORD}num[@{WORD}numId='{number}']") if number.isdigit() else None
        key = _value(used, "abstractNumId") if used is not None else ""
        kind = ""
        if key.isdigit():
            found = self.numbering.find(
                f"{WORD}abstractNum[@{WORD}abstractNumId='{key}']/{WORD}lvl[@{WORD}ilvl='{level}']/{WORD}numFmt"
            )
            kind = found.get(f"{WORD}val", "") if found is not None else ""
        return "-" if kind in ("", "bullet", "none") else "1."

    def _named(self, key: str) -> Style:
        if key not in self._known:
            self._known[key] = self._resolved(key)
        return self._known[key]

    def _resolved(self, key: str) -> Style:
        """Return what a style says, what it is based on included."""
        level, code, item, names = 0, False, "", []
        item_level = 0
        element = self._element(key)
        for _ in range(_DEEPEST):
            if element is None:
                break
            name = _value(element, "name")
            names.append(name)
            if (match := _HEADING.match(name)) and not level:
                level = min(int(match[1]) or 1, _DEEPEST_HEADING)
            outline = element.find(f"{WORD}pPr/{WORD}outlineLvl")
            stated = outline.get(f"{WORD}val", "") if outline is not None else ""
            if not level and stated.isdigit() and int(stated) < _DEEPEST_HEADING:
                level = int(stated) + 1
            fonts = element.find(f"{WORD}rPr/{WORD}rFonts")
            code = code or (fonts is not None and is_monospaced(fonts.get(f"{WORD}ascii", "")))
            numbered = element.find(f"{WORD}pPr/{WORD}numPr")
            if numbered is not None and not item:
                depth = _value(numbered, "ilvl")
                item_level = int(depth) if depth.isdigit() else 0
                item = self.mark(_value(numbered, "numId"), item_level)
            element = self._element(_value(element, "basedOn"))
        named = _LIST.match(names[0]) if names else None
        if named and named["kind"] and named["kind"].lower() in ("bullet", "number"):
            item = item or ("1." if named["kind"].lower() == "number" else "-")
            item_level = item_level or int(named["level"] or 1) - 1
        own = names[0] if names else ""
        return Style(
            own, level, code or _CODE.search(own) is not None, _CAPTION.match(own) is not None, item, max(0, item_level)
        )

    def _element(self, key: str) -> Element | None:
        if self.styles is None:
            return None
        if not key:
            return self.styles.find(f"{WORD}style[@{WORD}default='1'][@{WORD}type='paragraph']")
        return next((one for one in self.styles.findall(f"{WORD}style") if one.get(f"{WORD}styleId") == key), None)


def _value(parent: Element, name: str) -> str:
    found: Any = parent.find(f"{WORD}{name}")
    return "" if found is None else str(found.get(f"{WORD}val", ""))
