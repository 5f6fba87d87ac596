"""Whatever races for a viewer's coins, an episode is charged once."""

from collections.abc import Callable
from typing import Any

import pytest

from cliffhanger import dynamo
from cliffhanger.entitlements import merging, unlocks
from cliffhanger.identity import joins, viewers
from cliffhanger.purchases.store import Environment
from cliffhanger.wallet import merging as wallet_merging
from functions.viewing.handler import handler
from tests.dynamo.backends import on_moto_and_local
from tests.unit.entitlements.owning import access, events_of, stored, subscribe, unlock_drama
from tests.unit.gateway import VIEWER, call
from tests.unit.playback.viewing import play, season
from tests.unit.wallet.wallet_steps import buy, coins, spend

COINS = {"unlock": "coins"}
pytestmark = on_moto_and_local
Interleave = Callable[[Callable[[], Any]], None]


@pytest.fixture
def before_the_write(monkeypatch: pytest.MonkeyPatch) -> Interleave:
    """Does something between the last read of the next charge and its write."""
    transact = dynamo.transact

    def interleave(rival: Callable[[], Any]) -> None:
        def raced(*writes: dynamo.Write) -> None:
            monkeypatch.setattr(dynamo, "transact", transact)
            rival()
            transact(*writes)

        monkeypatch.setattr(dynamo, "transact", raced)

    return interleave


def test_two_unlocks_of_one_episode_charge_once(
    key: str, before_the_write: Interleave, bus: Callable[[], Any]
) -> None:
    episodes = season(2, free_episodes=1, episode_price=60)
    buy(200)
    charged: list[int] = []
    before_the_write(lambda: charged.append(play(episodes[1], COINS).body["charged"]))
    loser = play(episodes[1], COINS).body
    assert (charged, loser["charged"], loser["open"]) == ([60], 0, "1-2")
    assert coins() == (140, 0, 0)
    assert len(events_of(bus())) == 1


def test_two_episodes_at_once_are_both_charged_and_both_open(
    key: str, before_the_write: Interleave
) -> None:
    episodes = season(3, free_episodes=1, episode_price=60)
    buy(200)
    before_the_write(lambda: play(episodes[2], COINS))
    assert play(episodes[1], COINS).body["open"] == "1-3"
    assert coins() == (80, 0, 0)


def test_one_wallet_does_not_pay_for_two_episodes_with_the_coins_of_one(
    key: str, before_the_write: Interleave
) -> None:
    episodes = season(3, free_episodes=1, episode_price=60)
    buy(100)
    before_the_write(lambda: play(episodes[2], COINS))
    assert play(episodes[1], COINS).body["code"] == "insufficient_coins"
    assert access(episodes[0]["drama_id"]) == ["free", "locked", "unlocked"]


def test_the_sandbox_and_real_coins_do_not_both_pay(key: str, before_the_write: Interleave) -> None:
    """The two wallets have nothing in common: the unlocks alone decide."""
    episodes = season(2, free_episodes=1, episode_price=60)
    buy(60, environment="sandbox")

    def rival() -> None:
        buy(60)
        play(episodes[1], COINS)

    before_the_write(rival)
    assert play(episodes[1], COINS).body["charged"] == 0
    held = stored(episodes[0]["drama_id"])
    assert (held.version, held.sandbox) == (1, b"")


def test_the_whole_drama_and_an_episode_of_it_are_not_both_charged(
    key: str, before_the_write: Interleave
) -> None:
    episodes = season(3, free_episodes=1, episode_price=60)
    buy(200)
    before_the_write(lambda: unlock_drama(episodes[0]["drama_id"]))
    assert play(episodes[1], COINS).body["charged"] == 0
    assert coins() == (80, 0, 0)


def test_an_episode_that_was_unlocked_meanwhile_is_not_in_the_price_of_the_drama(
    key: str, before_the_write: Interleave
) -> None:
    episodes = season(3, free_episodes=1, episode_price=60)
    buy(200)
    before_the_write(lambda: play(episodes[1], COINS))
    assert unlock_drama(episodes[0]["drama_id"]).body["charged"] == 60
    assert coins() == (80, 0, 0)


def test_a_charge_survives_another_change_of_the_wallet(
    key: str, before_the_write: Interleave
) -> None:
    episodes = season(2, free_episodes=1, episode_price=60)
    buy(100)
    before_the_write(lambda: spend(10))
    assert play(episodes[1], COINS).body["charged"] == 60
    assert coins() == (30, 0, 0)


