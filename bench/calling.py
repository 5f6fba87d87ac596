"""One call of an operation, and what it cost."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bench.meter import Meter, metering
from bench.operations import Context, Event, Operation


@dataclass(frozen=True)
class Cost:
    """What one warm call asks of AWS."""

    trips: int
    read_units: float
    write_units: int
    index_units: int

    @property
    def of_tables(self) -> "Cost":
        """Return it without what indexes take."""
        return replace(self, index_units=0)

    @property
    def text(self) -> str:
        """In words."""
        index = f" + {self.index_units} index" if self.index_units else ""
        return f"{self.trips} trips, {self.read_units:g} read, {self.write_units} write{index}"


def handler_of(operation: Operation) -> Any:
    """Return the handler of the function that answers an operation."""
    return importlib.import_module(f"functions.{operation.function}.handler").handler


def answer(operation: Operation, event: Event) -> Mapping[str, Any]:
    """Call an operation.

    Raises:
        RuntimeError: it was refused.
    """
    given: dict[str, Any] = handler_of(operation)(event, Context)
    if given["statusCode"] >= 300:
        raise RuntimeError(f"{operation.name}: {given}")
    return given


def warm_call(operation: Operation) -> tuple[Mapping[str, Any], Meter]:
    """Call an operation twice, and return the second answer and what it asked for."""
    answer(operation, operation.event())
    event = operation.event()
    with metering() as meter:
        given = answer(operation, event)
    return given, meter


def cost(meter: Meter) -> Cost:
    """Return what was metered."""
    return Cost(meter.table_calls, meter.read_units, meter.write_units, meter.index_units)
