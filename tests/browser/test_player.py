"""A guest watches the demo drama: six episodes, the first five free, the sixth for 60 coins."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Response, Route, expect

from cliffhanger import ids
from cliffhanger.playback.keyring import Keyring
from cliffhanger.playback.sitting import ISSUER
from cliffhanger.playback.token import Grant, mint
from local.aws import client
from tests.client import Client

VIDEO = "document.querySelector('[data-testid=video-current]')"
FRAMES = f"{VIDEO}.getVideoPlaybackQuality().totalVideoFrames"
SHORT_SIDE = f"Math.min({VIDEO}.videoWidth, {VIDEO}.videoHeight)"
KEPT = "Object.values(JSON.parse(localStorage.getItem('cliffhanger.watched') ?? '{}'))"
SECONDS = 30.0


def until(page: Page, expression: str, seconds: float = SECONDS) -> Any:
    """Waits for a true value. (The page's policy forbids eval, so `wait_for_function` too.)"""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := page.evaluate(expression):
            return value
        page.wait_for_timeout(50)
    pytest.fail(f"not within {seconds} s: {expression}")


def ready(page: Page) -> None:
    """Waits until the first picture can play."""
    expect(page.locator("html[data-ready=true]")).to_be_attached(timeout=60_000)


def playing(page: Page) -> None:
    """Waits until the current video moves on and decodes frames."""
    until(page, f"!{VIDEO}.paused && {VIDEO}.readyState > 2")
    frames, at = page.evaluate(f"[{FRAMES}, {VIDEO}.currentTime]")
    until(page, f"{FRAMES} > {frames} && {VIDEO}.currentTime > {at}")


def pause(page: Page) -> None:
    """A tap on the picture."""
    page.touchscreen.tap(180, 300)
    until(page, f"{VIDEO}.paused")


def swipe_up(page: Page) -> None:
    page.mouse.move(180, 600)
    page.mouse.down()
    page.mouse.move(180, 400, steps=5)
    page.mouse.move(180, 200, steps=5)
    page.mouse.up()


def pick(page: Page, number: int) -> None:
    """Chooses an episode in the list."""
    page.get_by_test_id("open-episodes").click()
    page.locator(f"[data-testid=episode-row][data-number='{number}']").click()


def posts(page: Page, path_end: str) -> list[Request]:
    """The POST requests that the page makes from now on; the list grows by itself."""
    seen: list[Request] = []

    def note(request: Request) -> None:
        if request.method == "POST" and request.url.endswith(path_end):
            seen.append(request)

    page.on("request", note)
    return seen


@pytest.fixture
def watch(page: Page, endpoints: dict[str, str]) -> Callable[[], None]:
    """Opens the demo page and waits until the first picture can play."""

    def open_page() -> None:
        page.goto(endpoints["demo_url"])
        ready(page)

    return open_page


def test_a_guest_plays_the_first_episode(watch: Callable[[], None], page: Page) -> None:
    guests = posts(page, "/v1/guests")
    watch()
    playing(page)
    expect(page.get_by_test_id("player")).to_contain_text("EP 1")
    assert page.evaluate(SHORT_SIDE) > 0
    assert len(guests) == 1


def test_a_guest_seeks_by_pointer_and_by_keyboard(watch: Callable[[], None], page: Page) -> None:
    watch()
    playing(page)
    pause(page)
    duration = page.evaluate(f"{VIDEO}.duration")
    bar = page.get_by_test_id("seek")
    box = bar.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)
    assert page.evaluate(f"{VIDEO}.currentTime") == pytest.approx(duration * 0.75, abs=0.3)
    until(page, f"!{VIDEO}.seeking && {VIDEO}.readyState > 1")
    shown = float(bar.get_attribute("aria-valuenow") or "nan")
    assert shown == pytest.approx(duration * 0.75, abs=1)
    bar.press("ArrowLeft")
    assert page.evaluate(f"{VIDEO}.currentTime") == pytest.approx(duration * 0.75 - 2, abs=0.3)
    bar.press("Home")
    assert page.evaluate(f"{VIDEO}.currentTime") == 0


