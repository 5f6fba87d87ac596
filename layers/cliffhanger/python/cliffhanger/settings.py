"""Settings: each is named once, as a field of a context's model.

The stack turns an instance into variables, the function turns the variables back. Nothing is read
before the first call, so importing a module needs no environment.
"""

import json
import os
from functools import cache
from typing import TypeVar, cast

from pydantic import ConfigDict

from cliffhanger.model import Model

PREFIX = "CLIFFHANGER_"


class Settings(Model):
    """What a context must know of its deployment. No field may hold a secret."""

    model_config = ConfigDict(frozen=True, extra="forbid")


S = TypeVar("S", bound=Settings)


def variables(*settings: Settings) -> dict[str, str]:
    """Return the environment of a function that carries these settings."""
    found: dict[str, str] = {}
    for one in settings:
        for name, value in one.model_dump(mode="json").items():
            plain = type(one).model_fields[name].annotation is str
            found[PREFIX + name.upper()] = value if plain else json.dumps(value)
    return found


def load(model: type[S]) -> S:
    """Return this function's settings of one context.

    Raises:
        pydantic.ValidationError: a variable is missing or wrong; it names the field.
    """
    return cast("S", _loaded(model))


@cache
def _loaded(model: type[Settings]) -> Settings:
    values: dict[str, object] = {}
    for name, field in model.model_fields.items():
        text = os.environ.get(PREFIX + name.upper())
        if text is not None:
            values[name] = text if field.annotation is str else _parsed(text)
    return model.model_validate(values)


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text  # no field but a plain text takes it, and the model says which it was
