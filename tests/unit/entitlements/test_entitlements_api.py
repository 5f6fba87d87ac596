"""Entitlements as the app sees them: VIP, what is unlocked, and the statement of both."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from botocore.exceptions import ClientError

from cliffhanger import aws, clock, dynamo, ids
from cliffhanger.entitlements import statements
from cliffhanger.identity import viewers
from functions.entitlements.handler import handler
from functions.studio.handler import handler as studio_handler
from tests.unit.entitlements.owning import line, own, subscribe, unlock_drama
from tests.unit.gateway import VIEWER, Answer, call, studio, viewer
from tests.unit.playback.viewing import play, season
from tests.unit.wallet.wallet_steps import buy


def entitlements(**query: str) -> Answer:
    return viewer(handler, "GET /v1/entitlements", query=query)


def key_set() -> Answer:
    return call(handler, "GET /v1/.well-known/jwks.json")


def verified(statement: str) -> dict[str, Any]:
    """The claims of a statement, as an app with the key set alone reads them."""
    keys = jwt.PyJWKSet.from_dict(key_set().body)
    header = jwt.get_unverified_header(statement)
    assert header["typ"] == "entitlements+jwt"
    found: dict[str, Any] = jwt.decode(
        statement,
        keys[header["kid"]],
        algorithms=["ES256"],
        issuer="cliffhanger",
        options={"require": ["iss", "sub", "iat", "exp"], "verify_iat": False},
    )
    return found


def test_who_has_nothing_is_told_so(statement_key: str) -> None:
    found = entitlements().body
    statement = found.pop("statement")
    vip = dict.fromkeys(("state", "expires_at", "store", "drama_ids"))
    vip |= {"active": False, "auto_renews": False}
    assert found == {"vip": vip, "unlocked": [], "next_cursor": None}
    claims = verified(statement)
    assert (claims["sub"], claims["vip"], claims["unlocked"]) == (VIEWER, [], {})


def test_what_is_unlocked_is_told_by_drama_in_episode_numbers(key: str, statement_key: str) -> None:
    first = season(4, free_episodes=1, episode_price=10)
    second = season(2, free_episodes=0, episode_price=10)
    buy(1000)
    for episode in (first[1], first[3]):
        play(episode, {"unlock": "coins"})
    unlock_drama(second[0]["drama_id"])
    found = entitlements().body
    assert found["unlocked"] == [
        {"drama_id": first[0]["drama_id"], "episodes": "2,4"},
        {"drama_id": second[0]["drama_id"], "episodes": "1-2"},
    ]
    assert verified(found["statement"])["unlocked"] == {
        first[0]["drama_id"]: "2,4",
        second[0]["drama_id"]: "1-2",
    }


def test_a_statement_lives_as_long_as_the_stage_says(statement_key: str) -> None:
    claims = verified(entitlements().body["statement"])
    assert claims["exp"] - claims["iat"] == 48 * 3600


def test_the_statement_says_until_when_vip_lasts_and_what_it_opens(statement_key: str) -> None:
    drama_id = ids.new("drm")
    ends = clock.now().replace(microsecond=0) + timedelta(days=3)
    subscribe(line(expires_at=ends), "1")
    subscribe(line("grace", opens=(drama_id,), expires_at=ends), "2")
    subscribe(line("expired"), "3")
    until = int(ends.timestamp())
    found = verified(entitlements().body["statement"])["vip"]
    assert sorted(found, key=str) == sorted(
        [{"until": until, "dramas": None}, {"until": until, "dramas": [drama_id]}], key=str
    )


def test_a_statement_that_was_changed_is_not_believed(statement_key: str) -> None:
    head, _, signature = entitlements().body["statement"].split(".")
    claims = jwt.encode({"iss": "cliffhanger", "sub": VIEWER}, "x" * 32).split(".")[1]
    with pytest.raises(jwt.InvalidSignatureError):
        verified(f"{head}.{claims}.{signature}")


def test_a_statement_of_many_dramas_is_signed_though_kms_takes_no_long_message(
    statement_key: str,
) -> None:
    unlocked = {ids.new("drm"): "1,3,5,7-80" for _ in range(100)}
    statement = statements.issue(VIEWER, [], unlocked, clock.now())
    assert len(statement) > 4096
    assert verified(statement)["unlocked"] == unlocked


def test_pages_lead_through_every_drama_once(key: str, statement_key: str) -> None:
    dramas = [season(1, free_episodes=0)[0]["drama_id"] for _ in range(5)]
    for drama_id in dramas:
        own(drama_id, [1])
    seen: list[str] = []
    query = {"limit": "2"}
    while True:
        page = entitlements(**query).body
        told = [one["drama_id"] for one in page["unlocked"]]
        assert list(verified(page["statement"])["unlocked"]) == told
        seen += told
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == sorted(dramas)
    assert entitlements(limit="5").body["next_cursor"] is None, "a full page may be the last"


def test_a_drama_that_is_unpublished_is_left_out(key: str, statement_key: str) -> None:
    (episode,) = season(1, free_episodes=0)
    own(episode["drama_id"], [1])
    own(ids.new("drm"), [1])
    assert len(entitlements().body["unlocked"]) == 1
    path = {"drama_id": episode["drama_id"]}
    studio(studio_handler, "POST /v1/studio/dramas/{drama_id}/unpublish", path=path)
    found = entitlements().body
    assert found["unlocked"] == []
    assert verified(found["statement"])["unlocked"] == {}


def test_a_drama_of_which_no_unlocked_episode_can_be_watched_is_left_out(
    key: str, statement_key: str
) -> None:
    episodes = season(2, free_episodes=1, episode_price=10)
    buy(10)
    play(episodes[1], {"unlock": "coins"})
    path = {"drama_id": episodes[1]["drama_id"], "episode_id": episodes[1]["id"]}
    for action, shown in (("unpublish", []), ("publish", ["2"])):
        route = f"POST /v1/studio/dramas/{{drama_id}}/episodes/{{episode_id}}/{action}"
        studio(studio_handler, route, path=path)
        found = entitlements().body
        assert [one["episodes"] for one in found["unlocked"]] == shown
        assert [*verified(found["statement"])["unlocked"].values()] == shown


def test_another_lists_cursor_is_refused(statement_key: str) -> None:
    assert entitlements(cursor="MTI").status == 422


def test_a_deleted_viewer_has_nothing(statement_key: str) -> None:
    dynamo.write(viewers.bury(VIEWER, clock.now()))
    answer = entitlements()
    assert (answer.status, answer.body["code"]) == (401, "viewer_deleted")


def test_entitlements_are_kept_by_no_cache_and_the_keys_by_every_one(statement_key: str) -> None:
    assert entitlements().headers["cache-control"] == "no-store"
    assert key_set().headers["cache-control"] == "public, max-age=3600"


def test_the_public_key_is_read_once_by_a_warm_function_and_kms_hashes_nothing_again(
    statement_key: str,
) -> None:
    asked: list[tuple[str, str | None]] = []

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        asked.append((model.name, params.get("MessageType")))

    events = aws.kms().meta.events
    events.register("provide-client-params.kms", note)
    for _ in range(2):
        entitlements()
        key_set()
    events.unregister("provide-client-params.kms", note)
    assert asked == [("GetPublicKey", None), ("Sign", "DIGEST"), ("Sign", "DIGEST")]


def test_the_key_set_holds_nothing_but_the_public_key(statement_key: str) -> None:
    (found,) = key_set().body["keys"]
    assert set(found) == {"kty", "crv", "x", "y", "use", "alg", "kid"}


def test_a_throttled_signature_is_to_be_asked_for_again(
    statement_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Throttled:
        def sign(self, **_: Any) -> None:
            error = {"Error": {"Code": "ThrottlingException", "Message": "x"}}
            raise ClientError(error, "Sign")  # type: ignore[arg-type]

        def get_public_key(self, **wanted: Any) -> Any:
            return real.get_public_key(**wanted)

    real = aws.kms()
    monkeypatch.setattr(aws, "kms", Throttled)
    answer = entitlements()
    assert (answer.status, answer.body["code"]) == (503, "busy")


def test_a_look_is_three_round_trips_however_many_dramas(
    key: str, statement_key: str, table_calls: list[str]
) -> None:
    for _ in range(3):
        own(season(1, free_episodes=0)[0]["drama_id"], [1])
    entitlements()
    table_calls.clear()
    entitlements()
    assert table_calls == ["BatchGetItem", "Query", "BatchGetItem"]


def test_vip_shows_its_end_and_its_store_and_ends_by_itself(
    statement_key: str, later: Callable[..., None]
) -> None:
    subscribe(line(store="google"))
    found = entitlements().body["vip"]
    assert (found["active"], found["state"], found["store"]) == (True, "active", "google")
    assert found["expires_at"] is not None
    later(days=7)
    found = entitlements().body["vip"]
    assert (found["active"], found["state"]) == (False, "expired")
