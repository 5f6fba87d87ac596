"""Sets of slots as bitmaps, as the table keeps them. Nothing here reads or writes.

Slot n is bit `n & 7` of byte `n >> 3`, the least significant bit first, and no byte follows that of
the highest slot: 2,000 slots are 251 bytes.
"""

from collections.abc import Iterable

EMPTY = b""


def with_slots(bitmap: bytes, slots: Iterable[int]) -> bytes:
    """Return a bitmap with these slots in it too.

    Raises:
        ValueError: a slot is negative.
    """
    made = bytearray(bitmap)
    for slot in slots:
        if slot < 0:
            raise ValueError(f"{slot} is no slot")
        missing = (slot >> 3) + 1 - len(made)
        made.extend(bytes(max(0, missing)))
        made[slot >> 3] |= 1 << (slot & 7)
    return bytes(made)


def without(bitmap: bytes, slots: Iterable[int]) -> bytes:
    """Return a bitmap without these slots."""
    made = bytearray(bitmap)
    for slot in slots:
        if has(bitmap, slot):
            made[slot >> 3] &= ~(1 << (slot & 7))
    return bytes(made).rstrip(b"\0")


def has(bitmap: bytes, slot: int) -> bool:
    """Whether a slot is in a bitmap."""
    return slot >> 3 < len(bitmap) and bool(bitmap[slot >> 3] >> (slot & 7) & 1)


def slots(bitmap: bytes) -> set[int]:
    """Return the slots of a bitmap."""
    digits = f"{int.from_bytes(bitmap, 'little'):b}"  # of a number whose bit n is slot n
    return {slot for slot, digit in enumerate(reversed(digits)) if digit == "1"}


def both(one: bytes, other: bytes) -> bytes:
    """Return the slots of either bitmap."""
    longer, shorter = sorted((one, other), key=len, reverse=True)
    padded = shorter.ljust(len(longer), b"\0")
    return bytes(left | right for left, right in zip(longer, padded, strict=True))
