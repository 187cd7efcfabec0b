"""Which concepts a question is about. Pure: takes what was found, gives scored seeds; knows no store and no model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from knowledge.model import Concept, Hit, Mention, MentionRole, SeedConcept

MAX_SEEDS = 5
LONGEST_NAME_WORDS = 6
NAMED_REASON = "named in the question"
# Weights of the three signs; they add up to 1, so that a score lies in 0..1.
NAMED, IN_HITS, SIMILAR = 0.5, 0.3, 0.2
HOME_SHARE = 0.6
"""What it counts that hits come from the lesson that defines a concept, against teaching it themselves."""
# A concept that the question does not name must be nearly as strong as the best one.
LEAST_SIMILAR = 0.45
"""Least cosine of question and definition for a concept that the question does not name: that the best passages stand
in its lesson is not enough, or a question on something else in that lesson would get the lesson's main concept."""
KEPT_NAMED, KEPT_UNNAMED = 0.45, 0.65
ROLE_WEIGHT = {
    MentionRole.DEFINES: 1.0,
    MentionRole.EXPLAINS: 0.8,
    MentionRole.EXEMPLIFIES: 0.5,
    MentionRole.USES: 0.3,
}
TOOLS_OF_AN_ANSWER = frozenset({"code", "example", "examples", "python", "pytorch", "numpy", "tensorflow", "jax"})
"""Words that ask for a kind of answer ("with a Python example"), unless the question names nothing else."""
_WORD = re.compile(r"[^\W_]+(?:[-_.'+#][^\W_]+)*[+#]*")


@dataclass(frozen=True, slots=True)
class NamedConcept:
    """A concept whose name or alias stands in the question; `specificity` in 0..1 is low for what is everywhere."""

    concept_id: str
    surface: str
    specificity: float


def surfaces(question: str) -> list[str]:
    """Return every run of one to six words of the question, longest first, as candidates for a concept's name."""
    words = _WORD.findall(question)
    runs = [
        " ".join(words[start : start + length])
        for length in range(min(LONGEST_NAME_WORDS, len(words)), 0, -1)
        for start in range(len(words) - length + 1)
    ]
    return list(dict.fromkeys(runs))


def longest_matches(
    matches: Mapping[str, Sequence[str]], question_surfaces: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Yield (surface, concept id) for matched surfaces that do not lie inside a longer matched one.

    Args:
        matches: concept ids by surface as written in the question.
        question_surfaces: the candidates of `surfaces`, longest first.
    """
    taken: list[str] = []
    for surface in question_surfaces:
        if surface not in matches or any(f" {surface} " in f" {longer} " for longer in taken):
            continue
        taken.append(surface)
        for concept_id in matches[surface]:
            yield surface, concept_id


def seed_concepts(
    named: Sequence[NamedConcept],
    similar: Mapping[str, float],
    hits: Sequence[Hit],
    mentions: Sequence[Mention],
    concepts: Mapping[str, Concept],
    homes: Mapping[str, str] | None = None,
) -> tuple[SeedConcept, ...]:
    """Return the concepts the question is about, best first, at most `MAX_SEEDS`.

    Three signs are weighed: the question names the concept, the best hits teach it, its definition is similar.

    Args:
        named: concepts named in the question.
        similar: cosine of question and definition by concept id, for the nearest concepts.
        hits: fused hits, best first.
        mentions: what the hits' chunks mention.
        concepts: all concepts that any sign points to, by id.
        homes: by concept id, the document that defines it.
    """
    subjects = [entry for entry in named if entry.surface.casefold() not in TOOLS_OF_AN_ANSWER] or named
    specificity = {entry.concept_id: entry.specificity for entry in subjects}
    shares = taught_shares(hits, mentions, homes)
    scored = []
    for concept_id, concept in concepts.items():
        name_part = NAMED * (0.6 + 0.4 * specificity[concept_id]) if concept_id in specificity else 0.0
        score = name_part + IN_HITS * shares.get(concept_id, 0.0) + SIMILAR * max(0.0, similar.get(concept_id, 0.0))
        reason = NAMED_REASON if concept_id in specificity else "taught by the best passages"
        scored.append(SeedConcept(concept, round(score, 4), reason))
    scored.sort(key=lambda seed: (-seed.score, seed.concept.introduced_at, seed.concept.id))
    if not scored:
        return ()
    best = scored[0].score
    kept = [seed for seed in scored if _belongs(seed, best, specificity, similar)]
    return tuple(kept[:MAX_SEEDS])


def _belongs(seed: SeedConcept, best: float, specificity: Mapping[str, float], similar: Mapping[str, float]) -> bool:
    if seed.concept.id in specificity:
        return seed.score >= best * KEPT_NAMED
    return seed.score >= best * KEPT_UNNAMED and similar.get(seed.concept.id, 0.0) >= LEAST_SIMILAR


def asked_for(seeds: Sequence[SeedConcept]) -> tuple[Concept, ...]:
    """Return the concepts that the question names, best first; the others are only near what it asks."""
    return tuple(seed.concept for seed in seeds if seed.reason == NAMED_REASON)


def taught_shares(
    hits: Sequence[Hit], mentions: Sequence[Mention], homes: Mapping[str, str] | None = None
) -> dict[str, float]:
    """Return for each concept the share in 0..1 of the hits that teach it; first hits and strong roles count more.

    Args:
        hits: best first.
        mentions: what the hits' chunks mention.
        homes: by concept id, the document that defines it: hits from there count for the concept too.
    """
    weight = {hit.chunk.id: 1.0 / rank for rank, hit in enumerate(hits, start=1)}
    total = sum(weight.values())
    shares: dict[str, float] = {}
    for concept_id, home in (homes or {}).items():
        at_home = sum(weight[hit.chunk.id] for hit in hits if hit.chunk.document_id == home)
        if at_home:
            shares[concept_id] = HOME_SHARE * at_home / total
    for mention in mentions:
        if mention.chunk_id in weight:
            part = weight[mention.chunk_id] * ROLE_WEIGHT[mention.role] / total
            shares[mention.concept_id] = shares.get(mention.concept_id, 0.0) + part
    return {concept_id: min(1.0, share) for concept_id, share in shares.items()}
