"""A real browser in front of the running local cloud."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, Route, expect, sync_playwright

SYSTEM_CHROMIUM = Path("/usr/bin/chromium")
DEMO = "The Heiress Next Door"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# The demo's clips last eight seconds, and at their end the player steps on: a test that a busy
# machine slows down would find itself in another episode.
LOOP = "addEventListener('playing', (event) => { event.target.loop = true; }, true);"


def only_the_demo(route: Route) -> None:
    """Leaves the demo drama alone on the shelf, whatever other tests have put there."""
    answer = route.fetch(url=f"{route.request.url}?limit=100")
    shelf = answer.json()
    shelf["items"] = [one for one in shelf["items"] if one["title"] == DEMO]
    assert shelf["items"], "the demo is not on the shelf"
    route.fulfill(response=answer, json=shelf)


@pytest.fixture(scope="session")
def endpoints(cloud: dict[str, Any]) -> dict[str, Any]:
    """Where the demo player is."""
    return cloud


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=15_000)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium of the system, which decodes H.264; Playwright's own where there is none."""
    system = SYSTEM_CHROMIUM if SYSTEM_CHROMIUM.exists() else None
    launched = playwright.chromium.launch(executable_path=system, args=FLAGS)
    yield launched
    launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone of its own for each test: empty storage, so a new guest."""
    context = browser.new_context(
        viewport={"width": 412, "height": 915}, has_touch=True, locale="en-US"
    )
    context.add_init_script(LOOP)
    context.route("**/v1/dramas", only_the_demo)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == [], "the page threw"
