"""What Apple signed, in the words of the domain."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ulid import ULID

from cliffhanger import ids
from cliffhanger.purchases.apple.account_token import account_token, bound_to, viewer_of
from cliffhanger.purchases.apple.claim import read_client_transaction
from cliffhanger.purchases.apple.notifications import read_notification
from cliffhanger.purchases.apple.storefronts import two_letters
from cliffhanger.purchases.errors import ProductNotSupported, PurchaseNotVerified
from cliffhanger.purchases.store import OneTimePurchase, Subscription
from local.stores.apple.announcing import notify
from local.stores.apple.chain import Chain
from local.stores.apple.records import Notification
from local.stores.apple.signing import sign
from tests.unit.local_apple.shop import TOKEN, Shop
from tests.unit.purchases.apple.app import parts


def coins(told: object) -> OneTimePurchase:
    assert isinstance(told, OneTimePurchase)
    return told


def vip(told: object) -> Subscription:
    assert isinstance(told, Subscription)
    return told


def told(notification: Notification) -> Any:
    return read_notification(notification.signed_payload).told


def altered(chain: Chain, signed: str, **values: Any) -> str:
    """The same, signed by Apple with other values."""
    return sign(chain, {**parts(signed)[1], **values})


@given(st.binary(min_size=16, max_size=16))
def test_a_viewer_is_found_again_by_the_token_of_the_account(value: bytes) -> None:
    token = str(uuid.UUID(bytes=value))
    viewer = viewer_of(token)
    assert viewer is not None
    assert account_token(viewer) == token
    assert viewer_of(token.upper()) == viewer


def test_the_token_of_a_viewer_is_their_ulid_as_a_uuid() -> None:
    viewer = ids.new("vwr")
    assert viewer_of(account_token(viewer)) == viewer


@pytest.mark.parametrize("token", [None, "", "me@example.com", "0192f0c1"])
def test_a_token_that_is_no_uuid_names_nobody(token: str | None) -> None:
    assert viewer_of(token) is None


@given(st.datetimes(datetime(2024, 1, 1), datetime(2100, 1, 1)), st.integers(0, 3_650))  # noqa: DTZ001
def test_a_purchase_stays_bound_to_every_viewer_who_was_made_before_it(
    made: datetime, days: int
) -> None:
    at = made.replace(tzinfo=UTC)
    viewer = f"vwr_{ULID.from_datetime(at)}"
    assert bound_to(account_token(viewer), at + timedelta(days=days)) == viewer


@given(st.uuids(version=4))
def test_a_uuid_of_another_backend_binds_to_nobody_where_its_time_is_ahead(
    foreign: uuid.UUID,
) -> None:
    now = datetime.now(UTC)
    is_ahead = int.from_bytes(foreign.bytes[:6]) > (now.timestamp() + 86_400) * 1000
    assert (bound_to(str(foreign), now) is None) == is_ahead


def test_a_coin_pack_is_told_with_its_whole_price(shop: Shop) -> None:
    bought = shop.buy(quantity=3, price=14_970, currency="BRL", storefront="BRA")
    one = coins(read_client_transaction(bought.signed_transaction))
    assert one.transaction_id == bought.transaction_id
    assert (one.store, one.environment, one.state) == ("apple", "production", "purchased")
    assert (one.product_id, one.quantity) == ("coins.100", 3)
    assert (one.price_micros, one.currency, one.storefront) == (14_970_000, "BRL", "BR")
    assert one.viewer_id == viewer_of(TOKEN)
    assert one.refunded == 0
    assert abs(datetime.now(UTC) - one.purchased_at) < timedelta(minutes=1)
    assert one.told_at >= one.purchased_at


def test_a_purchase_that_was_bound_to_nobody_is_nobodys(shop: Shop) -> None:
    bought = shop.buy(account_token=None)
    assert coins(read_client_transaction(bought.signed_transaction)).viewer_id is None


@pytest.mark.parametrize("kind", ["non_consumable", "non_renewing"])
def test_a_kind_of_product_that_is_not_sold_is_refused_to_an_app(shop: Shop, kind: str) -> None:
    bought = shop.buy(type=kind)
    with pytest.raises(ProductNotSupported):
        read_client_transaction(bought.signed_transaction)


def test_a_notification_about_such_a_product_is_no_error(shop: Shop) -> None:
    shop.buy(type="non_consumable")
    assert told(shop.store.state.notifications[0]) is None


@pytest.mark.parametrize(("percentage", "share"), [(100, 100_000), (33.333, 33_333), (0.015, 15)])
def test_a_refund_is_a_share_and_its_reversal_takes_it_back(
    shop: Shop, percentage: float, share: int
) -> None:
    bought = shop.buy(quantity=3)
    assert coins(told(shop.refund(bought, percentage))).refunded == share
    assert coins(told(shop.reverse(bought))).refunded == 0


def test_a_refund_from_before_there_were_percentages_is_a_whole_one(
    shop: Shop, chain: Chain
) -> None:
    signed = altered(chain, shop.buy().signed_transaction, revocationDate=1_700_000_000_000)
    assert coins(read_client_transaction(signed)).refunded == 100_000


def test_a_fresh_subscription_is_active_and_its_notification_says_that_it_renews_itself(
    shop: Shop,
) -> None:
    bought = shop.subscribe(period="P1W", storefront="IDN", currency="IDR")
    one = vip(read_client_transaction(bought.signed_transaction))
    notice = vip(told(shop.store.state.notifications[0]))
    assert (one.auto_renews, notice.auto_renews) == (None, True), "the app sends no renewal info"
    same = {"told_at": one.told_at, "auto_renews": None}
    assert one == notice.model_copy(update=same)
    assert (one.line_id, one.period_id) == (bought.transaction_id, bought.transaction_id)
    assert (one.state, one.auto_renews, one.storefront) == ("active", None, "ID")
    assert one.expires_at == one.purchased_at + timedelta(days=7)
    assert not (one.is_family_shared)
    assert not (one.is_upgraded)


def test_a_free_trial_costs_nothing(shop: Shop) -> None:
    shop.subscribe(price=0, offer_type=1, offer_discount_type="FREE_TRIAL")
    one = vip(told(shop.store.state.notifications[0]))
    assert (one.state, one.price_micros) == ("active", 0)


def test_a_cancelled_one_is_active_and_does_not_renew_itself(shop: Shop) -> None:
    one = vip(told(shop.cancel(shop.subscribe())))
    assert (one.state, one.auto_renews) == ("active", False)


def test_a_renewal_is_another_period_of_the_same_line(shop: Shop) -> None:
    bought = shop.subscribe()
    one = vip(told(shop.renew(bought)))
    assert one.line_id == bought.transaction_id
    assert one.period_id != bought.transaction_id
    assert one.told_at > vip(told(shop.store.state.notifications[0])).told_at


def test_grace_lasts_as_long_as_apple_grants_it(shop: Shop) -> None:
    one = vip(told(shop.fail(shop.subscribe(), grace_days=16)))
    assert one.state == "grace"
    assert one.expires_at is not None
    assert timedelta(days=15) < one.expires_at - one.told_at < timedelta(days=17)


def test_a_billing_retry_has_ended_already(shop: Shop) -> None:
    one = vip(told(shop.fail(shop.subscribe())))
    assert one.state == "billing_retry"
    assert one.expires_at is not None
    assert one.expires_at <= one.told_at


def test_an_ended_one_is_expired(shop: Shop) -> None:
    one = vip(told(shop.expire(shop.subscribe())))
    assert (one.state, one.auto_renews) == ("expired", False)


def test_a_refunded_period_is_revoked_from_the_refund_on(shop: Shop) -> None:
    bought = shop.subscribe(period="P1Y")
    one = vip(told(shop.refund(bought, 40)))
    assert (one.state, one.refunded) == ("revoked", 40_000)
    assert one.expires_at is not None
    assert one.expires_at <= one.told_at
    back = vip(told(shop.reverse(bought)))
    assert (back.state, back.refunded) == ("active", 0)
    assert back.expires_at == back.purchased_at.replace(year=back.purchased_at.year + 1)


def test_an_old_periods_refund_names_that_period(shop: Shop) -> None:
    bought = shop.subscribe()
    renewed = vip(told(shop.renew(bought)))
    refunded = vip(told(shop.refund(bought)))
    assert (refunded.state, refunded.period_id) == ("revoked", bought.transaction_id)
    assert refunded.line_id == renewed.line_id
    assert shop.store.status(shop.line(bought)) == 1


def test_an_upgrade_ends_the_period_that_it_takes_over(shop: Shop) -> None:
    bought = shop.subscribe()
    new = vip(told(shop.change(bought, "vip.yearly", "upgrade", "P1Y")))
    assert (new.product_id, new.state, new.is_upgraded) == ("vip.yearly", "active", False)
    old = vip(told(notify(shop.store, "PRICE_CHANGE", None, shop.transaction(bought))))
    assert (old.state, old.is_upgraded, old.line_id) == ("expired", True, new.line_id)


def test_a_family_member_loses_what_was_shared_and_nobody_is_paid_back(shop: Shop) -> None:
    shared = shop.share(shop.subscribe())
    one = vip(told(shop.store.state.notifications[-1]))
    assert (one.is_family_shared, one.viewer_id, one.state) == (True, None, "active")
    lost = vip(told(shop.revoke(shared)))
    assert (lost.state, lost.refunded, lost.line_id) == ("revoked", 0, shared.transaction_id)


def test_values_that_nobody_knows_yet_are_no_error(shop: Shop, chain: Chain) -> None:
    signed = altered(
        chain,
        shop.buy().signed_transaction,
        offerType=99,
        transactionReason="GIFT",
        revocationReason=42,
        storefront="ZZZ",
        inAppOwnershipType="ASSIGNED",
        aFieldOfTomorrow={"a": 1},
    )
    assert coins(read_client_transaction(signed)).storefront is None


def test_a_status_that_nobody_knows_yet_is_told_by_the_dates(shop: Shop, chain: Chain) -> None:
    shop.subscribe()
    _, payload, _ = parts(shop.store.state.notifications[0].signed_payload)
    payload["data"]["status"] = 77
    assert vip(read_notification(sign(chain, payload)).told).state == "active"


@pytest.mark.parametrize("missing", ["transactionId", "productId", "purchaseDate", "signedDate"])
def test_a_transaction_without_what_matters_is_refused(
    shop: Shop, chain: Chain, missing: str
) -> None:
    signed = altered(chain, shop.buy().signed_transaction, **{missing: None})
    with pytest.raises(PurchaseNotVerified) as refused:
        read_client_transaction(signed)
    assert refused.value.reason == "malformed"


def test_a_price_that_is_no_number_is_refused(shop: Shop, chain: Chain) -> None:
    signed = altered(chain, shop.buy().signed_transaction, price="a lot")
    with pytest.raises(PurchaseNotVerified) as refused:
        read_client_transaction(signed)
    assert refused.value.reason == "malformed"


def test_a_country_goes_by_two_letters() -> None:
    assert [two_letters(one) for one in ("USA", "GBR", "XKS", "XKX", "usa", None)] == [
        "US",
        "GB",
        "XK",
        "XK",
        None,
        None,
    ]
