"""Situations that an alarm is for, made through the functions as they happen."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from cliffhanger import clock, dynamo, ids
from cliffhanger.purchases import records
from cliffhanger.purchases.google import session
from cliffhanger.purchases.records import Record
from functions.playback_keys.handler import handler as playback_keys
from functions.retention.handler import handler as retention
from functions.transcoding.handler import handler as transcoding
from tests.unit.pipeline import Transcoder, arrived, complete, deliver, refused, told, upload
from tests.unit.purchases.core.market import ANNA, TOKEN, Market, spend
from tests.unit.purchases.core.pushing import body

BUYER = {"account_id": ANNA}


@dataclass
class Scene:
    """A stage with everything in it, in which something goes wrong."""

    transcoder: Transcoder
    episode: Any
    market: Market
    later: Callable[..., None]
    monkeypatch: pytest.MonkeyPatch
    reach_apple: Callable[[], object]

    def buy_from_google(self, product: str = "coins_100") -> Any:
        assert self.market.play
        return self.market.play.act("buy", product_id=product, buyer=BUYER)


def an_episode_takes_an_hour(scene: Scene) -> None:
    then = clock.iso(clock.now() - timedelta(hours=1))
    deliver(arrived(upload(scene.episode)) | {"time": then})
    deliver(complete(scene.transcoder.jobs[-1]))


def jobs_end_in_errors(scene: Scene) -> None:
    for _ in range(3):
        deliver(arrived(upload(scene.episode)))
        deliver(told(scene.transcoder.jobs[-1], "ERROR", errorCode=1010))


def jobs_are_throttled(scene: Scene) -> None:
    message = arrived(upload(scene.episode))
    for _ in range(5):
        scene.transcoder.faults = [refused("TooManyRequestsException")] * 10
        deliver(*[message] * 10)


def somebody_forges_notifications(scene: Scene) -> None:
    for _ in range(50):
        assert scene.market.knock("Bearer forged", body()).status == 401


def google_is_out(scene: Scene) -> None:
    bought = [scene.buy_from_google() for _ in range(20)]
    assert scene.market.play
    scene.monkeypatch.setattr("cliffhanger.purchases.google.session._once", lambda *_: None)
    for one in bought:
        assert scene.market.claim(one).status == 503


def somebody_spends_and_is_refunded(scene: Scene) -> None:
    sold = {"google_product_id": None, "apple_product_id": "coins.many"}
    scene.market.sell("coins-many", kind="coins", coins=12_000, bonus_coins=0, **sold)
    bought = scene.market.shop.buy(product_id="coins.many", account_token=TOKEN)
    scene.market.claim(bought.signed_transaction)
    spend(12_000)
    scene.market.tell(scene.market.shop.refund(bought))


def many_are_refunded(scene: Scene) -> None:
    for _ in range(30):
        bought = scene.market.shop.buy(account_token=TOKEN)
        scene.market.claim(bought.signed_transaction)
        scene.market.tell(scene.market.shop.refund(bought))


def google_does_not_hear_of_a_purchase(scene: Scene) -> None:
    real = session._once

    def deaf(secret: str, method: Any, url: str, *more: Any) -> Any:
        return None if url.endswith(":consume") else real(secret, method, url, *more)

    scene.monkeypatch.setattr(session, "_once", deaf)
    scene.market.claim(scene.buy_from_google())
    scene.later(hours=7)
    scene.market.settle()


def many_purchases_are_left_over(scene: Scene) -> None:
    for number in range(200):
        left = Record(
            id=ids.new("pur"),
            store="google",
            environment="production",
            transaction_id=f"{number:064d}",
            store_product_id="coins_100",
            viewer_id=ANNA,
            state="granted",
            quantity=1,
            purchased_at=clock.now(),
            told_at=clock.now(),
            price_micros=None,
            currency=None,
            storefront=None,
            order_id=None,
            todo=("consume",),
        )
        dynamo.write(records.write(left, after=0))
    scene.market.settle()


def notifications_do_not_arrive(scene: Scene) -> None:
    scene.reach_apple()
    for _ in range(5):
        scene.market.shop.refund(scene.market.shop.buy(account_token=TOKEN))
    scene.later(minutes=1)  # the stand-in gives each notification a moment of its own
    scene.market.reconcile()


def the_stores_cannot_be_asked(scene: Scene) -> None:
    scene.market.reconcile()


def the_transcoder_cannot_be_asked(scene: Scene) -> None:
    deliver(arrived(upload(scene.episode)))
    scene.later(minutes=11)

    def fail(**_: Any) -> None:
        raise refused("ServiceUnavailable", "GetJob")

    scene.monkeypatch.setattr(scene.transcoder, "get_job", fail)
    with pytest.raises(ExceptionGroup):
        transcoding({"action": "sweep"}, None)


def run(sweep: str, scene: Scene) -> None:
    """Let a schedule fire once, with nothing wrong."""
    match sweep:
        case "jobs":
            transcoding({"action": "sweep"}, None)
        case "retention":
            retention({}, None)
        case "settle" | "recheck" | "reconcile":
            scene.reach_apple()
            getattr(scene.market, sweep)()
        case "edge":
            scene.monkeypatch.setattr("cliffhanger.edge.follow.sweep", lambda _: None)
            swept = {"action": "sweep", "at": clock.iso(clock.now())}
            answer = playback_keys({"Records": [_message(swept)]}, None)
            assert answer == {"batchItemFailures": []}


def rotate(scene: Scene) -> None:
    """Let the monthly rotation come. The edge's store takes whatever it is told."""
    scene.monkeypatch.setattr("cliffhanger.edge.store.change", lambda *_: None)
    asked = {"action": "rotate", "at": clock.iso(clock.now())}
    assert playback_keys({"Records": [_message(asked)]}, None) == {"batchItemFailures": []}


def _message(asked: dict[str, Any]) -> dict[str, Any]:
    return {"messageId": "1", "body": json.dumps(asked)}
