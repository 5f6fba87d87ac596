"""A developer reads the API reference, and tries a call on the local cloud."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from functions.registry import ROUTES


@pytest.fixture(params=["light", "dark"])
def reference(
    browser: Browser, endpoints: dict[str, str], request: pytest.FixtureRequest
) -> Iterator[Page]:
    """The page in either mode. It may log no error, and ask nothing of another host."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, color_scheme=request.param
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.goto(endpoints["docs_url"])
    expect(page.locator("html[data-ready=true]")).to_be_attached()
    yield page
    context.close()
    assert faults == []
    assert asked
    own = (endpoints["base_url"] + "/", "data:")
    assert [url for url in asked if not url.startswith(own)] == []


def brightness(page: Page, selector: str, colour: str) -> float:
    """0 is black and 255 white."""
    found = page.locator(selector).first.evaluate(f"one => getComputedStyle(one).{colour}")
    red, green, blue = map(float, re.findall(r"[\d.]+", found)[:3])
    return 0.3 * red + 0.59 * green + 0.11 * blue


def test_it_shows_every_route(reference: Page) -> None:
    expect(reference.locator(".opblock")).to_have_count(len(ROUTES))
    shown = {
        (
            one.locator(".opblock-summary-method").inner_text(),
            one.locator(".opblock-summary-path").get_attribute("data-path"),
        )
        for one in reference.locator(".opblock").all()
    }
    assert shown == {(route.method, route.full_path) for route in ROUTES}


def test_its_words_stand_out_from_its_ground(reference: Page) -> None:
    ground = brightness(reference, "body", "backgroundColor")
    dark = bool(reference.evaluate("matchMedia('(prefers-color-scheme: dark)').matches"))
    assert (ground < 60) == dark
    for selector in (".info .title", ".info p", ".opblock-summary-description", ".bar .name"):
        assert abs(brightness(reference, selector, "color") - ground) > 100, selector


def test_a_new_guest_looks_at_their_wallet_from_the_page(reference: Page) -> None:
    reference.get_by_role("button", name="Try it as a new guest").click()
    expect(reference.get_by_role("status")).to_contain_text("You are vwr_")
    wallet = reference.locator("#operations-wallet-get_wallet")
    wallet.locator(".opblock-summary-control").click()
    wallet.get_by_role("button", name="Execute").click()
    answer = wallet.locator(".live-responses-table .response")
    expect(answer.locator(".response-col_status").first).to_contain_text("200")
    expect(answer).to_contain_text('"paid": 0')
