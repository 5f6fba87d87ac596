"""Sets of small whole numbers as bitmaps, as the tables keep them. Nothing here reads or writes.

Number n is bit `n & 7` of byte `n >> 3`, the least significant bit first, and no byte follows that
of the highest number: 2,000 numbers are 251 bytes.
"""

from collections.abc import Iterable

EMPTY = b""


def including(bitmap: bytes, numbers: Iterable[int]) -> bytes:
    """Return a bitmap with these numbers in it too.

    Raises:
        ValueError: a number is negative.
    """
    made = bytearray(bitmap)
    for number in numbers:
        if number < 0:
            raise ValueError(f"{number} has no place in a bitmap")
        missing = (number >> 3) + 1 - len(made)
        made.extend(bytes(max(0, missing)))
        made[number >> 3] |= 1 << (number & 7)
    return bytes(made)


def without(bitmap: bytes, numbers: Iterable[int]) -> bytes:
    """Return a bitmap without these numbers."""
    made = bytearray(bitmap)
    for number in numbers:
        if has(bitmap, number):
            made[number >> 3] &= ~(1 << (number & 7))
    return bytes(made).rstrip(b"\0")


def has(bitmap: bytes, number: int) -> bool:
    """Whether a number is in a bitmap."""
    return number >> 3 < len(bitmap) and bool(bitmap[number >> 3] >> (number & 7) & 1)


def numbers(bitmap: bytes) -> set[int]:
    """Return the numbers of a bitmap."""
    digits = f"{int.from_bytes(bitmap, 'little'):b}"  # of a number whose bit n is number n
    return {number for number, digit in enumerate(reversed(digits)) if digit == "1"}


def both(one: bytes, other: bytes) -> bytes:
    """Return the numbers of either bitmap."""
    longer, shorter = sorted((one, other), key=len, reverse=True)
    padded = shorter.ljust(len(longer), b"\0")
    return bytes(left | right for left, right in zip(longer, padded, strict=True))
