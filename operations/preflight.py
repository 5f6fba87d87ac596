"""What must be true before a deployment. Every check runs; each failure says what to do."""

import shutil
from collections.abc import Callable, Iterator

from botocore.exceptions import BotoCoreError, ClientError

from infra import bytecode
from local.layout import ROOT
from operations.quotas import low_quotas
from operations.store_secrets import apple_key, google_key, secret_fault
from operations.target import Target
from operations.toolchain import node_fault

Faults = Iterator[str]
_BOOTSTRAP = "/cdk-bootstrap/hnb659fds/version"
_BOOTSTRAP_VERSION = 8
"""What the templates ask for (`requiresBootstrapStackVersion` of their lookups)."""


def preflight(target: Target) -> list[str]:
    """Return a sentence for each thing that is wrong; nothing when a deployment may begin.

    What needs AWS is looked at only when AWS knows who asks.
    """
    faults = [*_tools(), *_roots(target)]
    refused = list(_told(_credentials, target))
    if refused:
        return faults + refused
    for check in (_bootstrap, _concurrency, _secrets):
        faults += _told(check, target)
    return faults


def warnings(target: Target) -> list[str]:
    """Return a sentence for each thing without which a stage is worse, and no less right."""
    if bytecode.interpreter(bytecode.RUNTIME):
        return [*low_quotas(target)]
    slow = (
        f"there is no Python {bytecode.RUNTIME} at hand, so the layers go without bytecode and each"
        f" cold start compiles all it imports. Put python{bytecode.RUNTIME} on the path."
    )
    return [slow, *low_quotas(target)]


def _told(check: Callable[[Target], Faults], target: Target) -> Faults:
    """A check that AWS refuses is a fault of its own, and keeps no other from being told."""
    try:
        yield from check(target)
    except (BotoCoreError, ClientError) as error:
        what = check.__name__.strip("_")
        yield f"The check of {what} was refused: {error}. Give these credentials that right."


def _tools() -> Faults:
    found = shutil.which("node")
    fault = node_fault(found)
    if fault:
        yield fault
    if not (ROOT / "node_modules" / ".bin" / "cdk").exists():
        yield "The CDK is not installed here. Run `npm ci`, or call this through `make deploy`."


def _roots(target: Target) -> Faults:
    folder = target.stage.apple.root_certificates
    if not list(folder.glob("*.cer")):
        yield (
            f"apple.root_certificates: there is no .cer file in {folder}. Download Apple's root"
            " certificates (DER) from apple.com/certificateauthority into it."
        )


def _credentials(target: Target) -> Faults:
    region = target.stage.region
    if region not in target.session.get_available_regions("lambda"):
        yield f"region: AWS has no region {region} with Lambda. Correct it in the stage file."
        return
    try:
        target.client("sts").get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        yield (
            f"AWS does not know who you are in {region}: {error} Sign in (`aws sso login`, or set"
            " AWS_PROFILE), and enable the region for this account if it is an opt-in region."
        )


def _bootstrap(target: Target) -> Faults:
    for region in target.regions:
        ssm = target.client("ssm", region)
        command = f"`npx cdk bootstrap aws://ACCOUNT/{region}`"
        try:
            version = int(ssm.get_parameter(Name=_BOOTSTRAP)["Parameter"]["Value"])
        except ssm.exceptions.ParameterNotFound:
            yield f"The CDK has no bootstrap stack in {region}. Run {command} once."
            continue
        if version < _BOOTSTRAP_VERSION:
            yield (
                f"The bootstrap stack in {region} has version {version}; {_BOOTSTRAP_VERSION} is"
                f" needed. Run {command} again."
            )


def _concurrency(target: Target) -> Faults:
    needed = target.stage.ops.needed_concurrency
    limits = target.client("lambda").get_account_settings()["AccountLimit"]
    if limits["ConcurrentExecutions"] < needed:
        yield (
            f"Lambda may run {limits['ConcurrentExecutions']} functions at once in"
            f" {target.stage.region}; ops.needed_concurrency asks for {needed}. Ask for more in"
            " Service Quotas (Lambda, Concurrent executions, L-B99A9384)."
        )


def _secrets(target: Target) -> Faults:
    manager = target.client("secretsmanager")
    for key, name, check in (
        ("apple.api_secret", target.stage.apple.api_secret, apple_key),
        ("google.credentials_secret", target.stage.google.credentials_secret, google_key),
    ):
        fault = secret_fault(manager, name, check)
        if fault:
            yield f"{key}: {fault}"
