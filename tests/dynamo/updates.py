"""Update expressions: SET with a sum or a default, and REMOVE."""

from collections.abc import Callable
from functools import cache

from tests.dynamo.expressions import Names, Operand, Reader, Wire, operand, where

Change = Callable[[Wire, Wire, Names, Wire], None]


@cache
def update(text: str) -> tuple[Change, ...]:
    """What an expression does: each change reads the item of before and writes the one of after."""
    read = Reader(text)
    made: list[Change] = []
    while read.left:
        part = _set if read.take("SET", "REMOVE") == "SET" else _remove
        made.append(part(read))
        while read.next_is(","):
            read.take()
            made.append(part(read))
    return tuple(made)


def _set(read: Reader) -> Change:
    name = read.take()
    read.take("=")
    first = operand(read)
    sign = read.take() if read.next_is("+", "-") else ""
    second = operand(read) if sign else None

    def change(before: Wire, after: Wire, names: Names, values: Wire) -> None:
        _put(after, where(name, names), _sum(first, sign, second)(before, names, values) or {})

    return change


def _sum(first: Operand, sign: str, second: Operand | None) -> Operand:
    if second is None:
        return first

    def added(item: Wire, names: Names, values: Wire) -> Wire:
        one, other = first(item, names, values), second(item, names, values)
        assert one, "an attribute that is not there cannot be added to"
        assert other
        return {"N": str(int(one["N"]) + int(sign + other["N"]))}

    return added


def _remove(read: Reader) -> Change:
    name = read.take()

    def change(_before: Wire, after: Wire, names: Names, _values: Wire) -> None:
        (only,) = where(name, names)
        after.pop(only, None)

    return change


def _put(after: Wire, path: list[str], value: Wire) -> None:
    (only,) = path
    assert value, "nothing can be set to an attribute that is not there"
    after[only] = value
