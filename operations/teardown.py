"""Teardown: every stack of a stage, with its data. A stage that keeps its data refuses."""

from collections.abc import Callable
from itertools import chain

from operations import cdk, releases
from operations.errors import OperationError
from operations.target import Target


def tear_down(target: Target, tell: Callable[[str], None], confirm: Callable[[], bool]) -> None:
    """Empty the stage's buckets and destroy its stacks, for good.

    Raises:
        OperationError: the stage keeps its data, nothing is deployed, the answer was no, or a
            stack stayed.
    """
    name = target.stage.name
    if target.stage.keeps_data:
        raise OperationError(
            f'The stage {name} has removal = "retain": its data outlives its stacks, so they are'
            " not taken down. To give it up, deploy it once with removal = "
            '"destroy" (that lifts every protection), and tear it down then.'
        )
    if not target.outputs:
        raise OperationError(f"Nothing of the stage {name} is deployed in {target.stage.region}.")
    protected = _protected(target)
    if protected:
        raise OperationError(
            f"These stacks are protected, whatever the stage file says now: {', '.join(protected)}."
            ' They were deployed with removal = "retain". Deploy the stage as it is now first.'
        )
    if not confirm():
        raise OperationError("Nothing was taken down, as you wished.")
    made = cdk.synthesize(target)  # before anything goes: a stage file may be wrong
    for bucket in target.resources("AWS::S3::Bucket"):
        tell(f"{bucket}: {_empty(target, bucket)} objects deleted")
    cdk.destroy(target, made)
    releases.forget(target)
    tell(f"the stage {name} is gone")


def _protected(target: Target) -> list[str]:
    formations = [target.client("cloudformation", region) for region in target.regions]
    pages = [one.get_paginator("describe_stacks").paginate() for one in formations]
    return [
        stack["StackName"]
        for page in chain.from_iterable(pages)
        for stack in page["Stacks"]
        if stack["StackName"].startswith(target.stack(""))
        and stack.get("EnableTerminationProtection")
    ]


def _empty(target: Target, bucket: str) -> int:
    s3 = target.client("s3")
    count = 0
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        objects = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found]
        if objects:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
            count += len(objects)
    return count
