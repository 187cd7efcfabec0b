"""How fast an embedded model is here: load, prompt and answer tokens a second, memory, and how soon it can be stopped.

    python benchmarks/models.py [--model qwen2.5-coder-1.5b | FILE.gguf] [--answer-tokens 64] [--rounds 3]

Prints one JSON object. The prompt is counted in words, the answer in streamed pieces, which are its tokens. Prompts
differ from their second word on, so that no cached prefix flatters them. The load average stands beside the figures:
other work on the same cores slows a model several times over.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from pathlib import Path

from knowledge.chat_model import Message, Role
from knowledge.models.gguf import GGUFModel, GGUFOptions
from knowledge.models.store import models_folder, path_of

PASSAGE = (
    "A vector is a list of numbers, and its norm is its length. The dot product of two unit vectors is the cosine of "
    "the angle between them: one where they point the same way, zero where they are orthogonal. An embedding places a "
    "text as a vector, so that texts of similar meaning lie close together. "
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--model", default="qwen2.5-coder-1.5b")
    parser.add_argument("--answer-tokens", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dedicated", action="store_true", help="let its threads spin while they wait")
    chosen = parser.parse_args()
    path = Path(chosen.model) if chosen.model.endswith(".gguf") else path_of(chosen.model, models_folder())
    model = GGUFModel(path, options=GGUFOptions(dedicated_machine=chosen.dedicated))
    try:
        print(json.dumps(measured(model, path, chosen.answer_tokens, chosen.rounds), indent=2))
    finally:
        model.close()


def measured(model: GGUFModel, path: Path, answer_tokens: int, rounds: int) -> dict[str, object]:
    begun = time.perf_counter()
    answer(model, "Hello", 1)
    load_s = time.perf_counter() - begun
    loaded_mb = memory_mb(model, "VmRSS")
    prompts = [f"Text {round_} says. {PASSAGE * 7} Explain it to a beginner." for round_ in range(rounds)]
    runs = [answer(model, prompt, answer_tokens) for prompt in prompts]
    cached_s, _, _ = answer(model, prompts[-1], 1)
    words = len(prompts[0].split())
    return {
        "file": path.name,
        "file_mb": path.stat().st_size // 1_000_000,
        "cores": os.cpu_count(),
        "load_average": os.getloadavg()[0],
        "load_s": round(load_s, 2),
        "prompt_words": words,
        "first_token_s": round(statistics.median(first_s for first_s, _, _ in runs), 2),
        "prompt_words_per_s": round(words / statistics.median(first_s for first_s, _, _ in runs), 1),
        "answer_tokens_per_s": round(statistics.median(rate for _, rate, _ in runs), 1),
        "first_token_of_a_cached_prompt_s": round(cached_s, 2),
        "stop_while_reading_s": round(stopped(model), 2),
        "memory_loaded_mb": loaded_mb,
        "memory_peak_mb": memory_mb(model, "VmHWM"),
        "answer": runs[0][2],
    }


def answer(model: GGUFModel, question: str, tokens: int) -> tuple[float, float, str]:
    """Return seconds to the first token, tokens a second after it, and the text."""
    begun = time.perf_counter()
    stamps, text = [], ""
    for piece in model.stream(
        [Message(Role.SYSTEM, "You are a tutor."), Message(Role.USER, question)], max_tokens=tokens
    ):
        if piece:
            stamps.append(time.perf_counter())
            text += piece
    rate = (len(stamps) - 1) / (stamps[-1] - stamps[0]) if len(stamps) > 1 else float("nan")
    return stamps[0] - begun, rate, text


def stopped(model: GGUFModel) -> float:
    """Return the seconds from a stop, while a long prompt is read, to the first token of the next answer."""
    stream = model.stream([Message(Role.USER, "Another. " + PASSAGE * 14)], max_tokens=50)
    for _ in range(3):
        next(stream)
    begun = time.perf_counter()
    stream.close()  # type: ignore[attr-defined]  # a generator
    answer(model, "Hello", 1)
    return time.perf_counter() - begun


def memory_mb(model: GGUFModel, field: str) -> int | None:
    """Return the resident memory of the model's process, or None where the system does not tell."""
    status = Path(f"/proc/{model.process_id}/status")
    if not status.exists():
        return None
    return next(int(line.split()[1]) // 1024 for line in status.read_text().splitlines() if line.startswith(field))


if __name__ == "__main__":
    main()
