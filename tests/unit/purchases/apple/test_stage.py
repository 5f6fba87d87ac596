"""What a stage says decides what is believed."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from cliffhanger.purchases.apple.claim import read_client_transaction
from cliffhanger.purchases.apple.notifications import read_notification
from cliffhanger.purchases.apple.settings import AppleSettings
from cliffhanger.purchases.errors import PurchaseNotVerified
from local.layout import ROOT
from local.stores.apple.announcing import notify
from local.stores.apple.chain import Chain, make
from tests.unit.local_apple.shop import Shop, open_shop, unverified

# https://www.apple.com/certificateauthority/
APPLE_ROOT_G3 = "63343abfb89a6a03ebb57e9b3f5fa7be7c4f5c756f3017b3a8c488c3653e9179"


def test_the_root_that_stages_trust_is_apples() -> None:
    (root,) = (ROOT / "stages" / "apple-roots").iterdir()
    assert hashlib.sha256(root.read_bytes()).hexdigest() == APPLE_ROOT_G3


def test_a_production_stage_keeps_what_the_sandbox_signed_apart(shop: Shop) -> None:
    told = read_client_transaction(shop.buy(environment="Sandbox").signed_transaction)
    assert told.environment == "sandbox"
    assert read_client_transaction(shop.buy().signed_transaction).environment == "production"
    sandbox, production = (
        read_notification(one.signed_payload) for one in shop.store.state.notifications
    )
    assert (sandbox.environment, production.environment) == ("sandbox", "production")
    assert sandbox.told is not None
    assert sandbox.told.environment == "sandbox"


def test_a_sandbox_stage_takes_the_sandbox_alone_and_as_its_own(
    shop: Shop, tmp_path: Path, chain: Chain, configure: Callable[..., None]
) -> None:
    configure(environment="Sandbox")
    sandbox = open_shop(tmp_path / "sandbox", chain, "Sandbox")
    assert read_client_transaction(sandbox.buy().signed_transaction).environment == "production"
    shop.buy()
    with pytest.raises(PurchaseNotVerified) as refused:
        read_notification(shop.store.state.notifications[0].signed_payload)
    assert refused.value.reason == "environment"


def test_a_stage_that_trusts_another_root_believes_nothing(
    shop: Shop, configure: Callable[..., None]
) -> None:
    configure(trusted=make())
    with pytest.raises(PurchaseNotVerified):
        read_client_transaction(shop.buy().signed_transaction)


@pytest.mark.parametrize("environment", ["Xcode", "LocalTesting", "production", ""])
def test_no_stage_can_have_an_environment_that_signs_nothing(environment: str) -> None:
    with pytest.raises(ValidationError, match="apple_environment"):
        AppleSettings.model_validate(
            {
                "apple_bundle_id": "a",
                "apple_app_id": 1,
                "apple_environment": environment,
                "apple_root_certificates": ["AAAA"],
                "apple_online_checks": False,
            }
        )


def test_a_stage_without_roots_is_none() -> None:
    with pytest.raises(ValidationError, match="apple_root_certificates"):
        AppleSettings.model_validate(
            {
                "apple_bundle_id": "a",
                "apple_app_id": 1,
                "apple_environment": "Sandbox",
                "apple_root_certificates": [],
                "apple_online_checks": False,
            }
        )


def test_an_unknown_type_of_notification_is_kept(shop: Shop) -> None:
    bought = shop.buy()
    made = notify(shop.store, "SOMETHING_NEW", "VERY_NEW", shop.transaction(bought))
    told = read_notification(made.signed_payload)
    assert (told.type, told.subtype) == ("SOMETHING_NEW", "VERY_NEW")
    assert told.uuid == unverified(made.signed_payload)["notificationUUID"]
    assert told.told is not None


def test_a_refund_request_says_why(shop: Shop) -> None:
    bought = shop.buy()
    made = notify(shop.store, "CONSUMPTION_REQUEST", None, shop.transaction(bought), reason="LEGAL")
    assert read_notification(made.signed_payload).refund_request_reason == "LEGAL"
