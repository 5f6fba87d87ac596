"""What operators do, against the local cloud: what each step does, and when it refuses."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner

from cliffhanger import clock
from operations import deployment, releases, rollback, teardown
from operations.__main__ import app
from operations.addresses import addresses_of
from operations.aliases import Released, point, released
from operations.errors import OperationError
from operations.preflight import preflight
from operations.pruning import prune
from operations.shell import target_of
from operations.smoke import smoke
from operations.target import Target
from operations.web import SmokeError
from tests.client import Client
from tests.cloud.money import open_account, set_products
from tests.cloud.stages import scratch, stage_like_local


def yes() -> bool:
    return True


@pytest.fixture
def target(cloud: dict[str, Any]) -> Target:
    return target_of(None, None, Path(cloud["state"]))


def test_a_stage_that_is_all_there_passes_the_preflight(target: Target) -> None:
    assert preflight(target) == []


def test_a_preflight_tells_all_that_is_missing_at_once(target: Target, tmp_path: Path) -> None:
    elsewhere = stage_like_local(
        tmp_path,
        **{
            'region = "us-east-1"': 'region = "eu-west-1"',
            'removal = "destroy"': 'removal = "destroy"\nneeded_concurrency = 1_000_000',
        },
    )
    bootstrap, concurrency, apple, google = preflight(scratch(target, elsewhere))
    assert "cdk bootstrap" in bootstrap
    assert "1000000" in concurrency
    assert "cliffhanger/local/apple" in apple
    assert "create-secret" in apple
    assert "cliffhanger/local/google" in google


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("no json", "is not a JSON object"),
        ('{"issuer_id": "i", "private_key": "p"}', "lacks key_id"),
        ('{"issuer_id": "i", "key_id": "k", "private_key": "p"}', "is no PEM key"),
    ],
)
def test_a_secret_that_is_not_what_it_must_be_is_told_without_its_text(
    target: Target, tmp_path: Path, text: str, told: str
) -> None:
    name = f"operations-test/{told.rsplit(maxsplit=1)[-1]}"
    target.client("secretsmanager").create_secret(Name=name, SecretString=text)
    path = stage_like_local(tmp_path, **{'"cliffhanger/local/apple"': f'"{name}"'})
    (fault,) = preflight(scratch(target, path))
    assert told in fault
    assert text not in fault
    target.client("secretsmanager").delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def test_wrong_credentials_are_told_once_and_stop_the_rest(target: Target) -> None:
    stranger = boto3.Session("AKIASTRANGER", "wrong", region_name="us-east-1")
    (fault,) = preflight(replace(target, session=stranger))
    assert "does not know who you are" in fault


def test_nothing_is_deployed_when_the_preflight_fails(target: Target) -> None:
    stranger = boto3.Session("AKIASTRANGER", "wrong", region_name="us-east-1")
    with pytest.raises(OperationError, match="Not deployed"):
        deployment.deploy(
            replace(target, session=stranger), print, yes, with_smoke=False, warn=print
        )


def test_the_smoke_test_plays_the_demo_and_leaves_no_guest(target: Target) -> None:
    told: list[str] = []
    smoke(addresses_of(target), told.append)
    assert any("plays" in one for one in told)
    assert told[-1] == "the guest was deleted"


def test_the_smoke_test_plays_an_episode_that_is_named(
    target: Target, cloud: dict[str, Any], anyone: Client
) -> None:
    drama = anyone.get("/dramas").body["items"][0]
    episodes = anyone.get(f"/dramas/{drama['id']}/episodes").body["items"]
    free = [one["id"] for one in episodes if one["access"] == "free"]
    told: list[str] = []
    assert smoke(addresses_of(target), told.append, free[-1])
    assert any(f"episode {free[-1]} plays" in one for one in told)
    with pytest.raises(SmokeError, match="answered 404"):
        smoke(addresses_of(target), print, "ep_01JD0000000000000000000000")


@pytest.fixture
def broken(target: Target) -> Iterator[Released]:
    """The catalogue with a version live that cannot start."""
    client = target.client("lambda")
    name = next(one.name for one in released(target) if "Catalog" in one.name)
    sound = client.get_function_configuration(FunctionName=name)["Handler"]
    before = next(one for one in released(target) if one.name == name)
    client.update_function_configuration(FunctionName=name, Handler="nowhere.handler")
    version = client.publish_version(FunctionName=name)["Version"]
    point(target, name, int(version))
    yield before
    client.update_function_configuration(FunctionName=name, Handler=sound)
    point(target, name, before.live)
    client.delete_function(FunctionName=name, Qualifier=version)


def test_a_broken_release_fails_the_smoke_test_and_a_rollback_mends_it(
    target: Target, broken: Released
) -> None:
    with pytest.raises(SmokeError, match="/dramas answered 5"):
        smoke(addresses_of(target), print)
    (step,) = rollback.roll_back(target)
    assert (step.function, step.after) == (broken.name, broken.live)
    smoke(addresses_of(target), print)
    with pytest.raises(OperationError, match="Nothing to go back to"):
        rollback.plan(target)


def test_a_rollback_takes_back_what_the_last_deployment_changed_and_no_more(
    target: Target,
) -> None:
    client = target.client("lambda")
    one, other = released(target)[:2]
    releases.note(target, released(target), clock.now())
    for function in (one, other):  # both have an older version; the deployment changed one
        client.update_function_configuration(FunctionName=function.name, Description="again")
        client.publish_version(FunctionName=function.name)
    newest = max(next(f for f in released(target) if f.name == one.name).published)
    point(target, one.name, newest)
    (step,) = rollback.roll_back(target)
    assert (step.function, step.before, step.after) == (one.name, newest, one.live)
    releases.forget(target)


def test_pruning_keeps_the_last_ones_and_what_an_alias_points_to(target: Target) -> None:
    client = target.client("lambda")
    function = released(target)[-1]
    for number in range(4):
        client.update_function_configuration(
            FunctionName=function.name, Description=f"number {number}"
        )
        client.publish_version(FunctionName=function.name)
    published = released(target)[-1].published
    deleted = [version for name, version in prune(target, keep=2) if name == function.name]
    assert deleted == [one for one in published[:-2] if one != function.live]
    assert released(target)[-1].published == (function.live, *published[-2:])
    smoke(addresses_of(target), print)


def test_a_stage_that_keeps_its_data_refuses_to_be_taken_down(
    target: Target, tmp_path: Path
) -> None:
    path = stage_like_local(tmp_path, **{'removal = "destroy"': 'removal = "retain"'})
    with pytest.raises(OperationError, match="outlives its stacks"):
        teardown.tear_down(scratch(target, path), print, yes)
    assert target.outputs


def test_a_stage_that_was_deployed_to_keep_its_data_refuses_whatever_its_file_says_now(
    target: Target,
) -> None:
    client = target.client("cloudformation")
    name = target.stack("data")
    client.update_termination_protection(StackName=name, EnableTerminationProtection=True)
    try:
        with pytest.raises(OperationError, match="protected"):
            teardown.tear_down(target, print, yes)
    finally:
        client.update_termination_protection(StackName=name, EnableTerminationProtection=False)


def forget(target: Target, viewer_id: str, answer: str = "y\n") -> Any:
    """What `forget-viewer` says to an operator who answers its question."""
    assert target.place
    words = ["forget-viewer", viewer_id, f"--local={target.place.state}"]
    return CliRunner().invoke(app, words, input=answer)


def test_a_viewer_who_asked_for_it_is_deleted_once_the_operator_agrees(
    target: Target, cloud: dict[str, Any], anyone: Client
) -> None:
    guest = anyone.post("/guests").body
    viewer = Client(cloud["api_url"], guest["access_token"])
    assert viewer.call("PATCH", "/me", {"auto_unlock": True}).status == 200

    assert forget(target, guest["viewer_id"], "n\n").exit_code == 1
    assert viewer.get("/me").status == 200, "nothing was deleted without a yes"

    done = forget(target, guest["viewer_id"])
    assert done.exit_code == 0, done.output
    assert "the account is gone" in done.output
    assert "forgotten: 1 VIEWER" in done.output
    assert viewer.get("/wallet").body["code"] == "viewer_deleted"
    refreshed = anyone.post("/sessions/refresh", {"refresh_token": guest["refresh_token"]})
    assert refreshed.status == 401

    again = forget(target, guest["viewer_id"])
    assert again.exit_code == 0, again.output
    assert "no account any more" in again.output


def test_the_books_of_a_deleted_viewer_are_kept_and_told(
    target: Target, cloud: dict[str, Any]
) -> None:
    set_products(cloud)
    buyer = open_account(cloud)
    assert buyer.claim_apple(buyer.buy_from_apple()).status == 200
    done = forget(target, buyer.id)
    assert done.exit_code == 0, done.output
    kept = done.output.partition("kept for the books: ")[2]
    assert "1 LED" in kept
    assert "1 WALLET" in kept


def test_what_is_no_viewers_id_deletes_nobody(target: Target) -> None:
    refused = forget(target, "vwr_typo")
    assert isinstance(refused.exception, OperationError)
    assert "no viewer's id" in str(refused.exception)
