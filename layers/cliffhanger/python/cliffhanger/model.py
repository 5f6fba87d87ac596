"""The base of every model: what checks and writes its values is built when it is first needed.

A function imports the models of all its operations, and a cold start serves one of them.
"""

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A shape of ours."""

    model_config = ConfigDict(defer_build=True)


def build_all() -> None:
    """Build every model that has been imported: before a snapshot there is time for it."""
    for model in below(Model):
        model.model_rebuild()


def below(model: type[Model]) -> Iterator[type[Model]]:
    """Yield every model that has been made from this one."""
    for one in model.__subclasses__():
        yield one
        yield from below(one)