def test_vip_that_was_bought_a_moment_ago_is_not_charged_though_the_first_read_missed_it(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    episodes = season(2, free_episodes=1, episode_price=60)
    buy(100)
    subscribe()
    hide_from_eventual_reads(monkeypatch, "VIEWER")
    sitting = play(episodes[1], COINS).body
    assert (sitting["charged"], sitting["open"]) == (0, "1-2")
    assert play(episodes[1], {"unlock": "none"}).status == 200, "nor refused"


def test_a_retry_whose_first_read_missed_the_unlock_is_told_the_same_charge(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    episodes = season(2, free_episodes=1, episode_price=60)
    drama_id = episodes[0]["drama_id"]
    buy(100)
    assert unlock_drama(drama_id, key="once").body["charged"] == 60
    hide_from_eventual_reads(monkeypatch, f"UNLOCK#{drama_id}")
    assert unlock_drama(drama_id, key="once").body["charged"] == 60
    assert play(episodes[1], COINS).body["charged"] == 0
    assert coins() == (40, 0, 0)


def hide_from_eventual_reads(monkeypatch: pytest.MonkeyPatch, sk: str) -> None:
    """Let an eventually consistent read miss one item of the viewer."""
    read = dynamo.batch_get

    def stale(*at: Any, consistent: bool = False) -> Any:
        found = read(*at, consistent=consistent)
        hidden = {"pk": VIEWER, "sk": sk}
        if consistent:
            return found
        return [None if one == hidden else item for (_, one), item in zip(at, found, strict=True)]

    monkeypatch.setattr(dynamo, "batch_get", stale)


ACCOUNT = "vwr_01JD0000000000000000000009"
GUEST = "vwr_01JD0000000000000000000008"


def join_account() -> None:
    """All that a merge writes, in its order."""
    table, key = viewers.place(VIEWER)
    dynamo.write(dynamo.put(table, key | {"merged_into": ACCOUNT}))
    wallet_merging.merge(VIEWER, ACCOUNT)
    merging.merge(VIEWER, ACCOUNT)


def require_the_accounts(drama_id: str) -> None:
    """The account has paid, once, and has what it paid for; nothing is left with the guest."""
    assert coins(ACCOUNT) == (140, 0, 0)
    for viewer_id, has_it in ((ACCOUNT, True), (VIEWER, False)):
        item = dynamo.get(*unlocks.place(viewer_id, drama_id), consistent=True)
        assert bool(unlocks.of_item(drama_id, item).slots) is has_it


def test_a_charge_that_a_merge_overtakes_before_its_write_is_the_accounts(
    key: str, before_the_write: Interleave
) -> None:
    episodes = season(2, free_episodes=1, episode_price=60)
    buy(200)
    before_the_write(join_account)
    answer = play(episodes[1], COINS)
    assert (answer.status, answer.body["charged"]) == (200, 60)
    require_the_accounts(episodes[1]["drama_id"])


@pytest.mark.parametrize("environment", ["production", "sandbox"])
def test_an_account_does_not_pay_for_what_its_guest_has_who_comes_before_its_write(
    key: str, before_the_write: Interleave, environment: Environment
) -> None:
    """Nor with other coins than the guest's. The unlock itself is still on its way."""
    episodes = season(2, free_episodes=1, episode_price=60)
    buy(60, viewer_id=GUEST, environment=environment)
    claims = {"token_use": "access", "username": GUEST}
    path = {"episode_id": episodes[1]["id"]}
    paid = call(handler, "POST /v1/episodes/{episode_id}/playback", COINS, claims=claims, path=path)
    assert paid.body["charged"] == 60
    buy(200)

    def joins_us() -> None:
        dynamo.transact(joins.point(GUEST, VIEWER), joins.stay_account(VIEWER, GUEST))
        wallet_merging.merge(GUEST, VIEWER)

    dynamo.write(dynamo.update(*viewers.place(VIEWER), "SET #market = :us", us="US"))
    before_the_write(joins_us)
    assert play(episodes[1], COINS).body["charged"] == 0
    assert coins() == (200, 0, 0)


def test_a_charge_whose_reads_a_merge_tears_apart_is_the_accounts(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Items of one batch are read one by one: the viewer before the merge, the wallet after it."""
    episodes = season(2, free_episodes=1, episode_price=60)
    buy(200)
    batch_get = dynamo.batch_get

    def torn(*at: Any, **how: Any) -> Any:
        if viewers.place(VIEWER) not in at or len(at) == 1 or not how.get("consistent"):
            return batch_get(*at, **how)
        monkeypatch.setattr(dynamo, "batch_get", batch_get)
        early = dict(zip(map(str, at), batch_get(*at, **how), strict=True))
        join_account()
        late = dict(zip(map(str, at), batch_get(*at, **how), strict=True))
        return [(late if "WALLET" in str(one) else early)[str(one)] for one in at]

    monkeypatch.setattr(dynamo, "batch_get", torn)
    answer = play(episodes[1], COINS)
    assert (answer.status, answer.body["charged"]) == (200, 60)
    require_the_accounts(episodes[1]["drama_id"])
