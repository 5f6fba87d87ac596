"""What the stores list of what they told: Apple's history, Google's voided purchases.

An entry that we have kept had its effect and is gone past, so looking again is cheap. Apple's are
kept on the purchase that they changed, or in a note. Google's are always noted: a token tells
neither the kind nor the environment of its purchase, so four items of ours may be meant.
"""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from cliffhanger import dynamo
from cliffhanger.purchases import applying, heard, lines, notes, notices, records
from cliffhanger.purchases.apple import verify
from cliffhanger.purchases.apple.settings import AppleEnvironment
from cliffhanger.purchases.errors import PurchaseNotVerified
from cliffhanger.purchases.google.answers import Json, hashed
from cliffhanger.purchases.passes import Pass
from cliffhanger.purchases.store import OneTimePurchase, Subscription
from cliffhanger.tables import PK, SK

if TYPE_CHECKING:
    from cliffhanger.purchases.apple.headings import Heading


@dataclass(frozen=True)
class Entry:
    """Something that a store has told."""

    name: str
    repair: Callable[[], bool]
    """Takes its effect; whether there was one."""
    is_done: bool = False
    """We have kept that it had its effect."""


Page = tuple[list[Entry], str | None]
"""Entries, and the store's token of the page behind, if there is one."""


def sources() -> dict[str, Callable[[Pass], Page]]:
    """Return how the page of a pass is read, by the name of its source."""
    found = {f"apple#{one}": partial(_apple, one) for one in verify.environments()}
    return found | {"google": _google}


def _apple(environment: AppleEnvironment, going: Pass) -> Page:
    from cliffhanger.purchases.apple import headings, server_api  # noqa: PLC0415

    signed, following = server_api.notification_history(
        environment, going.since, going.until, going.page
    )
    headed = [(one, headings.read(one)) for one in signed]
    kept = _kept([heading for _, heading in headed if heading])
    entries: list[Entry] = []
    for one, heading in headed:
        if heading is None:
            name = f"unreadable {hashlib.sha256(one.encode()).hexdigest()[:16]}"
            entries.append(Entry(name, partial(_hear, one)))
            continue
        # A question is answered after it was kept, so that does not say that it was answered.
        is_done = heading.uuid in kept and heading.type != "CONSUMPTION_REQUEST"
        name = f"{heading.type} {heading.uuid}"
        entries.append(Entry(name, partial(_hear, one), is_done))
    return entries, following


def _kept(headings: "Sequence[Heading]") -> set[str]:
    """Return the uuids of those that are kept on their purchase or in a note, with one read.

    A page of Apple's has twenty, so it asks for no more than forty items.
    """
    keys = {_place(at): at for one in headings for at in _keys(one)}
    places = [(records.table(), at) for at in keys.values()]
    items = dynamo.batch_get(*places, consistent=True) if places else []
    found = dict(zip(keys, items, strict=True))

    def is_kept(one: "Heading") -> bool:
        note, *purchase = (found[_place(at)] for at in _keys(one))
        return note is not None or any(heard.is_kept(item, one.uuid) for item in purchase)

    return {one.uuid for one in headings if is_kept(one)}


def _keys(one: "Heading") -> list[dynamo.Item]:
    """Return the keys of its note, and of the purchase that it may have changed."""
    note = notes.key("apple", one.uuid)
    if one.about is None:
        return [note]
    key = lines.key if one.about.is_subscription else records.key
    return [note, key("apple", one.about.environment, one.about.id)]


def _place(at: dynamo.Item) -> tuple[str, str]:
    return at[PK], at[SK]


def _hear(signed: str) -> bool:
    """Take it like a notification; whether it surely was not heard before."""
    from cliffhanger.purchases.apple import notifications  # noqa: PLC0415

    read = notifications.read_notification(signed, from_history=True)
    return notices.from_apple(read) not in {"repeated", "late_or_repeated"}


def _google(going: Pass) -> Page:
    from cliffhanger.purchases.google import api  # noqa: PLC0415

    listed, following = api.voided(going.since, going.page)
    known = notes.known("google", [_id(one) for one in listed])
    return [
        Entry(
            f"voided {hashed(one['purchaseToken'])[:16]}",
            partial(_read_again, one),
            _id(one) in known,
        )
        for one in listed
    ], following


def _id(voided: Json) -> str:
    """Return what stands for an entry: Google gives it no id, and a purchase may have several."""
    names = ("purchaseToken", "orderId", "voidedTimeMillis", "voidedQuantity")
    return f"voided#{hashed(' '.join(str(voided.get(one)) for one in names))}"


def _read_again(voided: Json) -> bool:
    """Bring a voided purchase in line with what Google says now; whether that changed anything.

    It is noted afterwards: whoever dies before that asks Google once more, and finds it done.
    """
    token, is_repaired = voided["purchaseToken"], False
    with suppress(PurchaseNotVerified):  # Google has forgotten it by now
        told = _read(token)
        notices.note_older(told, voided.get("orderId"))
        before = applying.standing(applying.known(told))
        is_repaired = applying.standing(applying.apply(told, token=token)) != before
    notes.keep("google", _id(voided), "voided")
    return is_repaired


def _read(token: str) -> OneTimePurchase | Subscription:
    """Read a token of either kind: the list of voided purchases does not say which it is."""
    try:
        return notices.read_from_google(token, one_time=True)
    except PurchaseNotVerified:
        return notices.read_from_google(token, one_time=False)
