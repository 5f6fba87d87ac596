"""Closing a stage while its data is put right: no function runs, no queue is read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from operations.target import Target


@contextmanager
def paused(target: Target, tell: Callable[[str], None]) -> Iterator[None]:
    """Stop all functions of a stage for a while. Callers get 5xx; messages wait in their queues.

    Queues are closed first, so that no message is tried in vain and given up. Everything opens
    again also when what happens meanwhile fails.
    """
    client = target.client("lambda")
    functions = target.resources("AWS::Lambda::Function")
    limits = {name: _limit(client, name) for name in functions}
    mappings = [one for name in functions for one in _mappings(client, name)]
    try:
        for mapping in mappings:
            client.update_event_source_mapping(UUID=mapping, Enabled=False)
        for name in functions:
            client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
        tell(f"closed: {len(functions)} functions, {len(mappings)} queues")
        yield
    finally:
        for name, limit in limits.items():
            if limit is None:
                client.delete_function_concurrency(FunctionName=name)
            else:
                client.put_function_concurrency(
                    FunctionName=name, ReservedConcurrentExecutions=limit
                )
        for mapping in mappings:
            client.update_event_source_mapping(UUID=mapping, Enabled=True)
        tell("open again")


def _limit(client: Any, function: str) -> int | None:
    found = client.get_function_concurrency(FunctionName=function)
    limit: int | None = found.get("ReservedConcurrentExecutions")
    return limit


def _mappings(client: Any, function: str) -> list[str]:
    found = client.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
    return [one["UUID"] for one in found if one["State"] in {"Enabled", "Enabling", "Creating"}]
