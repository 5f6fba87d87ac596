"""Bitmaps of slots, and the item that holds them."""

from hypothesis import given
from hypothesis import strategies as st

from cliffhanger import bitmaps, ids
from cliffhanger.entitlements import unlocks
from cliffhanger.entitlements.numbers import ranges
from cliffhanger.entitlements.unlocks import LastCharge, Unlocks
from cliffhanger.idempotency import IdempotencyKey
from cliffhanger.purchases.store import Environment
from tests.unit.entitlements.owning import size
from tests.unit.gateway import VIEWER

SLOTS = st.frozensets(st.integers(0, 2000), max_size=60)


@given(SLOTS, SLOTS)
def test_a_bitmap_is_the_set_of_its_slots(some: frozenset[int], more: frozenset[int]) -> None:
    bitmap = bitmaps.including(bitmaps.including(bitmaps.EMPTY, some), more)
    assert {slot for slot in range(3000) if bitmaps.has(bitmap, slot)} == some | more
    assert bitmaps.numbers(bitmap) == some | more
    assert bitmap == bitmaps.including(bitmaps.EMPTY, some | more)
    assert len(bitmap) == (max(some | more) // 8 + 1 if some | more else 0)


@given(SLOTS, st.integers(0, 5000))
def test_a_slot_is_in_a_bitmap_or_not(some: frozenset[int], slot: int) -> None:
    assert bitmaps.has(bitmaps.including(bitmaps.EMPTY, some), slot) == (slot in some)


@given(st.frozensets(st.integers(1, 2000), max_size=60))
def test_ranges_say_the_same_numbers(numbers: frozenset[int]) -> None:
    found: list[int] = []
    for part in filter(None, ranges(sorted(numbers)).split(",")):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    assert found == sorted(numbers)


def test_the_fullest_item_that_can_be_is_well_under_1_kb(stage: None) -> None:
    key = IdempotencyKey.of(caller=VIEWER, operation="open_playback", key="k" * 255, body="b")
    made = Unlocks(drama_id=ids.new("drm"), version=999_998)
    environments: tuple[Environment, ...] = ("production", "sandbox")
    for environment in environments:
        charge = LastCharge.of(
            coins=200_000_000, environment=environment, entry_id=ids.new("led"), key=key
        )
        made = made.after(range(1, 2001), charge, whole=True)
    item = unlocks.write(VIEWER, made, made).item
    assert item is not None
    assert unlocks.of_item(made.drama_id, item) == made
    assert size(item) < 900
