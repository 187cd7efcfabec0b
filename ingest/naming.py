"""What a concept is called: its joined candidates added up, the name to show, and its other names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ingest.candidates import Candidate
from ingest.identity import ADDS_NOTHING, REPEATS, Identities
from knowledge.concepts import name_like, singular, words

SINGULAR_SHARE = 0.15
"""A name is shown in the singular where at least this share of its occurrences is."""
LOWER_SHARE = 0.25
SHORT_FORM_LEAD = 3
"""A short form is shown instead of the full name only where it stands this many times as often."""


@dataclass(frozen=True, slots=True)
class Named:
    """A concept's candidates as one, with its names."""

    whole: Candidate
    name: str
    aliases: tuple[str, ...]


def name_concepts(candidates: Mapping[str, Candidate], identities: Identities) -> dict[str, Named]:
    """Return the joined candidates by root. Short forms with several senses belong to all of them as aliases."""
    members: dict[str, list[Candidate]] = {}
    for key, candidate in candidates.items():
        if key and key not in identities.senses:
            members.setdefault(identities.root(key), []).append(candidate)
    shared: dict[str, list[str]] = {}
    for short, senses in identities.senses.items():
        for root in sorted({identities.root(long) for _, long in senses}):
            shared.setdefault(root, []).append(shown(candidates[short]))
    longer = {key for key, reason in identities.reasons.items() if reason in (ADDS_NOTHING, REPEATS)}
    return {root: _named(root, parts, shared.get(root, []), longer) for root, parts in members.items()}


def _named(root: str, parts: list[Candidate], shared: list[str], longer: Collection[str]) -> Named:
    """Return candidates as one; keys in `longer` are names with a word that adds nothing, and are not shown."""
    names = {part.key: shown(part) for part in parts}
    name = _best_name([(names[part.key], part.total) for part in parts if part.key not in longer or part.key == root])
    others = sorted({other for other in (*names.values(), *shared) if other != name})
    whole = Candidate(root)
    for part in parts:
        whole.add(part)
    return Named(whole, name, tuple(others))


def _best_name(names: list[tuple[str, int]]) -> str:
    """Return the full name, or the short form where that is what the course says."""
    full = [entry for entry in names if " " in entry[0] or "-" in entry[0] or not name_like(entry[0])]
    short = [entry for entry in names if entry not in full]
    best_full = max(full, key=lambda entry: (entry[1], entry[0]), default=None)
    best_short = max(short, key=lambda entry: (entry[1], entry[0]), default=None)
    if best_full is None or best_short is None:
        return (best_full or best_short or ("", 0))[0]
    return best_short[0] if best_short[1] > SHORT_FORM_LEAD * best_full[1] else best_full[0]


def shown(candidate: Candidate) -> str:
    """Return a candidate's name as the course mostly writes it: singular and lower case where it does so."""
    surfaces = {
        surface: count for surface, count in candidate.surfaces.items() if not surface.endswith(("'s", "’s", "'"))
    }
    surfaces = surfaces or dict(candidate.surfaces)
    total = sum(surfaces.values())
    single = {surface: count for surface, count in surfaces.items() if _is_singular(surface)}
    if single and sum(single.values()) >= SINGULAR_SHARE * total:
        surfaces = single
    best = max(surfaces.items(), key=lambda entry: (entry[1], entry[0].islower(), entry[0]))
    lower = surfaces.get(best[0].lower(), 0)
    plain = not any(name_like(word) for word in best[0].split())
    return best[0].lower() if plain and lower >= LOWER_SHARE * best[1] else best[0]


def _is_singular(surface: str) -> bool:
    last = words(surface)[-1:]
    return bool(last) and singular(last[0]) == last[0].casefold()
