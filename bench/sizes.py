"""Zipped sizes of layers and functions as `make synth` makes them."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import aws_cdk as cdk

from bench.results import path_of
from bench.row import Line, Progress, Row
from infra.app import build

_STORES = {"purchases", "purchase_events", "store_notices"}
MOST_UNZIPPED_MB = 250


def assets(folder: Path) -> dict[str, tuple[list[str], Path]]:
    """Synthesize the production stage; return each function's layers and folder, by its name."""
    app = cdk.App(outdir=str(folder), context={"stage": "prod"}, analytics_reporting=False)
    names = [stack.stack_name for stack in build(app).values()]
    assembly = app.synth(skip_validation=True)
    found = {}
    for name in names:
        resources = assembly.get_stack_by_name(name).template["Resources"]
        for one in resources.values():
            if one["Type"] != "AWS::Lambda::Function" or "Layers" not in one["Properties"]:
                continue
            layers = [resources[ref["Ref"]]["Properties"] for ref in one["Properties"]["Layers"]]
            function = one["Properties"]["Handler"].partition(".")[0]
            described = [f"{layer['Description']}|{_key(layer['Content'])}" for layer in layers]
            found[function] = (described, folder / f"asset.{_key(one['Properties']['Code'])}")
    return found


def _key(code: Mapping[str, str]) -> str:
    return code["S3Key"].removesuffix(".zip")


def zipped(folder: Path) -> int:
    """Return the bytes of a folder as a zip."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in sorted(folder.rglob("*")):
            if one.is_file():
                archive.write(one, one.relative_to(folder))
    return len(kept.getvalue())


def measure(progress: Progress) -> Sequence[Line]:
    """Zip every asset."""
    folder = path_of("sizes")
    progress("synthesizing")
    functions = assets(folder)
    layers = sorted({layer for described, _ in functions.values() for layer in described})
    lines = []
    for layer in layers:
        description, _, key = layer.partition("|")
        size = zipped(folder / f"asset.{key}") / 1e6
        lines.append(Line(what=f"layer: {description}", measured=f"{size:.1f} MB"))
    for name, (described, code) in sorted(functions.items()):
        has = any("stores" in one for one in described)
        lines.append(
            Line(
                what=f"function: {name}",
                measured=f"{zipped(code) / 1e3:.1f} KB, {len(described)} layers",
                goal="with the stores' libraries" if name in _STORES else "without them",
                met=has == (name in _STORES),
            )
        )
    return lines


ROW = Row(
    name="sizes",
    title="Layer and function sizes, zipped",
    measure=measure,
    reading=(
        "A function carries its own folder and the layers. The stores' libraries stand in a layer"
        " that the functions of purchases alone carry, and the library that signs for the edge's"
        " key store in one that its only writer carries. Botocore's data of services that"
        " nobody calls is left out; it was nine tenths of the core layer's botocore."
    ),
)
