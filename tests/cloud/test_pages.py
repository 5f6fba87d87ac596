"""Web pages that call the API: the local cloud's own origin may, and no other."""

from typing import Any

import pytest

from tests.client import Answer, fetch

ELSEWHERE = "https://elsewhere.example"


def ask_first(cloud: dict[str, Any], origin: str, path: str = "/purchases") -> Answer:
    """A browser's question before it sends a purchase."""
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
    }
    return fetch(cloud["api_url"] + path, method="OPTIONS", headers=headers)


@pytest.mark.parametrize("path", ["/purchases", "/guests", "/dramas"])
def test_a_page_of_the_local_cloud_may_call(cloud: dict[str, Any], path: str) -> None:
    answer = ask_first(cloud, cloud["base_url"], path)
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == cloud["base_url"]
    assert answer.headers["access-control-allow-methods"] == "*"
    assert "idempotency-key" in answer.headers["access-control-allow-headers"].split(",")


def test_it_can_read_the_answer_and_its_id(cloud: dict[str, Any]) -> None:
    answer = fetch(f"{cloud['api_url']}/dramas", headers={"Origin": cloud["base_url"]})
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == cloud["base_url"]
    assert answer.headers["access-control-expose-headers"] == "apigw-requestid"


def test_a_page_from_elsewhere_is_told_nothing_that_lets_it(cloud: dict[str, Any]) -> None:
    read = fetch(f"{cloud['api_url']}/dramas", headers={"Origin": ELSEWHERE})
    for answer in (ask_first(cloud, ELSEWHERE), read):
        assert not [name for name in answer.headers if name.startswith("access-control-")]
