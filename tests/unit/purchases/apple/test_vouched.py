"""A chain that Apple has just vouched for is not walked again, and forgeries ask nobody."""

import time
from collections.abc import Callable

import pytest
from appstoreserverlibrary.signed_data_verifier import _ChainVerifier

from cliffhanger.purchases.apple import verify
from cliffhanger.purchases.apple.claim import read_client_transaction
from cliffhanger.purchases.errors import PurchaseNotVerified
from local.stores.apple.chain import Chain
from tests.unit.local_apple.shop import Shop
from tests.unit.purchases.apple.app import joined, parts
from tests.unit.purchases.apple.test_attacks import ATTACKS, NAMES, Payload

Asked = list[object]
QUARTER = 15 * 60


@pytest.fixture
def asked(configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Asked:
    """A stage with online checks, where Apple calls every certificate good: what it was asked."""
    configure(online_checks=True)
    found: Asked = []
    monkeypatch.setattr(_ChainVerifier, "check_ocsp_status", lambda *who: found.append(who))
    verify._verifier.cache_clear()
    return found


@pytest.fixture
def walked(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """The walks along a chain: whether each was online."""
    walks: list[bool] = []
    true = _ChainVerifier._verify_chain_without_caching

    def walk(
        own: _ChainVerifier,
        certificates: list[str],
        perform_online_checks: bool,
        effective_date: int,
    ) -> str:
        walks.append(perform_online_checks)
        return true(own, certificates, perform_online_checks, effective_date)

    monkeypatch.setattr(_ChainVerifier, "_verify_chain_without_caching", walk)
    return walks


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the clocks that say how old a memory is; that of the library is another one."""

    def move(seconds: float) -> None:
        wall, steady = time.time() + seconds, time.monotonic() + seconds
        monkeypatch.setattr(time, "time", lambda: wall)
        monkeypatch.setattr(time, "monotonic", lambda: steady)

    return move


def with_more_in_it(signed: str) -> str:
    """A transaction of ten packs, under the very header and signature of another."""
    header, _, signature = signed.split(".")
    _, payload, _ = parts(signed)
    _, changed, _ = joined({}, {**payload, "quantity": 10}, signature).split(".")
    return ".".join((header, changed, signature))


def test_a_chain_is_walked_for_the_first_purchase_alone(
    shop: Shop, asked: Asked, walked: list[bool]
) -> None:
    for _ in range(3):
        assert read_client_transaction(shop.buy().signed_transaction)
    assert walked == [False, True]
    assert len(asked) == 2


def test_what_the_sandbox_signed_is_known_apart(
    shop: Shop, asked: Asked, walked: list[bool]
) -> None:
    assert read_client_transaction(shop.buy().signed_transaction).environment == "production"
    told = read_client_transaction(shop.buy(environment="Sandbox").signed_transaction)
    assert told.environment == "sandbox"
    again = shop.buy(environment="Sandbox").signed_transaction
    walked.clear()
    assert read_client_transaction(again).environment == "sandbox"
    assert walked == []


@pytest.mark.parametrize("attack", [attack for attack, _ in ATTACKS], ids=NAMES)
def test_no_forgery_is_believed_or_asked_about_because_its_chain_is_known(
    shop: Shop, chain: Chain, asked: Asked, attack: Callable[[Payload, Chain], str]
) -> None:
    true = shop.buy().signed_transaction
    assert read_client_transaction(true)
    asked.clear()
    _, payload, _ = parts(true)
    with pytest.raises(PurchaseNotVerified):
        read_client_transaction(attack(payload, chain))
    assert asked == []


def test_a_forgery_with_the_very_header_of_a_known_chain_is_refused(
    shop: Shop, asked: Asked
) -> None:
    true = shop.buy().signed_transaction
    assert read_client_transaction(true)
    asked.clear()
    with pytest.raises(PurchaseNotVerified) as refused:
        read_client_transaction(with_more_in_it(true))
    assert (refused.value.reason, asked) == ("signature", [])


def test_of_a_chain_that_the_library_has_forgotten_no_forgery_is_asked_about(
    shop: Shop, asked: Asked, wait: Callable[[float], None]
) -> None:
    true = shop.buy().signed_transaction
    for seconds in (0, QUARTER - 30):  # the second is verified while the library remembers
        wait(seconds)
        assert read_client_transaction(true)
    asked.clear()
    wait(31)
    with pytest.raises(PurchaseNotVerified):
        read_client_transaction(with_more_in_it(true))
    assert asked == []


def test_a_purchase_whose_chain_the_library_has_forgotten_asks_again(
    shop: Shop, asked: Asked, wait: Callable[[float], None]
) -> None:
    true = shop.buy().signed_transaction
    assert read_client_transaction(true)
    wait(QUARTER + 1)
    assert read_client_transaction(true)
    assert len(asked) == 4
