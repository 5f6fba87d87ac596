"""Reading several items at once: in the order asked, and none left out."""

from typing import Any

import pytest

from cliffhanger import aws, dynamo
from cliffhanger.errors import Busy


def key(number: int) -> dict[str, str]:
    return dynamo.key(f"pk{number}", "SK")


def test_items_of_two_tables_come_in_the_order_asked_and_none_for_what_is_not_there(
    stage: None,
) -> None:
    dynamo.write(dynamo.put("content", key(1) | {"of": "content"}))
    dynamo.write(dynamo.put("commerce", key(1) | {"of": "commerce"}))
    found = dynamo.batch_get(("commerce", key(1)), ("content", key(2)), ("content", key(1)))
    assert [one and one["of"] for one in found] == ["commerce", None, "content"]


def test_what_is_left_unprocessed_is_asked_for_again(
    stage: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        dynamo.write(dynamo.put("content", key(number)))
    real = aws.dynamodb().batch_get_item

    def one_at_a_time(*, RequestItems: Any) -> Any:  # noqa: N803 - the name is the API's
        first, *rest = RequestItems["content"]["Keys"]
        answer = real(RequestItems={"content": {"Keys": [first]}})
        left = {"content": {"Keys": rest}} if rest else {}
        return {"Responses": answer["Responses"], "UnprocessedKeys": left}

    monkeypatch.setattr(aws.dynamodb(), "batch_get_item", one_at_a_time)
    found = dynamo.batch_get(*(("content", key(number)) for number in range(3)))
    assert [one and one["pk"] for one in found] == ["pk0", "pk1", "pk2"]


def test_what_stays_unprocessed_is_told(stage: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*, RequestItems: Any) -> Any:  # noqa: N803 - the name is the API's
        return {"Responses": {}, "UnprocessedKeys": RequestItems}

    monkeypatch.setattr(aws.dynamodb(), "batch_get_item", nothing)
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    with pytest.raises(Busy):
        dynamo.batch_get(("content", key(1)))
