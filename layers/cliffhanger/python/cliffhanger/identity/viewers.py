"""Viewers: the item `vwr_... | VIEWER` of the commerce table, or the tombstone that stands there.

Entitlements keep a viewer's subscriptions in it too, see `entitlements/vip.py`; they stay when the
viewer is deleted, as all that was bought does.

Only `deleted_at` makes a viewer deleted. Whoever came another way than as a guest, such as a
member of the studio, has no item until the first look at `/me`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import ConfigDict, Field, StrictBool

from cliffhanger import clock, dynamo
from cliffhanger.errors import Problem
from cliffhanger.identity.settings import MarketSettings, ViewerSettings
from cliffhanger.model import Model
from cliffhanger.settings import load

_SK = "VIEWER"
_MOST_MERGES = 8  # of a viewer into the next; more is a circle, see `joins`


class ViewerDeleted(Problem):
    """The viewer is gone, and the access token lives on for a while."""

    status, code, title = 401, "viewer_deleted", "This viewer has been deleted"


class Consent(Model):
    """What the viewer has agreed to. Nothing, until they say so."""

    analytics: bool = False
    personalized_ads: bool = False
    refund_information: bool = Field(
        default=False,
        description="Whether a store that is asked for a refund may be told how much was used.",
    )


class Viewer(Model):
    """The caller's own account."""

    id: str
    created_at: datetime
    market: str | None = Field(description="ISO 3166-1; null where dramas are not sold.")
    auto_unlock: bool = Field(description="Whether the next episode may be unlocked unasked.")
    consent: Consent


class _Input(Model):
    model_config = ConfigDict(extra="forbid")


class ConsentPatch(_Input):
    """Changes to what the viewer has agreed to. What is left out stays."""

    analytics: StrictBool | None = None
    personalized_ads: StrictBool | None = None
    refund_information: StrictBool | None = None


class ViewerPatch(_Input):
    """Changes to the settings. What is left out stays."""

    auto_unlock: StrictBool | None = None
    consent: ConsentPatch | None = None


def place(viewer_id: str) -> tuple[str, dynamo.Item]:
    """Return table and key, for those who read the viewer together with something else."""
    return load(ViewerSettings).commerce_table, dynamo.key(viewer_id, _SK)


def require_alive(item: Mapping[str, Any] | None) -> None:
    """Let everyone pass but the deleted.

    Raises:
        ViewerDeleted: the item is a tombstone.
    """
    if item is not None and "deleted_at" in item:
        raise ViewerDeleted("Start again as a guest.")


def require_account(item: Mapping[str, Any] | None) -> None:
    """Let everyone pass but the deleted, and a guest who has joined an account that was deleted.

    Who has joined none costs no read; a guest costs one for each account on the way.

    Raises:
        ViewerDeleted: nobody is left who could have anything.
    """
    require_alive(item)
    if item is not None and "merged_into" in item:
        require_account(dynamo.get(*place(item["merged_into"]), consistent=True))


def has_left(item: Mapping[str, Any] | None) -> bool:
    """Say whether nobody comes as this viewer any more: deleted, or merged into an account."""
    return item is not None and bool({"deleted_at", "merged_into"} & item.keys())


def current_id(viewer_id: str) -> str:
    """Return who a viewer is now: the account that a guest was merged into, or themselves."""
    for _ in range(_MOST_MERGES):
        item = dynamo.get(*place(viewer_id), consistent=True)
        if item is None or "merged_into" not in item:
            return viewer_id
        viewer_id = item["merged_into"]
    raise ValueError(f"{viewer_id} is merged in a circle")


def find(viewer_id: str, country: str | None) -> Viewer:
    """Return a viewer, who gets an item now if there is none.

    Raises:
        ViewerDeleted: there is a tombstone.
    """
    item = dynamo.get(*place(viewer_id), consistent=True)
    require_alive(item)
    if item is None or "created_at" not in item:  # a subscription alone may have made it
        return change(viewer_id, ViewerPatch(), country)
    return _viewer(viewer_id, item)


def change(viewer_id: str, patch: ViewerPatch, country: str | None) -> Viewer:
    """Change what the patch names in one write, and make the item if there is none.

    Args:
        viewer_id: the caller.
        patch: what to change.
        country: where the caller is now, as CloudFront says; it is the market of a new item.

    Raises:
        ViewerDeleted: there is a tombstone.
    """
    values: dict[str, Any] = {}
    if patch.auto_unlock is not None:
        values["auto_unlock"] = patch.auto_unlock
    if patch.consent is not None:
        values |= patch.consent.model_dump(exclude_none=True)
        values["consented_at"] = clock.iso(clock.now())
    first: dict[str, Any] = {"created_at": clock.iso(clock.now()), "market": market(country)}
    parts = [f"#{name} = :{name}" for name in values]
    parts += [f"#{name} = if_not_exists(#{name}, :{name})" for name in first]
    table, key = place(viewer_id)
    write = dynamo.update(
        table,
        key,
        f"SET {', '.join(parts)}",
        condition="attribute_not_exists(#deleted_at)",
        **values,
        **first,
    )
    try:
        return _viewer(viewer_id, dynamo.write(write))
    except dynamo.ConditionFailed as error:
        raise ViewerDeleted("Start again as a guest.") from error


def bury(viewer_id: str, now: datetime) -> dynamo.Write:
    """Return the write that leaves a tombstone and nothing else. Again changes nothing."""
    return dynamo.update(
        *place(viewer_id),
        "SET #deleted_at = if_not_exists(#deleted_at, :now) REMOVE #created_at, #market,"
        " #auto_unlock, #analytics, #personalized_ads, #refund_information, #consented_at,"
        " #joined_at",
        now=clock.iso(now),
    )


def market(country: str | None) -> str | None:
    """Return the market of a country: itself, where dramas are sold."""
    return country if country in load(MarketSettings).markets else None


def _viewer(viewer_id: str, item: Mapping[str, Any]) -> Viewer:
    return Viewer(
        id=viewer_id,
        created_at=item["created_at"],
        market=item["market"],
        auto_unlock=item.get("auto_unlock", False),
        consent=Consent(
            analytics=item.get("analytics", False),
            personalized_ads=item.get("personalized_ads", False),
            refund_information=item.get("refund_information", False),
        ),
    )
