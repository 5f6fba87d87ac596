"""A guest buys coins and VIP in the demo's shop, spends them, and gets the money back."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.test_player import pick, playing, posts, ready

SLOW = 15_000  # milliseconds: a store's notification is on its way for a while
STORES = pytest.mark.parametrize("store", ["Apple", "Google"])


@pytest.fixture
def watch(page: Page, endpoints: dict[str, Any]) -> Callable[[], None]:
    """Opens the demo page and waits until the first picture can play."""

    def open_page() -> None:
        page.goto(endpoints["demo_url"])
        ready(page)

    return open_page


def at_the_wall(page: Page) -> Locator:
    """Goes to the locked episode."""
    playing(page)
    pick(page, 6)
    wall = page.get_by_test_id("wall")
    expect(wall).to_contain_text("Episode 6 is locked — 60 coins")
    return wall


def watch_two_for_free(page: Page) -> None:
    """Plays the first two episodes, which ask for nothing."""
    player = page.get_by_test_id("player")
    for number in (1, 2):
        if number > 1:
            pick(page, number)
        expect(player).to_contain_text(f"EP {number}")
        playing(page)
        expect(page.get_by_test_id("wall")).to_be_hidden()


def shop_of(page: Page, store: str) -> Locator:
    """Opens the shop by its chip, and chooses a store."""
    page.get_by_test_id("wallet-chip").click()
    shop = page.get_by_test_id("shop")
    expect(shop).to_be_visible()
    shop.get_by_role("radio", name=store).check()
    return shop


def settled(page: Page) -> None:
    """Waits until the shop has done what it was asked."""
    expect(page.locator("#shop")).to_have_attribute("aria-busy", "false", timeout=SLOW)


def buy(page: Page, product_id: str) -> None:
    page.locator(f"[data-action=buy][data-id='{product_id}']").click()
    settled(page)


def close(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("shop")).to_be_hidden()


@STORES
def test_a_guest_watches_two_for_free_buys_coins_at_the_wall_unlocks_and_watches(
    watch: Callable[[], None], page: Page, store: str
) -> None:
    watch()
    watch_two_for_free(page)
    wall = at_the_wall(page)
    expect(wall).to_contain_text("You have 0 coins")
    expect(wall.get_by_test_id("unlock")).to_be_hidden()
    wall.get_by_role("button", name="Get coins").click()
    page.get_by_role("radio", name=store).check()
    buy(page, "coins-100")
    expect(page.get_by_test_id("shop-said")).to_have_text("You got 100 coins.")
    expect(page.get_by_test_id("shop-coins")).to_have_text("100")
    close(page)

    expect(page.get_by_test_id("wallet-amount")).to_have_text("100")
    expect(wall).to_contain_text("You have 100 coins")
    calls = posts(page, "/playback")
    wall.get_by_role("button", name="Unlock for 60 coins").click()
    expect(wall).to_be_hidden(timeout=SLOW)
    expect(page.get_by_test_id("player")).to_contain_text("EP 6")
    playing(page)
    assert [call.post_data_json for call in calls] == [{"unlock": "coins"}]
    assert calls[0].headers["idempotency-key"]
    expect(page.get_by_test_id("wallet-amount")).to_have_text("40")

    page.get_by_test_id("open-episodes").click()
    row = page.locator("[data-testid=episode-row][data-number='6']")
    expect(row).to_have_attribute("data-access", "unlocked")


@STORES
def test_a_refund_takes_the_coins_back(watch: Callable[[], None], page: Page, store: str) -> None:
    watch()
    shop = shop_of(page, store)
    buy(page, "coins-550")
    expect(page.get_by_test_id("shop-coins")).to_have_text("600")
    receipt = shop.get_by_test_id("receipt")
    expect(receipt).to_contain_text(f"{store} · bought")
    receipt.get_by_test_id("refund").click()
    expect(receipt).to_contain_text("refunded", timeout=SLOW)
    expect(page.get_by_test_id("shop-coins")).to_have_text("0", timeout=SLOW)
    expect(page.get_by_test_id("shop-debt")).to_be_hidden()
    settled(page)
    expect(receipt.get_by_test_id("refund")).to_be_hidden()


@STORES
def test_coins_that_were_spent_are_owed_after_a_refund_and_paid_by_the_next(
    watch: Callable[[], None], page: Page, store: str
) -> None:
    watch()
    wall = at_the_wall(page)
    shop_of(page, store)
    buy(page, "coins-100")
    close(page)
    wall.get_by_test_id("unlock").click()
    playing(page)
    shop = shop_of(page, store)
    shop.get_by_test_id("receipt").get_by_test_id("refund").click()
    expect(page.get_by_test_id("shop-debt")).to_contain_text("You owe 60 coins", timeout=SLOW)
    expect(page.get_by_test_id("shop-coins")).to_have_text("0")
    expect(page.get_by_test_id("wallet-amount")).to_have_text("-60")
    settled(page)

    buy(page, "coins-550")
    expect(page.get_by_test_id("shop-debt")).to_be_hidden()
    expect(page.get_by_test_id("shop-coins")).to_have_text("540")


@STORES
def test_vip_opens_every_episode_can_be_canceled_and_given_back(
    watch: Callable[[], None], page: Page, store: str
) -> None:
    watch()
    wall = at_the_wall(page)
    shop = shop_of(page, store)
    expect(page.get_by_test_id("shop-vip")).to_have_text("No VIP")
    buy(page, "vip-weekly")
    expect(page.get_by_test_id("shop-said")).to_contain_text("VIP is open")
    expect(page.get_by_test_id("shop-vip")).to_have_text(re.compile("^VIP until "))
    expect(page.locator("[data-action=buy][data-id=vip-weekly]")).to_be_disabled()
    close(page)
    expect(wall).to_be_hidden(timeout=SLOW)
    playing(page)
    expect(page.get_by_test_id("wallet-chip")).to_have_accessible_name(re.compile("VIP"))

    shop_of(page, store)
    receipt = shop.get_by_test_id("receipt")
    receipt.get_by_test_id("cancel").click()
    expect(receipt).to_contain_text("not renewing", timeout=SLOW)
    expect(page.get_by_test_id("shop-vip")).to_have_text(re.compile("^VIP until "))
    settled(page)
    receipt.get_by_test_id("refund").click()
    expect(page.get_by_test_id("shop-vip")).to_have_text("No VIP", timeout=SLOW)


def test_a_sale_that_the_api_did_not_hear_of_is_sent_again_once(
    watch: Callable[[], None], page: Page
) -> None:
    watch()
    shop = shop_of(page, "Google")
    page.route("**/v1/purchases", lambda route: route.abort())
    buy(page, "coins-1200")
    expect(page.get_by_test_id("shop-said")).to_have_text("The server does not answer.")
    receipt = shop.get_by_test_id("receipt")
    expect(receipt).to_contain_text("not confirmed")
    page.unroute("**/v1/purchases")
    watch()

    shop_of(page, "Google")
    receipt.get_by_test_id("send").click()
    settled(page)
    expect(receipt).to_contain_text("bought")
    expect(page.get_by_test_id("shop-coins")).to_have_text("1700")  # 300 for the first
    expect(receipt.get_by_test_id("send")).to_be_hidden()


def test_a_store_that_refuses_says_why(watch: Callable[[], None], page: Page) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=400, json={"errorCode": 4000000, "errorMessage": "Card declined."})

    watch()
    shop = shop_of(page, "Apple")
    page.route("**/_stores/apple/buy", refuse)
    sent = posts(page, "/v1/purchases")
    buy(page, "coins-100")
    expect(page.get_by_test_id("shop-said")).to_have_text("Card declined.")
    expect(shop.get_by_test_id("receipt")).to_have_count(0)
    assert sent == []


def test_the_shop_works_by_keyboard(watch: Callable[[], None], page: Page) -> None:
    watch()
    page.get_by_test_id("wallet-chip").focus()
    page.keyboard.press("Enter")
    shop = page.get_by_test_id("shop")
    settled(page)
    pack = page.locator("[data-action=buy][data-id=coins-100]")
    pack.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("shop-coins")).to_have_text("100", timeout=SLOW)
    settled(page)
    expect(pack).to_be_focused()
    expect(
        shop.get_by_role("button", name=re.compile("Refund: 100.* coins, Apple"))
    ).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("wallet-chip")).to_be_focused()