def test_a_swipe_to_the_next_episode_asks_the_api_nothing(
    watch: Callable[[], None], page: Page
) -> None:
    calls = posts(page, "/playback")
    watch()
    playing(page)
    assert len(calls) == 1
    swipe_up(page)
    expect(page.get_by_test_id("player")).to_contain_text("EP 2")
    playing(page)
    page.get_by_test_id("next").click()
    expect(page.get_by_test_id("player")).to_contain_text("EP 3")
    playing(page)
    page.keyboard.press("ArrowUp")
    expect(page.get_by_test_id("player")).to_contain_text("EP 2")
    playing(page)
    assert len(calls) == 1


def test_the_next_episode_is_loaded_before_the_swipe(watch: Callable[[], None], page: Page) -> None:
    watch()
    playing(page)
    pause(page)
    waiting = "document.querySelectorAll('video:not([data-testid])')"
    until(page, f"[...{waiting}].some((video) => video.readyState > 2 && video.paused)")


def test_a_chosen_rung_changes_the_picture(watch: Callable[[], None], page: Page) -> None:
    watch()
    playing(page)
    menu = page.get_by_test_id("quality")
    rungs = sorted(
        int(value)
        for option in menu.locator("option").all()
        if (value := option.get_attribute("value")) not in {None, "auto"}
    )
    assert len(rungs) > 1
    for rung in (rungs[0], rungs[-1]):
        menu.select_option(str(rung))
        until(page, f"{SHORT_SIDE} === {rung}")


def test_the_list_shows_locks_and_a_locked_episode_its_wall(
    watch: Callable[[], None], page: Page
) -> None:
    watch()
    playing(page)
    page.get_by_test_id("open-episodes").click()
    expect(page.get_by_test_id("episode-list")).to_be_visible()
    rows = page.get_by_test_id("episode-row")
    expect(rows).to_have_count(6)
    expect(rows.nth(0)).to_have_attribute("aria-current", "true")
    expect(rows.nth(4)).to_have_attribute("data-access", "free")
    expect(rows.nth(5)).to_have_attribute("data-access", "locked")
    expect(rows.nth(5)).to_contain_text("60 coins")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("episode-list")).to_be_hidden()

    pick(page, 5)
    playing(page)
    swipe_up(page)
    wall = page.get_by_test_id("wall")
    expect(wall).to_contain_text("Episode 6 is locked — 60 coins")
    expect(wall).to_contain_text("You have 0 coins")
    expect(wall.get_by_role("button", name="Get coins")).to_be_enabled()
    expect(page.get_by_test_id("next")).to_be_disabled()

    page.get_by_test_id("previous").click()
    expect(wall).to_be_hidden()
    expect(page.get_by_test_id("player")).to_contain_text("EP 5")
    playing(page)


def test_a_reload_goes_on_where_the_guest_stopped(watch: Callable[[], None], page: Page) -> None:
    guests = posts(page, "/v1/guests")
    watch()
    pick(page, 3)
    playing(page)
    pause(page)
    page.get_by_test_id("seek").press("Home")
    for _ in range(2):
        page.get_by_test_id("seek").press("ArrowRight")
    until(page, f"{VIDEO}.currentTime === 4 && !{VIDEO}.seeking")
    until(page, f"{KEPT}.some((one) => one.number === 3 && one.position === 4)")
    watch()
    expect(page.get_by_test_id("player")).to_contain_text("EP 3")
    playing(page)
    assert page.evaluate(f"{VIDEO}.currentTime") >= 3.9
    assert len(guests) == 1


def test_the_sound_button_mutes_and_unmutes(watch: Callable[[], None], page: Page) -> None:
    watch()
    playing(page)
    before = page.evaluate(f"{VIDEO}.muted")
    page.get_by_test_id("unmute").click()
    assert page.evaluate(f"{VIDEO}.muted") is not before


