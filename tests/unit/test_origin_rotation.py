"""The origin's secret is replaced while calls come in, and none of them is refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from cliffhanger import aws, origin
from cliffhanger.origin import HEADER
from functions.catalog.handler import handler as catalog
from infra import rotate_origin
from infra.rotate_origin import RotationError, rotate
from tests.unit.gateway import call

OLD = "A" * 48


class Edge:
    """CloudFront, as far as a rotation sees it. At each step both values may come in."""

    def __init__(self) -> None:
        self.value = OLD
        self.breaks = False

    def get_distribution_config(self, **_: Any) -> dict[str, Any]:
        header = {"HeaderName": HEADER, "HeaderValue": self.value}
        origins = {"Items": [{"CustomHeaders": {"Items": [header]}}]}
        return {"ETag": "1", "DistributionConfig": {"Origins": origins}}

    def update_distribution(self, **asked: Any) -> None:
        before = self.value
        (header,) = asked["DistributionConfig"]["Origins"]["Items"][0]["CustomHeaders"]["Items"]
        self.value = header["HeaderValue"]
        assert [ask(before), ask(self.value)] == [200, 200]

    def get_waiter(self, name: str) -> "Edge":
        assert name == "distribution_deployed"
        return self

    def wait(self, **_: Any) -> None:
        if self.breaks:
            raise ConnectionError
        assert ask(self.value) == 200


def ask(value: str) -> int:
    return call(catalog, "GET /v1/dramas", headers={HEADER: value}).status


@pytest.fixture
def edge(stage: None, monkeypatch: pytest.MonkeyPatch) -> Edge:
    monkeypatch.setattr(origin, "_cache", {})
    monkeypatch.setattr(origin, "_AGAIN_SECONDS", -1)  # the wait of a rotation takes no time here
    monkeypatch.setattr(rotate_origin, "_SETTLING_SECONDS", 0)
    text = json.dumps({"sending": OLD, "also": ""})
    aws.secrets().create_secret(Name="origin", SecretString=text)
    assert ask(OLD) == 200
    return Edge()


@pytest.fixture
def turn(edge: Edge) -> Callable[..., list[str]]:
    def run(**how: Any) -> list[str]:
        told: list[str] = []
        rotate(
            aws.secrets(),
            edge,
            secret_id="origin",
            distribution_id="E1",
            tell=told.append,
            **how,
        )
        return told

    return run


def test_old_and_new_are_good_while_the_edge_goes_over(
    edge: Edge, turn: Callable[..., list[str]]
) -> None:
    told = turn()
    assert edge.value != OLD
    assert len(edge.value) >= 48
    assert [ask(edge.value), ask(OLD)] == [200, 200]
    assert edge.value not in "".join(told)


def test_the_next_rotation_ends_the_value_before_the_last(
    edge: Edge, turn: Callable[..., list[str]]
) -> None:
    turn()
    between = edge.value
    turn()
    origin._cache.clear()  # five minutes later
    assert [ask(edge.value), ask(between), ask(OLD)] == [200, 200, 403]


def test_a_stolen_value_ends_with_the_rotation(edge: Edge, turn: Callable[..., list[str]]) -> None:
    turn(stolen=True)
    origin._cache.clear()  # five minutes later
    assert [ask(edge.value), ask(OLD)] == [200, 403]


def test_a_rotation_that_was_broken_off_is_gone_on_with(
    edge: Edge, turn: Callable[..., list[str]]
) -> None:
    edge.breaks = True
    with pytest.raises(ConnectionError):
        turn()
    assert [ask(edge.value), ask(OLD)] == [200, 200]
    edge.breaks, begun = False, edge.value
    turn()
    assert edge.value == begun
    kept = json.loads(aws.secrets().get_secret_value(SecretId="origin")["SecretString"])
    assert kept == {"sending": begun, "also": OLD}


def test_an_edge_that_sends_something_else_is_told_and_left_alone(
    edge: Edge, turn: Callable[..., list[str]]
) -> None:
    edge.value = "changed by hand"
    with pytest.raises(RotationError, match="not in the secret"):
        turn()
    assert ask(OLD) == 200
