"""Expressions of DynamoDB, as far as they are written here, made into functions once each."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

Wire = dict[str, Any]
Names = dict[str, str]
Operand = Callable[[Wire, Names, Wire], Wire | None]
Test = Callable[[Wire, Names, Wire], bool]

_TOKEN = re.compile(r"<>|<=|>=|[()=<>,+-]|[#:\w.]+")


def plain(value: Wire) -> Any:
    """A scalar of the wire as it compares: numbers as numbers, all else as it is."""
    ((kind, held),) = value.items()
    return int(held) if kind == "N" else held


class Reader:
    """Reads an expression from left to right."""

    def __init__(self, text: str) -> None:
        self.left = _TOKEN.findall(text)[::-1]

    def next_is(self, *words: str) -> bool:
        return bool(self.left) and self.left[-1].upper() in words

    def take(self, *words: str) -> str:
        found: str = self.left.pop()
        assert not words or found.upper() in words, (found, words)
        return found


def where(name: str, names: Names) -> list[str]:
    """The attributes on the way to a place."""
    return [names.get(one, one) for one in name.split(".")]


def find(item: Wire, path: list[str]) -> Wire | None:
    found: Wire | None = item.get(path[0])
    for one in path[1:]:
        found = found["M"].get(one) if found and "M" in found else None
    return found


def operand(read: Reader) -> Operand:
    word = read.take()
    if word == "if_not_exists":
        read.take("(")
        name = read.take()
        read.take(",")
        other = operand(read)
        read.take(")")
        return lambda item, names, values: (
            find(item, where(name, names)) or other(item, names, values)
        )
    if word.startswith(":"):
        return lambda _item, _names, values: values[word]
    return lambda item, names, _values: find(item, where(word, names))


def _either(read: Reader) -> Test:
    some = [_both(read)]
    while read.next_is("OR"):
        read.take()
        some.append(_both(read))
    return lambda *at: any(one(*at) for one in some)


def _both(read: Reader) -> Test:
    some = [_single(read)]
    while read.next_is("AND"):
        read.take()
        some.append(_single(read))
    return lambda *at: all(one(*at) for one in some)


def _single(read: Reader) -> Test:
    if read.next_is("NOT"):
        read.take()
        inner = _single(read)
        return lambda *at: not inner(*at)
    if read.next_is("("):
        read.take()
        inner = _either(read)
        read.take(")")
        return inner
    if read.next_is("ATTRIBUTE_EXISTS", "ATTRIBUTE_NOT_EXISTS", "BEGINS_WITH"):
        return _function(read)
    return _comparison(read)


def _function(read: Reader) -> Test:
    name = read.take()
    read.take("(")
    first = operand(read)
    if name == "begins_with":
        read.take(",")
        start = operand(read)
        read.take(")")
        return lambda *at: plain(first(*at) or {"S": ""}).startswith(plain(start(*at) or {}))
    read.take(")")
    wanted = name == "attribute_exists"
    return lambda *at: (first(*at) is not None) == wanted


def _comparison(read: Reader) -> Test:
    left = operand(read)
    sign = read.take("=", "<>", "<", "<=", ">", ">=", "IN", "BETWEEN")
    if sign == "IN":
        read.take("(")
        some = [operand(read)]
        while read.next_is(","):
            read.take()
            some.append(operand(read))
        read.take(")")
        return lambda *at: any(_compare(left(*at), "=", one(*at)) for one in some)
    right = operand(read)
    if sign == "BETWEEN":
        read.take("AND")
        last = operand(read)
        return lambda *at: (
            _compare(left(*at), ">=", right(*at)) and _compare(left(*at), "<=", last(*at))
        )
    return lambda *at: _compare(left(*at), sign, right(*at))


def _compare(one: Wire | None, sign: str, other: Wire | None) -> bool:
    if one is None or other is None:
        return sign == "<>"
    if sign in {"=", "<>"}:
        return (one == other) == (sign == "=")
    if one.keys() != other.keys():
        return False
    a, b = plain(one), plain(other)
    return bool({"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign])


@cache
def condition(text: str) -> Test:
    """What a condition, a filter or a key condition says of an item."""
    read = Reader(text)
    made = _either(read)
    assert not read.left, text
    return made
