"""A deployment from preflight to addresses."""

from collections.abc import Callable
from dataclasses import replace

from cliffhanger import clock
from operations import cdk, releases
from operations.addresses import Addresses, addresses_of
from operations.aliases import released
from operations.errors import OperationError
from operations.preflight import preflight
from operations.pruning import prune
from operations.smoke import NOT_PLAYED, smoke
from operations.target import Target

Tell = Callable[[str], None]


def deploy(
    target: Target, tell: Tell, confirm: Callable[[], bool], *, with_smoke: bool, warn: Tell
) -> Addresses:
    """Deploy a stage, try it, and take old versions away.

    Args:
        target: the stage.
        tell: told each step.
        confirm: asked once, after the difference was shown.
        with_smoke: try it as an app would. Without, no version is pruned either.
        warn: told what the smoke test could not try.

    Raises:
        OperationError: a step failed, or the answer was no. The message says what to do.
    """
    faults = preflight(target)
    if faults:
        raise OperationError("\n".join(["Not deployed:", *(f"  - {one}" for one in faults)]))
    tell("preflight: all is there")
    made = cdk.synthesize(target)
    cdk.diff(target, made)
    if not confirm():
        raise OperationError("Not deployed, as you wished.")
    releases.note(target, released(target), clock.now())
    cdk.deploy(target, made)
    deployed = replace(target)  # its outputs are read anew
    addresses = addresses_of(deployed)
    tell("deployed")
    if with_smoke:
        if not _try_out(deployed, addresses, tell):
            warn(f"smoke test: {NOT_PLAYED}")
        for function, version in prune(deployed):
            tell(f"pruned version {version} of {function}")
    return addresses


def _try_out(target: Target, addresses: Addresses, tell: Tell) -> bool:
    try:
        return smoke(addresses, lambda step: tell(f"smoke test: {step}"))
    except OperationError as error:
        raise OperationError(
            f"Deployed, and the smoke test failed: {error}\nGo back with"
            f" `make rollback STAGE={target.stage.name}`."
        ) from error
