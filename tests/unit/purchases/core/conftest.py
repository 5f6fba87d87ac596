"""A production stage with products, that trusts stores of its own."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cliffhanger import aws, settings
from cliffhanger.purchases.apple import api_client
from cliffhanger.purchases.google import certificates, session
from cliffhanger.purchases.google.settings import GooglePushSettings, GoogleSettings
from cliffhanger.purchases.settings import NotificationQueueSettings, PurchaseSettings
from local.stores.apple.chain import Chain, make
from tests.unit.local_apple.open import Address, opened
from tests.unit.local_apple.shop import Shop, open_shop
from tests.unit.local_google.fixtures import play, play_keys
from tests.unit.local_google.running import AUDIENCE, PACKAGE, PUSHER, SUBSCRIPTION, Play
from tests.unit.purchases.apple.app import variables
from tests.unit.purchases.core.market import COINS, VIP, Market

__all__ = ["play", "play_keys"]


@pytest.fixture(scope="session")
def chain() -> Chain:
    return make()


@pytest.fixture
def shop(tmp_path: Path, chain: Chain) -> Shop:
    return open_shop(tmp_path / "apple", chain)


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, str]], None]:
    def change(variables: dict[str, str]) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        settings._loaded.cache_clear()

    return change


@pytest.fixture
def market(
    stage: None, shop: Shop, chain: Chain, configure: Callable[[dict[str, str]], None]
) -> Market:
    """Anna and Boris may buy a hundred coins, with ten on top, or a week of VIP."""
    attributes: Any = {"FifoQueue": "true", "VisibilityTimeout": "0"}
    queue = aws.sqs().create_queue(QueueName="notices.fifo", Attributes=attributes)["QueueUrl"]
    told = settings.variables(NotificationQueueSettings(notifications_queue_url=queue))
    configure(variables(chain) | told)
    made = Market(shop, queue)
    made.sell("coins-100", kind="coins", coins=100, bonus_coins=10, **sold("coins_100", COINS))
    made.sell("vip-week", kind="vip", period="P1W", **sold("vip", VIP))
    return made


def sold(google: str | None, apple: str | None) -> dict[str, str | None]:
    return {"google_product_id": google, "apple_product_id": apple}


@pytest.fixture
def google(market: Market, play: Play, configure: Callable[[dict[str, str]], None]) -> Market:
    """The same market, with Google Play."""
    configure(
        settings.variables(
            GoogleSettings(
                package_name=PACKAGE, credentials_secret="google-key", google_api_url=play.url
            ),
            GooglePushSettings(
                package_name=PACKAGE,
                push_audience=AUDIENCE,
                push_service_account=PUSHER,
                push_subscription=SUBSCRIPTION,
                google_certificates_url=f"{play.url}/oauth2/v1/certs",
            ),
        )
    )
    session._session.cache_clear()
    certificates._cache.clear()
    aws.secrets().create_secret(Name="google-key", SecretString=play.key_file)
    market.play = play
    return market


@pytest.fixture
def apple(
    market: Market,
    shop: Shop,
    chain: Chain,
    tmp_path: Path,
    configure: Callable[[dict[str, str]], None],
) -> Iterator[Address]:
    """Apple's Server API, over HTTP."""
    api_client._key.cache_clear()
    with opened(shop, tmp_path / "apple") as found:
        aws.secrets().create_secret(Name="apple-api", SecretString=found.key.model_dump_json())
        configure(variables(chain, url=found.url))
        yield found
    api_client._key.cache_clear()


@pytest.fixture
def keeping(configure: Callable[[dict[str, str]], None]) -> None:
    """The stage's policy is that a subscription stays with its viewer."""
    configure(settings.variables(policies(restore="keep")))


@pytest.fixture
def going(configure: Callable[[dict[str, str]], None]) -> None:
    """The stage's policy is that what refunded coins have opened closes."""
    configure(settings.variables(policies(refunded_unlocks="go")))


def policies(**other: Any) -> PurchaseSettings:
    told = {"restore": "transfer", "refunded_unlocks": "stay"} | other
    return PurchaseSettings(content_table="content", commerce_table="commerce", **told)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were waited; nobody really waits."""
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    return waited