def test_a_browser_that_forbids_sound_plays_muted(watch: Callable[[], None], page: Page) -> None:
    page.add_init_script(
        """let touched = false; // the driver's own calls count as user activation: ours do not
        addEventListener("pointerdown", () => (touched = true), true);
        const play = HTMLMediaElement.prototype.play;
        HTMLMediaElement.prototype.play = function () {
          if (this.muted || touched) return play.call(this);
          return Promise.reject(new DOMException("", "NotAllowedError"));
        };"""
    )
    watch()
    playing(page)
    assert page.evaluate(f"{VIDEO}.muted")
    expect(page.get_by_test_id("unmute")).to_contain_text("Unmute")
    page.get_by_test_id("unmute").click()
    assert not page.evaluate(f"{VIDEO}.muted")
    playing(page)


def test_a_refused_media_token_is_replaced_once(watch: Callable[[], None], page: Page) -> None:
    calls = posts(page, "/playback")
    refused: list[str] = []

    def refuse(route: Route) -> None:
        token = route.request.url.split("/media/")[1].split("/")[0]
        if not refused:
            refused.append(token)
        if token == refused[0]:
            route.fulfill(status=403, body="")
        else:
            route.continue_()

    page.route("**/media/*/*/*/*/*", refuse)
    watch()
    playing(page)
    assert len(calls) == 2


def test_an_access_token_that_ended_is_refreshed(watch: Callable[[], None], page: Page) -> None:
    watch()
    page.evaluate(
        """() => {
          const kept = JSON.parse(localStorage.getItem("cliffhanger.session"));
          const session = JSON.stringify({ ...kept, access_token: "ended" });
          localStorage.setItem("cliffhanger.session", session);
        }"""
    )
    guests, refreshes = posts(page, "/v1/guests"), posts(page, "/v1/sessions/refresh")
    watch()
    playing(page)
    assert (len(guests), len(refreshes)) == (0, 1)


def test_an_error_shows_the_servers_words_and_a_second_try_works(
    page: Page, endpoints: dict[str, str]
) -> None:
    problem = {"title": "Unavailable", "status": 503, "detail": "Back soon.", "code": "unavailable"}
    page.route(
        "**/v1/dramas",
        lambda route: route.fulfill(
            status=503, content_type="application/problem+json", body=json.dumps(problem)
        ),
    )
    page.goto(endpoints["demo_url"])
    expect(page.get_by_test_id("error")).to_contain_text("Back soon.")
    page.unroute("**/v1/dramas")
    page.get_by_role("button", name="Try again").click()
    ready(page)
    playing(page)


def test_an_empty_catalogue_says_how_to_seed(page: Page, endpoints: dict[str, str]) -> None:
    page.route("**/v1/dramas", lambda route: route.fulfill(json={"items": [], "next_cursor": None}))
    page.goto(endpoints["demo_url"])
    expect(page.get_by_test_id("empty")).to_contain_text("make run")


def history(page: Page, endpoints: dict[str, Any]) -> Callable[[], list[tuple[str, float]]]:
    """What the API remembers of this page's viewer: episodes and positions, the latest first."""
    session = json.loads(page.evaluate("localStorage.getItem('cliffhanger.session')"))
    client = Client(endpoints["api_url"], session["access_token"])

    def rows() -> list[tuple[str, float]]:
        found = client.get("/history").body["items"]
        return [(row["episode_id"], row["position_seconds"]) for row in found]

    return rows


def test_a_pause_reports_what_was_watched(
    watch: Callable[[], None], page: Page, endpoints: dict[str, Any]
) -> None:
    sent = posts(page, "/v1/progress")
    watch()
    until(page, f"{VIDEO}.currentTime > 1.5")
    with page.expect_response("**/v1/progress") as told:
        pause(page)
    assert told.value.status == 200
    (item,) = [item for request in sent for item in (request.post_data_json or {})["items"]]
    assert item["position_seconds"] >= 1.5
    assert 1 < item["watched_seconds"] <= item["position_seconds"] + 0.1
    ((episode_id, position),) = history(page, endpoints)()
    assert episode_id == item["episode_id"]
    assert position == pytest.approx(item["position_seconds"], abs=0.001)


