"""What a payload of Apple's history bears is read without verifying it, whatever it is."""

import base64
import json
from typing import Any

import pytest

from cliffhanger.purchases.apple import headings
from cliffhanger.purchases.apple.headings import About, Heading
from local.stores.apple.announcing import notify
from local.stores.apple.records import Environment
from tests.unit.local_apple.shop import Shop


def signed(payload: object) -> str:
    middle = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")
    return f"header.{middle}.signature"


@pytest.mark.parametrize("environment", ["Production", "Sandbox"])
def test_it_names_the_pack_or_the_line_that_it_is_about(
    shop: Shop, environment: Environment
) -> None:
    pack = shop.buy(environment=environment)
    plan = shop.subscribe(environment=environment)
    renewed = shop.renew(plan)
    ours: Any = {"Production": "production", "Sandbox": "sandbox"}[environment]
    line = About(ours, plan.original_transaction_id, is_subscription=True)
    assert _about(shop) == [About(ours, pack.transaction_id, is_subscription=False), line, line]
    assert headings.read(renewed.signed_payload) == Heading(renewed.uuid, "DID_RENEW", line)


def test_what_is_about_nothing_that_is_sold_here_has_its_name_alone(shop: Shop) -> None:
    shop.buy(type="non_consumable")
    test = notify(shop.store, "TEST")
    assert _about(shop) == [None, None]
    assert headings.read(test.signed_payload) == Heading(test.uuid, "TEST")


@pytest.mark.parametrize("text", ["", "a", "a.b.c", "a.e30.c", "a.W10.c", "a.bnVsbA.c"])
def test_what_has_no_name_has_no_heading(text: str) -> None:
    assert headings.read(text) is None


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"signedTransactionInfo": None},
        {"signedTransactionInfo": 1},
        {"signedTransactionInfo": "a.b.c"},
        {"signedTransactionInfo": signed([])},
        {"signedTransactionInfo": signed({"type": "Consumable"})},
        {"signedTransactionInfo": signed({"type": [], "environment": "Production"})},
    ],
)
def test_what_is_not_in_apples_shape_is_about_nothing(data: object) -> None:
    payload = {"notificationUUID": "1", "notificationType": "REFUND", "data": data}
    assert headings.read(signed(payload)) == Heading("1", "REFUND")


def _about(shop: Shop) -> list[About | None]:
    every = shop.store.state.notifications
    found = [headings.read(one.signed_payload) for one in every]
    return [one.about for one in found if one]
