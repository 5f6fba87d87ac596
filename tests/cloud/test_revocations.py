"""What is revoked stops at the edge within seconds, and nothing else does."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cliffhanger import clock
from local.aws import client, sign_in
from tests.client import Client, fetch
from tests.cloud.clips import vertical_clip
from tests.cloud.conftest import Studio, wake_the_edge_writer

SECONDS = 15.0


@dataclass(frozen=True)
class Title:
    """A published drama with two free episodes."""

    studio: Studio
    drama_id: str
    episode_ids: tuple[str, str]

    @property
    def path(self) -> str:
        return f"/studio/dramas/{self.drama_id}"

    def act(self, action: str, episode: int | None = None) -> None:
        place = "" if episode is None else f"/episodes/{self.episode_ids[episode]}"
        assert self.studio.client.post(f"{self.path}{place}/{action}").status == 200


@dataclass(frozen=True)
class Watching:
    """A viewer's sitting: the URLs of both episodes under one token."""

    session_id: str
    urls: tuple[str, str]

    def answers(self) -> tuple[int, int]:
        first, second = (fetch(url).status for url in self.urls)
        return first, second

    def settle(self, wanted: tuple[int, int], seconds: float = SECONDS) -> None:
        end = time.monotonic() + seconds
        while (found := self.answers()) != wanted:
            assert time.monotonic() < end, f"after {seconds} s: {found}, not {wanted}"
            time.sleep(0.05)


@pytest.fixture(scope="module")
def title(cloud: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Title]:
    member = Studio(Client(cloud["api_url"], sign_in(cloud, group="studio").access_token))
    wake_the_edge_writer(cloud)
    clip = vertical_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", seconds=2, size="360x640")
    drama = member.drama()
    episodes = [member.episode(drama["id"], number)["id"] for number in (1, 2)]
    assets = [member.upload(episode, clip)["id"] for episode in episodes]
    assert {member.settled(asset)["status"] for asset in assets} == {"ready"}
    member.publish(drama["id"], *episodes)
    yield Title(member, drama["id"], (episodes[0], episodes[1]))
    member.client.post(f"/studio/dramas/{drama['id']}/unpublish")


def watch(title: Title, viewer: Client) -> Watching:
    opened = viewer.post(f"/episodes/{title.episode_ids[0]}/playback", {})
    assert opened.status == 200, opened.content
    first, second = (opened.body["base_url"] + one["path"] for one in opened.body["episodes"])
    watching = Watching(opened.body["session_id"], (first, second))
    watching.settle((200, 200))
    return watching


@pytest.fixture
def another(cloud: dict[str, Any], anyone: Client) -> Client:
    return Client(cloud["api_url"], anyone.post("/guests").body["access_token"])


def viewer_id(viewer: Client) -> str:
    return str(viewer.get("/me").body["id"])


def test_a_revoked_session_ends_and_the_viewers_other_one_goes_on(
    title: Title, viewer: Client
) -> None:
    gone, stays = watch(title, viewer), watch(title, viewer)
    body = {"session_id": gone.session_id, "reason": "a shared link"}
    answer = title.studio.client.post("/studio/revocations", body)
    assert (answer.status, answer.body["subject"]) == (201, gone.session_id), answer.content
    gone.settle((403, 403))
    assert json.loads(fetch(gone.urls[0]).content)["code"] == "revoked"
    assert stays.answers() == (200, 200)


def test_a_revoked_viewer_loses_every_sitting_and_nobody_else_does(
    title: Title, viewer: Client, another: Client
) -> None:
    first, second, others = watch(title, viewer), watch(title, viewer), watch(title, another)
    body = {"viewer_id": viewer_id(viewer)}
    assert title.studio.client.post("/studio/revocations", body).status == 201
    first.settle((403, 403))
    second.settle((403, 403))
    assert others.answers() == (200, 200)


def test_a_revoked_episode_stops_alone_until_it_is_published_again(
    title: Title, viewer: Client
) -> None:
    watching = watch(title, viewer)
    body = {"episode_id": title.episode_ids[1]}
    assert title.studio.client.post("/studio/revocations", body).status == 201
    watching.settle((200, 403))
    title.act("publish", episode=1)
    watching.settle((200, 200))


def test_a_revoked_drama_stops_for_everyone_until_it_is_published_again(
    title: Title, viewer: Client, another: Client
) -> None:
    ours, theirs = watch(title, viewer), watch(title, another)
    body = {"drama_id": title.drama_id}
    assert title.studio.client.post("/studio/revocations", body).status == 201
    ours.settle((403, 403))
    theirs.settle((403, 403))
    title.act("publish")
    ours.settle((200, 200))
    theirs.settle((200, 200))


def test_unpublishing_takes_it_from_those_who_watch_and_publishing_gives_it_back(
    title: Title, viewer: Client
) -> None:
    watching = watch(title, viewer)
    title.act("unpublish", episode=0)
    watching.settle((403, 200))
    title.act("unpublish")
    watching.settle((403, 403))
    title.act("publish")
    watching.settle((403, 200))
    title.act("publish", episode=0)
    watching.settle((200, 200))