def test_leaving_the_page_reports_the_last_position(
    watch: Callable[[], None], page: Page, endpoints: dict[str, Any]
) -> None:
    watch()
    until(page, f"{VIDEO}.currentTime > 1")
    rows = history(page, endpoints)
    page.goto("about:blank")
    end = time.monotonic() + SECONDS
    while not rows():
        assert time.monotonic() < end, "nothing was reported"
        time.sleep(0.1)
    ((_, position),) = rows()
    assert position > 0.5, "the video tells its time four times a second"


def tells_at_least_two_seconds(answer: Response) -> bool:
    """Whether it answers a report of an episode that was watched for two seconds."""
    if not answer.url.endswith("/v1/progress"):
        return False
    items = (answer.request.post_data_json or {})["items"]
    return any(item["position_seconds"] >= 2 for item in items)


def test_a_device_that_remembers_nothing_goes_on_where_the_viewer_stopped(
    watch: Callable[[], None], page: Page
) -> None:
    watch()
    pick(page, 3)
    playing(page)
    until(page, f"{VIDEO}.currentTime > 2")
    with page.expect_response(tells_at_least_two_seconds) as told:
        pause(page)
    assert told.value.status == 200
    page.add_init_script("localStorage.removeItem('cliffhanger.watched')")
    watch()
    expect(page.get_by_test_id("player")).to_contain_text("EP 3")
    playing(page)
    assert page.evaluate(f"{VIDEO}.currentTime") >= 2


def test_captions_are_listed_shown_and_taken_away(watch: Callable[[], None], page: Page) -> None:
    shown = (
        f"[...{VIDEO}.textTracks].filter((one) => one.mode === 'showing')"
        ".flatMap((one) => [...(one.activeCues ?? [])].map((cue) => cue.text)).join()"
    )
    watch()
    captions = page.get_by_test_id("captions")
    expect(captions).to_be_visible(timeout=SECONDS * 1000)
    names = captions.locator("option").all_text_contents()
    assert names == ["No captions", "English", "Español"]
    captions.select_option("en")
    assert until(page, shown) in {"Deliveries go round the back.", "I live here."}
    captions.select_option("es")
    until(page, f"['Las entregas, por detrás.', 'Vivo aquí.'].includes({shown})")
    captions.select_option("")
    until(page, f"{shown} === ''")


def expired_token(endpoints: dict[str, Any], drama_id: str, slots: list[int]) -> str:
    """Key id and token of a sitting that ended an hour ago, signed with the real key."""
    secrets = client("secretsmanager", endpoint=endpoints["aws_endpoint_url"], region="us-east-1")
    names = [one["Name"] for one in secrets.list_secrets()["SecretList"]]
    (name,) = [name for name in names if "PlaybackKeys" in name]
    ring = Keyring.model_validate_json(secrets.get_secret_value(SecretId=name)["SecretString"])
    ended = datetime.now(UTC) - timedelta(hours=1)
    grant = Grant(
        session_id=ids.new("ses"),
        viewer_id=ids.new("vwr"),
        drama_id=drama_id,
        slots=slots,
        issued_at=ended - timedelta(hours=1),
        not_before=ended - timedelta(hours=1),
        expires_at=ended,
    )
    return f"{ring.keys[-1].id}.{mint(grant, issuer=ISSUER, key=ring.keys[-1].bytes)}"


def test_an_expired_token_is_refused_by_the_edge_and_replaced_by_the_player(
    watch: Callable[[], None], page: Page, endpoints: dict[str, Any]
) -> None:
    answers: list[str] = []
    refusals: list[Response] = []

    def hand_out_an_old_one(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        token = body["base_url"].rstrip("/").rpartition("/")[2]
        answers.append(token)
        if len(answers) == 1:
            drama_id = body["episodes"][0]["path"].partition("/")[0]
            old = expired_token(endpoints, drama_id, [1, 2, 3, 4, 5])
            body = json.loads(json.dumps(body).replace(token, old))
        route.fulfill(response=answer, json=body)

    def note(answer: Response) -> None:
        if "/media/" in answer.url and answer.status != 200:
            refusals.append(answer)

    page.route("**/playback", hand_out_an_old_one)
    page.on("response", note)
    watch()
    playing(page)
    assert len(answers) == 2, "the player asks once more"
    assert {(one.status, one.json()["code"]) for one in refusals} == {(403, "token_expired")}
