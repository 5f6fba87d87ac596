"""Nothing that opens something, and nobody's data, gets into what the functions write."""

import importlib
import json
from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest

from functions.identity.handler import handler as identity
from functions.playback_keys.handler import handler as playback_keys
from functions.purchase_events.handler import handler as purchase_events
from functions.registry import HTTP_FUNCTIONS
from functions.studio.handler import handler as studio_handler
from functions.transcoding.handler import handler as transcoding
from tests.unit.gateway import VIEWER, call, event, studio
from tests.unit.local_google.running import Play
from tests.unit.observed.test_line_sizes import ROUTES
from tests.unit.pipeline import Transcoder, arrived, complete, deliver
from tests.unit.playback.viewing import play as watch
from tests.unit.playback.viewing import season
from tests.unit.purchases.core.market import ANNA, TOKEN, Market
from tests.unit.purchases.core.pushing import body
from tests.unit.test_log import GOOGLE, JWT, SIGNED
from tests.unit.written import Written

SECRETS = (JWT, JWT.rpartition(".")[2], GOOGLE, SIGNED.rpartition("=")[2])
HANDLERS = {
    one.name: importlib.import_module(f"functions.{one.name}.handler").handler
    for one in HTTP_FUNCTIONS
}


def assert_clean(lines: list[str], *secrets: str) -> None:
    text = "\n".join(lines)
    assert text
    for secret in secrets:
        assert len(secret) >= 12, "a short one would be found anywhere"
        assert secret not in text, secret


def sent(route: Any) -> dict[str, Any]:
    """A call that carries a secret wherever there is room for one."""
    fields = [*(route.body or route.query).model_fields] if route.body or route.query else []
    return event(
        f"{route.method} {route.full_path}",
        dict(zip([*fields, "unknown"], cycle((GOOGLE, JWT, SIGNED)), strict=False)),
        claims={"token_use": "access", "username": VIEWER, "cognito:groups": "[studio]"},
        path=dict.fromkeys(route.parameters, GOOGLE),
        query={"cursor": JWT, "limit": GOOGLE},
        headers={
            "authorization": f"Bearer {JWT}",
            "cookie": f"session={JWT}",
            "idempotency-key": GOOGLE,
            "x-correlation-id": JWT,
            "referer": SIGNED,
        },
    )


@pytest.mark.parametrize(("name", "route"), ROUTES, ids=[one.operation for _, one in ROUTES])
def test_no_route_writes_what_it_is_sent(
    market: Market, pool: str, written: Written, name: str, route: Any
) -> None:
    HANDLERS[name](sent(route), None)
    assert_clean(written(), *SECRETS)


@pytest.mark.parametrize(("name", "route"), ROUTES, ids=[one.operation for _, one in ROUTES])
def test_a_fault_that_quotes_the_whole_call_is_told_without_its_secrets(
    stage: None, written: Written, monkeypatch: pytest.MonkeyPatch, name: str, route: Any
) -> None:
    def fail(_route: object, told: object) -> None:
        raise RuntimeError(f"cannot make sense of {told}")

    monkeypatch.setattr("cliffhanger.payloads.read", fail)
    monkeypatch.setattr("cliffhanger.http._path", lambda *_: {})
    HANDLERS[name](sent(route), None)
    lines = written()
    assert "cannot make sense of" in "".join(lines)
    assert_clean(lines, *SECRETS)


@pytest.mark.parametrize("handler", [transcoding, purchase_events, playback_keys])
@pytest.mark.parametrize(
    "message",
    [
        {"store": "apple", "signed_payload": JWT},
        {"store": "google", "message_id": "1", "notification": {"packageName": JWT}},
        {"store": "google", "message_id": "1", "notification": {"purchaseToken": GOOGLE}},
        {"source": "aws.s3", "detail": {"object": {"key": SIGNED}}},
        {"source": "aws.mediaconvert", "detail": {"jobId": 1, "status": GOOGLE}},
        {"action": JWT, "subjects": [GOOGLE], "at": JWT},
        {JWT: GOOGLE},
    ],
)
def test_no_message_of_a_queue_is_written(
    market: Market, written: Written, handler: Any, message: Any
) -> None:
    record = {"messageId": "m-1", "body": json.dumps(message), "receiptHandle": GOOGLE}
    handler({"Records": [record | {"attributes": {"MessageGroupId": "g"}}]}, None)
    assert_clean(written(), *SECRETS)


def test_a_purchase_of_either_store_leaves_no_receipt(
    google: Market, play: Play, later: Callable[..., None], written: Written
) -> None:
    bought = google.shop.buy(account_token=TOKEN)
    other = play.act("buy", product_id="coins_100", buyer={"account_id": ANNA})
    forged = other | {"purchase_token": other["purchase_token"][::-1]}
    notice = google.shop.refund(bought)
    written()
    google.claim(bought.signed_transaction)
    google.claim(other)
    google.claim(forged)
    google.restore(bought.signed_transaction, other)
    google.tell(notice)
    pushed = play.push()
    for authorization, told in pushed:
        google.knock(authorization, told)
        google.knock(authorization[:-4], told)
    google.knock(f"Bearer {JWT}", body())
    google.work()
    google.settle()
    google.reconcile()
    later(days=1)
    assert google.recheck()["sources"]["recheck#google"]["seen"] == 1
    tokens = [authorization.partition(" ")[2] for authorization, _ in pushed]
    receipts = [bought.signed_transaction, notice.signed_payload, other["purchase_token"]]
    viewer_and_key = [ANNA, TOKEN, play.key_file[60:120]]
    assert_clean(written(), *tokens, *receipts, forged["purchase_token"], *viewer_and_key)


def test_signing_in_leaves_no_token_and_names_nobody(pool: str, written: Written) -> None:
    guest = call(identity, "POST /v1/guests", headers={"cloudfront-viewer-country": "BR"}).body
    refresh = {"refresh_token": guest["refresh_token"]}
    call(identity, "POST /v1/sessions/refresh", refresh)
    call(identity, "POST /v1/sessions/refresh", {"refresh_token": JWT})
    claims = {"token_use": "access", "username": guest["viewer_id"]}
    for method in ("GET", "DELETE"):
        call(identity, f"{method} /v1/me", claims=claims)
    assert_clean(written(), guest["access_token"], guest["refresh_token"], guest["viewer_id"], JWT)


def test_an_upload_and_a_sitting_leave_no_signed_url(
    transcoder: Transcoder, key: str, written: Written
) -> None:
    (episode,) = season(1, free_episodes=1)
    wanted = {
        "episode_id": episode["id"],
        "filename": "the-name-of-a-person.mp4",
        "size": 1000,
        "content_type": "video/mp4",
    }
    started = studio(studio_handler, "POST /v1/studio/uploads", wanted).body
    (part,) = started["parts"]
    deliver(arrived(started["asset_id"]))
    deliver(complete(transcoder.jobs[0]))
    sitting = watch(episode).body
    assert_clean(
        written(),
        part["url"],
        part["url"].rpartition("X-Amz-Signature=")[2][:40],
        sitting["url"],
        sitting["base_url"],
        "the-name-of-a-person",
        VIEWER,
    )
