"""What can be interrupted: each flow is prepared once, and its last step is done under fire.

The step may be done again, as an app, a queue or a schedule does it. It returns what its caller is
told in the end, or None where it has to be sent again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cliffhanger import aws, clock
from cliffhanger.purchases import products
from cliffhanger.purchases.product_models import ProductInput
from functions.identity.handler import handler as identity
from functions.purchase_events.handler import handler as events
from functions.viewing.handler import handler as viewing
from functions.wallet.handler import handler as wallet
from local.stores.apple.records import Notification
from tests.unit.gateway import Answer, call, studio
from tests.unit.playback.viewing import season
from tests.unit.purchases.core.market import ANNA, BORIS, TOKEN, Market

GUEST = BORIS
Step = Callable[[], Any]


@dataclass
class Stage:
    """The market with both stores, and a drama of four episodes whose first is free."""

    market: Market
    wait: Callable[..., None] = lambda: None
    let_go: Callable[[], None] = lambda: None
    key: str = "the-same-key"

    def __post_init__(self) -> None:
        self.episodes = season(4, free_episodes=1, episode_price=30)

    def ask(self, handler: Any, route: str, body: object = None, **more: Any) -> Answer:
        claims = {"token_use": "access", "username": more.pop("who", ANNA)}
        headers = {"idempotency-key": self.key}
        return call(handler, route, body, claims=claims, headers=headers, **more)

    def claimed(self, sent: Any, **more: Any) -> Step:
        def step() -> Any:
            answer = self.market.claim(sent, key=self.key, **more)
            return told(answer, lambda body: body["purchase"]["state"])

        return step

    def heard(self, word: Notification) -> Step:
        """The word is in the queue, which brings it until it is taken."""
        self.market.ring(word)
        (message,) = self.market._received()
        group = {"MessageGroupId": message["Attributes"]["MessageGroupId"]}
        record = {"messageId": "1", "body": message["Body"], "attributes": group}
        receipt = message["ReceiptHandle"]
        aws.sqs().delete_message(QueueUrl=self.market.queue, ReceiptHandle=receipt)
        return lambda: None if events({"Records": [record]}, None)["batchItemFailures"] else "taken"


def told(answer: Answer, what: Callable[[Any], Any]) -> Any:
    if answer.status >= 500:
        return None
    return (answer.status, what(answer.body) if answer.status < 300 else answer.body["code"])


def _google(stage: Stage, action: str, product: str) -> Any:
    assert stage.market.play
    return stage.market.play.act(action, product_id=product, buyer={"account_id": ANNA})


def apple_coins(stage: Stage) -> Step:
    return stage.claimed(stage.market.shop.buy(account_token=TOKEN).signed_transaction)


def apple_vip(stage: Stage) -> Step:
    return stage.claimed(stage.market.shop.subscribe(account_token=TOKEN).signed_transaction)


def google_coins(stage: Stage) -> Step:
    return stage.claimed(_google(stage, "buy", "coins_100"))


def google_vip(stage: Stage) -> Step:
    return stage.claimed(_google(stage, "subscribe", "vip"))


def plan_change(stage: Stage) -> Step:
    """Google ends what was before, and the word of it is lost."""
    market = stage.market
    market.sell("vip-year", kind="vip", period="P1Y", google_product_id="vip_year")
    old = _google(stage, "subscribe", "vip_year")
    market.claim(old)
    assert market.play
    token = old["purchase_token"]
    sent = market.play.act("change-plan", purchase_token=token, product_id="vip", lost=True)
    return stage.claimed(sent)


def purchase_heard(stage: Stage) -> Step:
    stage.market.shop.buy(account_token=TOKEN)
    return stage.heard(stage.market.shop.store.state.notifications[-1])


def refund_heard(stage: Stage) -> Step:
    """A half goes back of what is spent already, so that a debt is left."""
    bought = stage.market.shop.buy(account_token=TOKEN)
    stage.market.claim(bought.signed_transaction)
    whole_drama(stage)()
    return stage.heard(stage.market.shop.refund(bought, 50))


def reversal_heard(stage: Stage) -> Step:
    bought = stage.market.shop.buy(account_token=TOKEN)
    stage.market.claim(bought.signed_transaction)
    whole_drama(stage)()
    stage.heard(stage.market.shop.refund(bought, 50))()
    return stage.heard(stage.market.shop.reverse(bought))


def refund_closes(stage: Stage) -> Step:
    """The stage lets go what refunded coins have opened: two episodes of one pack."""
    return stage.heard(stage.market.shop.refund(_two_opened(stage)))


def reversal_opens(stage: Stage) -> Step:
    bought = _two_opened(stage)
    stage.heard(stage.market.shop.refund(bought))()
    heard = stage.heard(stage.market.shop.reverse(bought))

    def step() -> Any:
        taken = heard()
        stage.wait()  # what is left after the commit is done by the sweep
        return None if stage.market.settle()["failed"] else taken

    return step


def _two_opened(stage: Stage) -> Any:
    stage.let_go()
    bought = stage.market.shop.buy(account_token=TOKEN)
    stage.market.claim(bought.signed_transaction)
    for episode in stage.episodes[1:3]:
        path = {"episode_id": episode["id"]}
        route = "POST /v1/episodes/{episode_id}/playback"
        assert stage.ask(viewing, route, {"unlock": "coins"}, path=path).body["charged"] == 30
        stage.key += "1"
    return bought


def refund_of_vip_heard(stage: Stage) -> Step:
    bought = stage.market.shop.subscribe(account_token=TOKEN)
    stage.market.claim(bought.signed_transaction)
    return stage.heard(stage.market.shop.refund(bought))


def unlock(stage: Stage) -> Step:
    stage.market.claim(stage.market.shop.buy(account_token=TOKEN).signed_transaction)
    path = {"episode_id": stage.episodes[1]["id"]}
    route = "POST /v1/episodes/{episode_id}/playback"

    def step() -> Any:
        answer = stage.ask(viewing, route, {"unlock": "coins"}, path=path)
        return told(answer, lambda body: body["charged"])

    return step


def whole_drama(stage: Stage) -> Step:
    if stage.market.shop.store.state.notifications == []:
        stage.market.claim(stage.market.shop.buy(account_token=TOKEN).signed_transaction)
    path = {"drama_id": stage.episodes[0]["drama_id"]}

    def step() -> Any:
        answer = stage.ask(viewing, "POST /v1/dramas/{drama_id}/unlock", path=path)
        return told(answer, lambda body: body["charged"])

    return step


def correction(stage: Stage) -> Step:
    stage.market.claim(stage.market.shop.buy(account_token=TOKEN).signed_transaction)
    route = "POST /v1/studio/wallets/{viewer_id}/corrections"
    body = {"coins": -150, "kind": "paid", "reason": "a mistake", "into_debt": True}

    def step() -> Any:
        headers = {"idempotency-key": stage.key}
        answer = studio(wallet, route, body, path={"viewer_id": ANNA}, headers=headers)
        return told(answer, lambda body: body["coins"])

    return step


def merge(stage: Stage) -> Step:
    """The guest has coins, an episode and VIP; the account has coins."""
    market = stage.market
    market.claim(market.shop.buy(account_token=None).signed_transaction, viewer=GUEST)
    market.claim(market.shop.subscribe(account_token=None).signed_transaction, viewer=GUEST)
    market.claim(market.shop.buy(account_token=TOKEN).signed_transaction)
    path = {"drama_id": stage.episodes[0]["drama_id"]}
    stage.ask(identity, "PATCH /v1/me", {}, who=GUEST)
    stage.ask(viewing, "POST /v1/dramas/{drama_id}/unlock", path=path, who=GUEST)

    def step() -> Any:
        body = {"guest_refresh_token": GUEST}
        return told(stage.ask(identity, "POST /v1/me/merge", body), lambda body: body["id"])

    return step


def transfer(stage: Stage) -> Step:
    bought = stage.market.shop.subscribe(account_token=TOKEN)
    stage.market.claim(bought.signed_transaction)

    def step() -> Any:
        answer = stage.market.restore(bought.signed_transaction, viewer=BORIS)
        return told(answer, lambda body: body["items"][0]["purchase"]["state"])

    return step


def deletion(stage: Stage) -> Step:
    stage.market.claim(stage.market.shop.buy(account_token=TOKEN).signed_transaction)
    stage.ask(identity, "PATCH /v1/me", {"auto_unlock": True})

    def step() -> Any:
        answer = stage.ask(identity, "DELETE /v1/me")
        return None if answer.status >= 500 else answer.status

    return step


def sweep(stage: Stage) -> Step:
    """A pack and a plan were bought before the studio sold them."""
    market = stage.market
    market.claim(market.shop.buy(account_token=TOKEN, product_id="new.coins").signed_transaction)
    market.claim(
        market.shop.subscribe(account_token=TOKEN, product_id="new.vip").signed_transaction
    )
    for slug, wanted in (
        ("new-coins", {"kind": "coins", "coins": 7, "apple_product_id": "new.coins"}),
        ("new-vip", {"kind": "vip", "period": "P1W", "apple_product_id": "new.vip"}),
    ):
        products.put(slug, ProductInput.model_validate(wanted))  # as if the call had died then

    def step() -> Any:
        stage.wait()  # what is held is looked at again every quarter of an hour
        return None if market.settle()["failed"] else "swept"

    return step


def reconcile(stage: Stage) -> Step:
    """Apple told of a purchase and its refund, and Google of a refund; nobody heard it."""
    market = stage.market
    market.shop.refund(market.shop.buy(account_token=TOKEN), 50)
    sent = _google(stage, "buy", "coins_100")
    market.claim(sent)
    assert market.play
    market.play.act("refund", purchase_token=sent["purchase_token"])

    def step() -> Any:
        sources = market.reconcile()["sources"].values()
        return None if any(one["problem"] for one in sources) else "reconciled"

    return step


def recheck(stage: Stage) -> Step:
    """A pack went back without a word, and the words of two renewals were lost."""
    market = stage.market
    assert market.play
    pack, plan = _google(stage, "buy", "coins_100"), _google(stage, "subscribe", "vip")
    ours = market.shop.subscribe(account_token=TOKEN)
    for sent in (pack, plan, ours.signed_transaction):
        market.claim(sent)
    market.play.act("refund", purchase_token=pack["purchase_token"], revoke=False)
    market.play.act("renew", purchase_token=plan["purchase_token"])
    market.shop.renew(ours)
    its_time = clock.now() + timedelta(days=8)

    def step() -> Any:
        stage.wait(its_time)
        market.recheck()
        stage.wait()  # what was put off and not asked about is due again
        sources = market.recheck()["sources"].values()
        return None if any(one["seen"] for one in sources) else "rechecked"

    return step


FLOWS = (
    apple_coins,
    apple_vip,
    google_coins,
    google_vip,
    plan_change,
    purchase_heard,
    refund_heard,
    reversal_heard,
    refund_closes,
    reversal_opens,
    refund_of_vip_heard,
    unlock,
    whole_drama,
    correction,
    merge,
    transfer,
    deletion,
    sweep,
    recheck,
    reconcile,
)
