"""Whatever a queue brings: taken, or given back to the queue, and nothing is granted by it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cliffhanger import aws
from functions.playback_keys.handler import handler as playback_keys
from functions.purchase_events.handler import handler as purchase_events
from functions.transcoding.handler import handler as transcoding
from tests.unit.edge_store import Store
from tests.unit.fuzz.anything import IDS, WORDS, anything, tried
from tests.unit.pipeline import Transcoder
from tests.unit.purchases.core.market import Market

TIMES = 50


def some(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A document with these fields, some of which may be strange, or missing."""
    return st.fixed_dictionaries(
        {}, optional={name: one | anything for name, one in values.items()}
    )


STATUSES = ["PROGRESSING", "STATUS_UPDATE", "INPUT_INFORMATION", "COMPLETE", "ERROR", "CANCELED"]
JOB = some(
    jobId=WORDS,
    status=st.sampled_from(STATUSES),
    timestamp=st.integers(),
    userMetadata=some(asset_id=IDS, attempt=WORDS, asset=IDS),
    outputGroupDetails=st.lists(some(outputDetails=anything, type=WORDS), max_size=2),
    jobProgress=some(jobPercentComplete=st.integers()),
    errorCode=st.integers(),
    errorMessage=WORDS,
)
S3 = some(object=some(key=st.builds("sources/{}".format, IDS | WORDS)), bucket=anything)
PIPELINE = some(source=st.sampled_from(["aws.s3", "aws.mediaconvert"]), detail=S3 | JOB)
EDGE = some(
    action=st.sampled_from(["look", "sweep"]), subjects=st.lists(IDS | WORDS, max_size=5), at=WORDS
)
NOTICE = some(
    store=st.sampled_from(["apple", "google"]),
    kind=WORDS,
    payload=anything,
    signed_payload=WORDS,
    message_id=WORDS,
    purchase_token=WORDS,
    notification=anything,
    received_at=st.just("2026-11-25T12:00:00Z"),
)


def bodies(right: st.SearchStrategy[Any]) -> st.SearchStrategy[str]:
    nested = st.integers(1, 20_000).map(lambda depth: "[" * depth)
    return right.map(json.dumps) | anything.map(json.dumps) | WORDS | nested


def records(texts: list[str]) -> dict[str, Any]:
    """A batch as SQS hands it to a function."""
    return {
        "Records": [
            {
                "messageId": str(number),
                "receiptHandle": "r",
                "body": text,
                "attributes": {"ApproximateReceiveCount": "1", "MessageGroupId": str(number)},
                "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:queue",
            }
            for number, text in enumerate(texts)
        ]
    }


def rows() -> list[Any]:
    """All that stands in both tables."""
    return [aws.dynamodb().scan(TableName=table)["Items"] for table in ("content", "commerce")]


def check(answer: dict[str, Any], texts: list[str]) -> None:
    failed = [one["itemIdentifier"] for one in answer["batchItemFailures"]]
    assert len(set(failed)) == len(failed)
    assert set(failed) <= {str(number) for number in range(len(texts))}


def test_transcoding_takes_or_gives_back_whatever_comes(
    transcoder: Transcoder, episode: Any
) -> None:
    before = rows()

    @tried(TIMES)
    @given(texts=st.lists(bodies(PIPELINE), max_size=3))
    def taken(texts: list[str]) -> None:
        check(transcoding(records(texts), None), texts)

    taken()
    assert (rows(), transcoder.jobs) == (before, [])


def test_purchase_events_take_or_give_back_whatever_comes(whole: Market) -> None:
    before = rows()

    @tried(TIMES)
    @given(texts=st.lists(bodies(NOTICE), max_size=3))
    def taken(texts: list[str]) -> None:
        check(purchase_events(records(texts), None), texts)

    taken()
    assert rows() == before


def test_the_writer_of_the_edges_store_takes_or_gives_back_whatever_comes(
    whole: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store()
    monkeypatch.setattr(aws, "client", lambda _service, **_config: store)
    before = rows()

    @tried(TIMES)
    @given(texts=st.lists(bodies(EDGE), max_size=3))
    def taken(texts: list[str]) -> None:
        check(playback_keys(records(texts), None), texts)

    taken()
    assert rows() == before
    assert not [name for name in store.entries if name.startswith("key:")]
