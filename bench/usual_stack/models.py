"""Twenty models, as a service of this size has them for one function."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model


class State(StrEnum):
    """Where an order stands."""

    NEW = "new"
    PAID = "paid"
    SENT = "sent"


class Order(BaseModel):
    """What is asked for."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=64)
    state: State = State.NEW
    count: int = Field(ge=1, le=100)
    note: str | None = None
    at: datetime | None = None
    labels: dict[str, str] = Field(default_factory=dict)


class Answer(BaseModel):
    """What is answered."""

    id: str
    state: State
    items: list[Order]


def _another(number: int) -> type[BaseModel]:
    fields: dict[str, Any] = {
        "id": (str, Field(min_length=1)),
        "state": (State, State.NEW),
        "price": (int, Field(ge=0)),
        "of": (Order | None, None),
        "at": (datetime | None, None),
        "tags": (list[str], Field(default_factory=list)),
    }
    made: type[BaseModel] = create_model(f"Model{number}", **fields)
    return made


OTHERS = [_another(number) for number in range(18)]
