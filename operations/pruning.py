"""Pruning: each published version of a function with SnapStart is paid for by the hour."""

from operations import releases
from operations.aliases import released
from operations.target import Target

KEPT = 3


def prune(target: Target, keep: int = KEPT) -> list[tuple[str, int]]:
    """Delete old versions and return them, each as the function's name and its number.

    What stays: the last `keep` of each function, what an alias sends calls to, and what the last
    deployment replaced, since a rollback goes there.
    """
    last = releases.noted(target)[-1:]
    client = target.client("lambda")
    deleted = []
    for function in released(target):
        stay = set(function.published[-keep:]) | function.aliased
        stay |= {one.live[function.name] for one in last if function.name in one.live}
        for version in function.published:
            if version not in stay:
                client.delete_function(FunctionName=function.name, Qualifier=str(version))
                deleted.append((function.name, version))
    return deleted
