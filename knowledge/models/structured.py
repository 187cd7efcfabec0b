"""Turning a model's text into JSON that fits a schema, or saying that it does not."""

from __future__ import annotations

import json
from collections.abc import Mapping

from knowledge.errors import ModelFailed


def decoded(text: str, schema: Mapping[str, object], who: str) -> object:
    """Return `text` decoded as JSON.

    Raises:
        ModelFailed: it is no JSON, or does not fit `schema`.
    """
    import jsonschema

    try:
        answer: object = json.loads(text)
        jsonschema.validate(answer, schema)
    except json.JSONDecodeError as error:
        raise ModelFailed(f"{who} did not answer in JSON: {error.msg} at character {error.pos}.") from error
    except RecursionError as error:
        raise ModelFailed(f"{who} answered with JSON nested too deeply to read.") from error
    except jsonschema.ValidationError as error:
        raise ModelFailed(f"{who} did not keep to the schema at {error.json_path}: {error.message[:200]}") from error
    return answer
