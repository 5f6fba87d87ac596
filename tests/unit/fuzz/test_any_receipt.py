"""What stores sign, with something of it changed: refused with a code, and nothing is granted."""

import base64
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fuzz.anything import WORDS, anything, damaged, encoded, tried
from tests.unit.local_google.running import AUDIENCE, PACKAGE, PUSHER, SUBSCRIPTION, Play
from tests.unit.purchases.core.market import TOKEN, Market, coins, everything, kept

TIMES = 80
REFUSALS = {
    (400, "malformed_json"),
    (401, "push_not_verified"),
    (413, "notification_too_large"),
    (422, "invalid_payload"),
    (422, "purchase_not_verified"),
}


def parts() -> st.SearchStrategy[str]:
    """Three parts of base64url, as a JWS has them, of anything."""
    part = st.builds(encoded, anything)
    return st.lists(part | WORDS, min_size=2, max_size=4).map(".".join)


def other_words(good: str) -> st.SearchStrategy[str]:
    """A JWS whose head or payload says something else, under the old signature."""
    head, payload, signature = good.split(".")
    fields = {
        name: json.loads(base64.urlsafe_b64decode(one + "=" * (-len(one) % 4)))
        for name, one in (("head", head), ("payload", payload))
    }

    def changed(where: str, name: str, value: Any) -> str:
        said = fields | {where: fields[where] | {name: value}}
        return f"{encoded(said['head'])}.{encoded(said['payload'])}.{signature}"

    names = {name for one in fields.values() for name in one}
    return st.builds(
        changed, st.sampled_from(["head", "payload"]), st.sampled_from(sorted(names)), anything
    )


def forged(good: str) -> st.SearchStrategy[str]:
    wrong = damaged(good) | other_words(good) | parts() | WORDS
    return wrong.filter(lambda text: text != good)


def test_a_transaction_that_apple_did_not_sign_grants_nothing(market: Market) -> None:
    bought = market.shop.buy(account_token=TOKEN).signed_transaction

    @tried(TIMES)
    @given(text=forged(bought))
    def refused(text: str) -> None:
        answer = market.claim(text)
        assert (answer.status, answer.body["code"]) in REFUSALS, answer.text

    before = len(everything())
    refused()
    assert (coins(), len(everything())) == ((0, 0, 0), before)
    assert market.claim(bought).status == 200, "the purchase is as good as it was"


def test_a_notification_that_apple_did_not_sign_does_not_reach_the_queue(market: Market) -> None:
    market.shop.buy(account_token=TOKEN)
    (notice,) = market.shop.store.state.notifications[-1:]

    @tried(TIMES)
    @given(text=forged(notice.signed_payload))
    def refused(text: str) -> None:
        (answer,) = market.ring(text)
        assert (answer.status, answer.body["code"]) in REFUSALS, answer.text

    refused()
    assert market.waiting() == 0


def test_a_push_without_googles_own_token_does_not_reach_the_queue(
    google: Market, play: Play
) -> None:
    good = play.keys.identity_token(audience=AUDIENCE, email=PUSHER)

    @tried(TIMES)
    @given(token=forged(good), scheme=st.sampled_from(["Bearer ", "bearer ", "", "Basic "]))
    def refused(token: str, scheme: str) -> None:
        answer = google.knock(scheme + token, {"message": {"data": "e30=", "messageId": "1"}})
        assert (answer.status, answer.body["code"]) in REFUSALS, answer.text

    refused()
    assert google.waiting() == 0


def pushes() -> st.SearchStrategy[Any]:
    """Bodies of pushes: of their shape with anything told, of another shape, of none."""
    notification = st.fixed_dictionaries(
        {},
        optional={
            "version": st.just("1.0") | anything,
            "packageName": st.just(PACKAGE) | anything,
            "eventTimeMillis": st.integers().map(str) | anything,
            "oneTimeProductNotification": anything,
            "subscriptionNotification": anything,
            "voidedPurchaseNotification": anything,
            "testNotification": anything,
        },
    )
    data = (notification | anything).map(
        lambda told: base64.b64encode(json.dumps(told).encode()).decode()
    )
    message = st.fixed_dictionaries(
        {}, optional={"data": data | anything, "messageId": WORDS | anything}
    )
    known = st.fixed_dictionaries(
        {"subscription": st.just(SUBSCRIPTION), "message": message | anything}
    )
    return known | st.fixed_dictionaries({}, optional={"message": message | anything}) | anything


def test_whatever_google_tells_is_queued_or_refused_and_grants_nothing_by_itself(
    google: Market, play: Play
) -> None:
    good = play.keys.identity_token(audience=AUDIENCE, email=PUSHER)

    @tried(TIMES)
    @given(body=pushes())
    def taken(body: Any) -> None:
        answer = google.knock(f"Bearer {good}", body)
        refusals = REFUSALS | {(422, "push_malformed"), (400, "push_malformed")}
        assert answer.status == 200 or (answer.status, answer.body["code"]) in refusals, answer.text

    taken()
    google.work()
    assert coins() == (0, 0, 0)
    assert kept("BUY#", "PURCHASE") == []
