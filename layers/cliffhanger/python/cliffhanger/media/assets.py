"""Assets in the content table: `ast_... | ASSET`, moved on by conditional writes alone."""

from datetime import datetime, timedelta
from typing import Any

from cliffhanger import clock, correlation, dynamo
from cliffhanger.dynamo import Item
from cliffhanger.media.errors import AssetNotFound
from cliffhanger.media.models import Asset, AssetStatus
from cliffhanger.tables import DUE

JOB_DUE = "job"
"""What the index of due items calls an asset whose job has not told its end."""

LOOK_AGAIN = timedelta(minutes=10)
"""How long an asset may be silent before it is asked for: a job tells something every ten seconds,
and S3's event of an upload is there within a minute."""

OWN_JOB = "#attempt = :attempt AND (attribute_not_exists(#job_id) OR #job_id = :job_id)"
"""The condition of every write that a job causes: it is the one of this attempt, and no extra one.
The write sets `job_id`, and the value of `attempt` is given."""

_SK = "ASSET"


def key(asset_id: str) -> Item:
    """Return the key of an asset."""
    return dynamo.key(asset_id, _SK)


def item(asset: Asset) -> Item:
    """Return a new asset as it is stored, with the request that it comes from."""
    return key(asset.id) | asset.model_dump(mode="json") | correlation.stored()


def find_item(table: str, asset_id: str) -> Item | None:
    """Return an asset's item as the table has it now, or None."""
    return dynamo.get(table, key(asset_id), consistent=True)


def find(table: str, asset_id: str) -> Asset:
    """Return an asset as the table has it now.

    Raises:
        AssetNotFound: there is none.
    """
    found = find_item(table, asset_id)
    if found is None:
        raise AssetNotFound("No asset has this id.")
    return Asset.model_validate(found)


def move(
    table: str,
    asset_id: str,
    to: AssetStatus,
    *,
    when: tuple[AssetStatus, ...],
    condition: str = "",
    given: dict[str, Any] | None = None,
    look_again: datetime | None = None,
    **changes: Any,
) -> dynamo.Write:
    """Return the write that moves an asset to another status, from certain ones only.

    Args:
        table: the content table.
        asset_id: the asset.
        to: the status to come.
        when: the statuses that it may come from.
        condition: a further condition, with its values in `given`.
        given: the values of that condition.
        look_again: when the sweep is to look whether it has moved on; never, if left out.
        **changes: attributes to set in the same write.
    """
    changes |= {"status": to, "updated_at": clock.iso(clock.now())}
    if look_again:
        changes |= {DUE.partition_key: JOB_DUE, DUE.sort_key: clock.iso(look_again)}
    places = ", ".join(f":from{place}" for place in range(len(when)))
    sources = {f"from{place}": status for place, status in enumerate(when)}
    return dynamo.update(
        table,
        key(asset_id),
        "SET "
        + ", ".join(f"#{name} = :{name}" for name in changes)
        + ("" if look_again else f" REMOVE #{DUE.partition_key}, #{DUE.sort_key}"),
        condition=f"#status IN ({places})" + (f" AND {condition}" if condition else ""),
        **changes,
        **sources,
        **(given or {}),
    )
