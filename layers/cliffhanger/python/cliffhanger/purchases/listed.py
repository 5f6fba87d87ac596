"""What the stores list of what they told: Apple's history, Google's voided purchases.

An entry whose record stands here had its effect and is gone past, so looking again is cheap.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from cliffhanger import dynamo
from cliffhanger.purchases import applying, lines, notices, records
from cliffhanger.purchases.apple import verify
from cliffhanger.purchases.apple.settings import AppleEnvironment
from cliffhanger.purchases.errors import PurchaseNotVerified
from cliffhanger.purchases.google.answers import Json, hashed
from cliffhanger.purchases.lines import Line
from cliffhanger.purchases.passes import Pass
from cliffhanger.purchases.records import Record
from cliffhanger.purchases.store import OneTimePurchase, Subscription


@dataclass(frozen=True)
class Entry:
    """Something that a store has told."""

    name: str
    repair: Callable[[], bool]
    """Takes its effect; whether there was one."""
    is_done: bool = False
    """Its record stands here."""


Page = tuple[list[Entry], str | None]
"""Entries, and the store's token of the page behind, if there is one."""


def sources() -> dict[str, Callable[[Pass], Page]]:
    """Return how the page of a pass is read, by the name of its source."""
    found = {f"apple#{one}": partial(_apple, one) for one in verify.environments()}
    return found | {"google": _google}


def _apple(environment: AppleEnvironment, going: Pass) -> Page:
    from cliffhanger.purchases.apple import notifications, server_api  # noqa: PLC0415

    signed, following = server_api.notification_history(
        environment, going.since, going.until, going.page
    )
    headed = [(one, notifications.heading(one)) for one in signed]
    known = notices.known("apple", [found[0] for _, found in headed if found])
    entries: list[Entry] = []
    for one, found in headed:
        uuid, kind = found or (hashlib.sha256(one.encode()).hexdigest()[:16], "unreadable")
        # A question is answered after it was noted, so its record does not say that it was.
        is_done = uuid in known and kind != "CONSUMPTION_REQUEST"
        entries.append(Entry(f"{kind} {uuid}", partial(_heard, one), is_done))
    return entries, following


def _heard(signed: str) -> bool:
    from cliffhanger.purchases.apple import notifications  # noqa: PLC0415

    read = notifications.read_notification(signed, from_history=True)
    return notices.from_apple(read) != "repeated"


def _google(going: Pass) -> Page:
    from cliffhanger.purchases.google import api  # noqa: PLC0415

    listed, following = api.voided(going.since, going.page)
    known = notices.known("google", [_id(one) for one in listed])
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
    """Bring a voided purchase in line with what Google says now; whether that changed anything."""
    token = voided["purchaseToken"]
    note = notices.note_of("google", _id(voided), "voided")
    try:
        told = _read(token)
        notices.note_older(told, voided.get("orderId"))
        before = applying.standing(_known(told))
        return applying.standing(applying.apply(told, token=token, also=(note,))) != before
    except PurchaseNotVerified:  # Google has forgotten it by now
        notices.only_noted(note)
    except dynamo.ConditionFailed:  # another run was faster
        pass
    return False


def _read(token: str) -> OneTimePurchase | Subscription:
    """Read a token of either kind: the list of voided purchases does not say which it is."""
    try:
        return notices.read_from_google(token, one_time=True)
    except PurchaseNotVerified:
        return notices.read_from_google(token, one_time=False)


def _known(told: OneTimePurchase | Subscription) -> Record | Line | None:
    if isinstance(told, OneTimePurchase):
        return records.find(told)
    return lines.find(told.store, told.environment, told.line_id)
