"""The CDK app: `-c stage=<name>` takes stages/<name>.toml, `-c stage_file=<path>` any other file.

`-c local=<json>` holds the addresses of the local cloud; with it the app is the same but for the
resource types that the local cloud does not know.
"""

import sys
from typing import Any

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks

from infra.api import Api
from infra.commerce import Commerce
from infra.data import Data
from infra.edge import Edge
from infra.edge_region import EDGE_REGION
from infra.firewall import Firewall
from infra.front import Front
from infra.layers import ROOT
from infra.media import Media
from infra.ops import Ops
from infra.safeguards import Safeguards
from infra.stage import Local, Stage, StageError, read_stage
from infra.worldwide import Worldwide

# Without it the CDK publishes no version when only a layer has changed: nearly all of our code is
# in one, and the alias would stay at what was live before.
_LAYERS_MAKE_VERSIONS = "@aws-cdk/aws-lambda:recognizeLayerVersion"


def stage_of(app: cdk.App) -> Stage:
    """Return the stage that the app's context names."""
    path = app.node.try_get_context("stage_file")
    name = app.node.try_get_context("stage")
    if not path and not name:
        raise StageError("Name a stage: -c stage=dev takes stages/dev.toml.")
    return read_stage(ROOT / (path or f"stages/{name}.toml"))


def build(app: cdk.App) -> dict[str, cdk.Stack]:
    """Add every stack of the stage to the app and return them by name."""
    app.node.set_context(_LAYERS_MAKE_VERSIONS, True)
    stage = stage_of(app)
    text = app.node.try_get_context("local")
    local = Local.model_validate_json(text) if text else None
    stacks = _stacks(_Site(app, stage, local), stage, local)
    cdk.Tags.of(app).add("project", "cliffhanger")
    cdk.Tags.of(app).add("stage", stage.name)
    return stacks


class _Site:
    """Where the stacks of a stage stand, and what all of them are told."""

    def __init__(self, app: cdk.App, stage: Stage, local: Local | None) -> None:
        self._app = app
        self._stage = stage
        self._common: dict[str, Any] = {
            "stage": stage,
            # What stands in CloudFront's region names what is in the stage's.
            "cross_region_references": local is None and stage.region != EDGE_REGION,
            "synthesizer": cdk.CliCredentialsStackSynthesizer() if local else None,
            "termination_protection": stage.keeps_data,
        }

    def at(self, name: str) -> tuple[cdk.App, str]:
        """Return scope and id of a stack."""
        return self._app, f"Cliffhanger-{self._stage.name}-{name}"

    @property
    def here(self) -> dict[str, Any]:
        """What a stack in the stage's region takes."""
        return self._common | {"env": cdk.Environment(region=self._stage.region)}

    @property
    def there(self) -> dict[str, Any]:
        """What a stack takes that CloudFront wants in its own region."""
        return self._common | {"env": cdk.Environment(region=EDGE_REGION)}


def _stacks(site: _Site, stage: Stage, local: Local | None) -> dict[str, cdk.Stack]:
    here = site.here
    data = Data(*site.at("data"), local=local, **here)
    edge = Edge(*site.at("edge"), local=local, data=data, **here)
    media = Media(*site.at("media"), local=local, data=data, edge=edge, **here)
    commerce = Commerce(*site.at("commerce"), local=local, data=data, **here)
    api = Api(*site.at("api"), local=local, data=data, edge=edge, commerce=commerce, **here)
    stacks: dict[str, cdk.Stack] = {
        "data": data,
        "edge": edge,
        "media": media,
        "commerce": commerce,
        "api": api,
    }
    firewall, front = None, None
    if local is None:  # the local edge stands in for them
        there = site.there
        firewall = Firewall(*site.at("firewall"), **there)
        front = Front(*site.at("front"), data=data, api=api, firewall=firewall, **here)
        worldwide = Worldwide(
            *site.at("worldwide"), data=data, edge=edge, front=front, firewall=firewall, **there
        )
        stacks |= {"firewall": firewall, "front": front, "worldwide": worldwide}
    ops = Ops(
        *site.at("ops"),
        data=data,
        media=media,
        edge=edge,
        commerce=commerce,
        api=api,
        front=front,
        firewall=firewall,
        **here,
    )
    stacks["ops"] = ops
    if not local and (stage.ops.backup_days or stage.ops.monthly_budget_usd):
        stacks["safeguards"] = Safeguards(
            *site.at("safeguards"), data=data, topic=ops.topic, **here
        )
    return stacks


def main() -> None:
    """Synthesize: with every check for AWS, without them for the local cloud."""
    app = cdk.App()
    try:
        build(app)
    except StageError as error:
        sys.exit(str(error))
    if app.node.try_get_context("local"):
        app.synth(skip_validation=True)
        return
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    app.synth()


if __name__ == "__main__":
    main()
