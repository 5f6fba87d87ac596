"""Queues: what was set aside, and what is not taken."""

from dataclasses import dataclass

from aws_cdk import aws_sqs as sqs

from infra.watch.alarms import Alarms, Watch, minutes


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A queue, and how old its oldest message may get, in seconds."""

    name: str
    queue: sqs.Queue
    oldest: int
    told: str


def watch_queue(alarms: Alarms, watched: Watched) -> None:
    """Watch a queue and the queue of its dead letters."""
    name, queue = watched.name, watched.queue
    dead = queue.dead_letter_queue
    assert dead is not None  # noqa: S101 - every queue of ours has one
    alarms.add(
        f"{name}DeadLetters",
        dead.queue.metric_approximate_number_of_messages_visible(
            period=minutes(5), statistic="Maximum"
        ),
        Watch(
            what=f"{watched.told} failed again and again, and was set aside.",
            entry=f"Dead letters: {name}",
            threshold=1,
        ),
    )
    alarms.add(
        f"{name}Waiting",
        queue.metric_approximate_age_of_oldest_message(period=minutes(1), statistic="Maximum"),
        Watch(
            what=f"{watched.told} waits, and nobody takes it.",
            entry="A queue is not emptied",
            threshold=watched.oldest,
            times=2,
            of=2,
        ),
    )
