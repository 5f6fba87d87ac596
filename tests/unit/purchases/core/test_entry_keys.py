"""Every entry of the ledger says what made it happen once."""

from cliffhanger.idempotency import IdempotencyKey
from cliffhanger.wallet import ledger
from functions.wallet.handler import handler as wallet
from tests.unit.gateway import studio
from tests.unit.purchases.core.market import ANNA, TOKEN, Market


def keys() -> dict[str, str]:
    return {entry.kind: entry.key for entry in ledger.every(ANNA, "production")}


def test_an_entry_of_a_purchase_names_the_stores_key_of_it(market: Market) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    market.claim(bought.signed_transaction)
    market.tell(market.shop.refund(bought), market.shop.reverse(bought))
    names = {kind: key.partition("@") for kind, key in keys().items()}
    store = f"apple#production#{bought.transaction_id}"
    assert {name for name, _, _ in names.values()} == {store}
    versions = [int(version) for _, _, version in names.values()]
    assert versions == sorted(set(versions)), "each follows a version of the record of its own"


def test_an_entry_of_a_request_names_its_idempotency_key(market: Market) -> None:
    body = {"coins": 5, "kind": "bonus", "reason": "a gift"}
    route = "POST /v1/studio/wallets/{viewer_id}/corrections"
    market.claim(market.shop.buy(account_token=TOKEN).signed_transaction)
    headers = {"idempotency-key": "mine"}
    assert studio(wallet, route, body, path={"viewer_id": ANNA}, headers=headers).status == 201
    told = IdempotencyKey.of(caller="usr_1", operation="correct_wallet", key="mine", body="")
    assert len(keys()["correction"]) == len(told.scope)
    assert "mine" not in keys()["correction"], "a key may be worth a secret: its hash is kept"