def test_repeated_and_late_messages_change_nothing(
    title: Title, viewer: Client, cloud: dict[str, Any]
) -> None:
    watching = watch(title, viewer)
    sqs = client("sqs", endpoint=cloud["aws_endpoint_url"], region=cloud["region"])

    def send(action: str, *subjects: str, at: str) -> None:
        body = {"action": action, "subjects": subjects, "at": at}
        sqs.send_message(
            QueueUrl=cloud["queues"]["edge_writes"],
            MessageBody=json.dumps(body),
            MessageGroupId="edge",
        )

    title.act("unpublish", episode=0)
    watching.settle((403, 200))
    slot = f"{title.drama_id}/1"
    for second in range(4):
        send("look", slot, slot, title.drama_id, at=f"2026-01-01T00:00:0{second}Z")
    drained(sqs, cloud)
    assert watching.answers() == (403, 200)
    title.act("publish", episode=0)
    watching.settle((200, 200))
    send("look", slot, at="2026-01-01T00:00:09Z")
    send("sweep", at="2026-01-01T00:00:10Z")
    drained(sqs, cloud)
    time.sleep(1.5)  # the edge keeps what it read for a second
    assert watching.answers() == (200, 200)


def drained(sqs: Any, cloud: dict[str, Any]) -> None:
    """Wait until the writer has taken every message."""
    counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    end = time.monotonic() + 15
    while time.monotonic() < end:
        found = sqs.get_queue_attributes(
            QueueUrl=cloud["queues"]["edge_writes"], AttributeNames=counts
        )
        if not any(int(found["Attributes"][name]) for name in counts):
            return
        time.sleep(0.1)
    pytest.fail("the queue before the edge's store is not emptied")


def test_the_sweep_finds_what_a_lost_message_left_behind(
    title: Title, viewer: Client, cloud: dict[str, Any]
) -> None:
    """The table says that a session is revoked, and nobody has told the edge."""
    watching = watch(title, viewer)
    until = datetime.now(UTC) + timedelta(hours=1)
    client("dynamodb", endpoint=cloud["aws_endpoint_url"], region=cloud["region"]).put_item(
        TableName=cloud["tables"]["content"],
        Item={
            "pk": {"S": watching.session_id},
            "sk": {"S": "REVOKED"},
            "until": {"N": str(int(until.timestamp()))},
            "due": {"S": "revoked"},
            "due_at": {"S": clock.iso(until)},
        },
    )
    client("sqs", endpoint=cloud["aws_endpoint_url"], region=cloud["region"]).send_message(
        QueueUrl=cloud["queues"]["edge_writes"],
        MessageBody=json.dumps({"action": "sweep", "at": "2026-01-02T00:00:00Z"}),
        MessageGroupId="edge",
    )
    watching.settle((403, 403))


def test_a_rotation_of_the_keys_interrupts_nobody(
    title: Title, viewer: Client, cloud: dict[str, Any]
) -> None:
    before = watch(title, viewer)
    sqs = client("sqs", endpoint=cloud["aws_endpoint_url"], region=cloud["region"])
    sqs.send_message(
        QueueUrl=cloud["queues"]["edge_writes"],
        MessageBody=json.dumps({"action": "rotate", "at": clock.iso(clock.now())}),
        MessageGroupId="edge",
    )
    drained(sqs, cloud)
    assert before.answers() == (200, 200)
    assert watch(title, viewer).answers() == (200, 200)


def test_a_retried_revocation_is_the_same_one(title: Title, viewer: Client) -> None:
    watching = watch(title, viewer)
    body = {"session_id": watching.session_id}
    with ThreadPoolExecutor(4) as pool:
        calls = [
            pool.submit(title.studio.client.post, "/studio/revocations", body, key="pull-it")
            for _ in range(4)
        ]
    answers = [call.result() for call in calls]
    assert {one.status for one in answers} == {201}
    assert len({one.content for one in answers}) == 1
    other = title.studio.client.post(
        "/studio/revocations", {"viewer_id": viewer_id(viewer)}, key="pull-it"
    )
    assert (other.status, other.body["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"drama_id": "drm_01JD0000000000000000000000"}, 404, "drama_not_found"),
        ({"episode_id": "ep_01JD0000000000000000000000"}, 404, "episode_not_found"),
        ({}, 422, "invalid_payload"),
        ({"session_id": "key:k1"}, 422, "invalid_payload"),
        ({"episode_id": "drm_01JD0000000000000000000000/1"}, 422, "invalid_payload"),
    ],
)
def test_what_cannot_be_revoked_is_told(
    studio: Studio, body: dict[str, str], status: int, code: str
) -> None:
    refused = studio.client.post("/studio/revocations", body)
    assert (refused.status, refused.body["code"]) == (status, code)


def test_two_subjects_at_once_are_refused(studio: Studio, viewer: Client) -> None:
    drama = studio.drama()
    body = {"drama_id": drama["id"], "viewer_id": viewer_id(viewer)}
    refused = studio.client.post("/studio/revocations", body)
    assert (refused.status, refused.body["code"]) == (422, "invalid_payload")


def test_sixty_revocations_at_once_all_arrive(
    title: Title, viewer: Client, cloud: dict[str, Any]
) -> None:
    """More than one write of the store takes, while a sitting goes on."""
    watching, last = watch(title, viewer), watch(title, viewer)
    ids = [f"ses_01JD00000000000000000{number:05d}" for number in range(59)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(
                lambda one: title.studio.client.post("/studio/revocations", {"session_id": one}),
                [*ids, last.session_id],
            )
        )
    assert {one.status for one in answers} == {201}
    last.settle((403, 403), seconds=20)
    assert watching.answers() == (200, 200)
