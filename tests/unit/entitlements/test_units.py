"""What a check and an unlock consume, as DynamoDB Local itself counts it."""

from collections.abc import Iterator
from typing import Any

import pytest

from cliffhanger import aws, dynamo
from tests.dynamo.backends import on_local
from tests.unit.entitlements.owning import own, set_auto_unlock, subscribe
from tests.unit.playback.viewing import play, season
from tests.unit.wallet.wallet_steps import buy

pytestmark = on_local
COINS = {"unlock": "coins"}
Consumed = list[tuple[str, float]]


@pytest.fixture
def consumed(stage: None) -> Iterator[Consumed]:
    """Each call to the table of viewers, and its units."""
    made: Consumed = []

    def ask(params: dict[str, Any], **_: Any) -> None:
        params["ReturnConsumedCapacity"] = "TOTAL"

    def note(model: Any, parsed: Any, **_: Any) -> None:
        told = parsed.get("ConsumedCapacity", [])
        some = told if isinstance(told, list) else [told]
        units = [one["CapacityUnits"] for one in some if one["TableName"] == "commerce"]
        if units:
            made.append((model.name, sum(units)))

    events = aws.dynamodb().meta.events
    events.register("provide-client-params.dynamodb", ask)
    events.register("after-call.dynamodb", note)
    yield made
    events.unregister("provide-client-params.dynamodb", ask)
    events.unregister("after-call.dynamodb", note)


@pytest.mark.parametrize("unlocked", [0, 2_000])
def test_the_viewer_with_vip_and_settings_and_the_unlocks_are_read_for_one_unit(
    key: str, consumed: Consumed, unlocked: int
) -> None:
    episodes = season(2, free_episodes=1, episode_price=60)
    subscribe()
    own(episodes[0]["drama_id"], range(3, 4 + unlocked))
    consumed.clear()
    assert play(episodes[1]).status == 200
    assert consumed == [("BatchGetItem", 1.0)]
    set_auto_unlock(False)
    consumed.clear()
    assert play(episodes[1]).status == 200
    assert consumed == [("BatchGetItem", 1.0)]


def test_an_unlock_reads_two_units_and_writes_six(
    key: str, consumed: Consumed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DynamoDB Local counts one item of a transaction, so each is put alone: half the units."""
    episodes = season(3, free_episodes=1, episode_price=60)
    buy(200)
    play(episodes[1], COINS)
    consumed.clear()
    wrote: list[dynamo.Write] = []
    transact = dynamo.transact

    def note(*writes: dynamo.Write) -> None:
        wrote.extend(writes)
        transact(*writes)

    monkeypatch.setattr(dynamo, "transact", note)
    assert play(episodes[2], COINS).body["charged"] == 60
    assert consumed[0] == ("BatchGetItem", 2.0)
    consumed.clear()
    for one in wrote:
        assert one.item
        dynamo.write(dynamo.put(one.table, one.item))
    assert [units for _, units in consumed] == [1.0, 1.0, 1.0]
