"""The CDK app: `-c stage=<name>` takes stages/<name>.toml, `-c stage_file=<path>` any other file.

`-c local=<json>` holds the addresses of the local cloud; with it the app is the same but for the
resource types that the local cloud does not know.
"""

import sys

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
    common = {
        "env": cdk.Environment(region=stage.region),
        # CloudFront's firewall, alarms and logs stand in one region, and name what is in another.
        "cross_region_references": local is None and stage.region != EDGE_REGION,
        "synthesizer": cdk.CliCredentialsStackSynthesizer() if local else None,
        "termination_protection": stage.keeps_data,
    }

    def named(name: str) -> str:
        return f"Cliffhanger-{stage.name}-{name}"

    data = Data(app, named("data"), stage=stage, local=local, **common)
    edge = Edge(app, named("edge"), stage=stage, local=local, data=data, **common)
    media = Media(app, named("media"), stage=stage, local=local, data=data, edge=edge, **common)
    commerce = Commerce(app, named("commerce"), stage=stage, local=local, data=data, **common)
    api = Api(
        app,
        named("api"),
        stage=stage,
        local=local,
        data=data,
        edge=edge,
        commerce=commerce,
        **common,
    )
    extra: dict[str, cdk.Stack] = {}
    firewall, front = None, None
    if local is None:  # the local edge stands in for them
        there = common | {"env": cdk.Environment(region=EDGE_REGION)}
        firewall = Firewall(app, named("firewall"), stage=stage, **there)
        front = Front(
            app, named("front"), stage=stage, data=data, api=api, firewall=firewall, **common
        )
        worldwide = Worldwide(
            app,
            named("worldwide"),
            stage=stage,
            data=data,
            edge=edge,
            front=front,
            firewall=firewall,
            **there,
        )
        extra |= {"firewall": firewall, "front": front, "worldwide": worldwide}
    ops = Ops(
        app,
        named("ops"),
        stage=stage,
        data=data,
        media=media,
        edge=edge,
        commerce=commerce,
        api=api,
        front=front,
        firewall=firewall,
        **common,
    )
    if not local and (stage.ops.backup_days or stage.ops.monthly_budget_usd):
        extra["safeguards"] = Safeguards(
            app, named("safeguards"), stage=stage, data=data, topic=ops.topic, **common
        )
    stacks = {
        "data": data,
        "edge": edge,
        "media": media,
        "commerce": commerce,
        "api": api,
        "ops": ops,
        **extra,
    }
    cdk.Tags.of(app).add("project", "cliffhanger")
    cdk.Tags.of(app).add("stage", stage.name)
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
