"""The figures of the bundled course, one or more a lesson, drawn from the numbers of its worked examples.

Knows which figures there are and how one is written; `make_course_media.py` writes them. The same numbers always give
the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import beyond_and_motion, foundations, vision_and_clip
from .vision_and_clip import similarity_table as similarity_table

FIGURES: dict[str, Callable[[Any], None]] = {
    figure.__name__.replace("_", "-"): figure
    for figure in (
        foundations.dot_product, foundations.rotation, foundations.temperature, foundations.surprise,
        foundations.jensen, foundations.descent, foundations.exclusive_or, foundations.backpropagation,
        foundations.optimisers, foundations.word_map, foundations.attention, foundations.transformer_block,
        vision_and_clip.convolution, vision_and_clip.residual, vision_and_clip.patches,
        vision_and_clip.softmax_of_similarities, vision_and_clip.circles, vision_and_clip.loss_and_batch_size,
        vision_and_clip.dual_encoder, vision_and_clip.two_readings, vision_and_clip.prompt_ensemble,
        vision_and_clip.recall, vision_and_clip.linear_probe, vision_and_clip.ensemble_variance,
        vision_and_clip.embedding_difference, vision_and_clip.fairness_gaps, vision_and_clip.binding,
        vision_and_clip.guided_ascent, beyond_and_motion.compatibility, beyond_and_motion.sigmoid_costs,
        beyond_and_motion.visual_tokens, beyond_and_motion.three_types, beyond_and_motion.constraint_lines,
        beyond_and_motion.bilinear, beyond_and_motion.sampled_row, beyond_and_motion.between_frames,
        beyond_and_motion.gather_and_scatter, beyond_and_motion.pyramid, beyond_and_motion.held_out,
        beyond_and_motion.ranks, beyond_and_motion.group_weights, beyond_and_motion.masks,
        beyond_and_motion.what_hides,
    )
}  # fmt: skip
"""The SVG figures of the lessons by name, in course order."""


def draw(figure: Callable[[Any], None], path: Path) -> None:
    """Write the figure as SVG or PNG, after the ending of `path`, without a date or a random id."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    with matplotlib.rc_context({"svg.hashsalt": "erica", "svg.fonttype": "none", "font.size": 9}):
        canvas, axes = pyplot.subplots(figsize=(6, 3.4), layout="constrained")
        figure(axes)
        if path.suffix == ".svg":
            canvas.savefig(path, metadata={"Date": None}, bbox_inches="tight", pad_inches=0.06)
        else:
            canvas.savefig(path, dpi=110, metadata={"Software": None})  # the slides and the hand-out know its shape
        pyplot.close(canvas)
