"""Layers: our own code, and the locked libraries, installed by uv without Docker."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import botocore_data, bytecode
from infra.stage import Local

ROOT = Path(__file__).parent.parent
_PACKAGE = ROOT / "layers" / "cliffhanger"
_RUNTIME_PLATFORM = "aarch64-manylinux_2_28"
_HANDLER_PYTHON = lambda_.Runtime.PYTHON_3_13


@jsii.implements(cdk.ILocalBundling)
class _LockedLibraries:
    """Installs a lock file, with its hashes, for the machine that will run it."""

    def __init__(self, lock: Path, target: list[str], compiler: str | None) -> None:
        self._lock = lock
        self._target = target
        self._compiler = compiler

    def try_bundle(self, output_dir: str, *, image: Any = None, **_: Any) -> bool:  # noqa: ARG002
        self._install(Path(output_dir) / "python")
        # Tests and metadata of the libraries are dead weight in a cold start's download.
        for name in ("bin", "__pycache__"):
            for found in sorted(Path(output_dir).rglob(name)):
                if found.is_dir():
                    shutil.rmtree(found)
        data = Path(output_dir) / "python" / "botocore" / "data"
        if data.exists():
            botocore_data.keep(data, botocore_data.services())
        if self._compiler:
            bytecode.compile_folder(Path(output_dir), self._compiler)
        return True

    def _install(self, folder: Path) -> None:
        uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv"
        how = ["--quiet", "--no-compile-bytecode", "--require-hashes", "--only-binary=:all:"]
        how += ["--link-mode=copy"]  # what is changed here must not be uv's own copy
        where = [*self._target, "--target", str(folder), "--requirements", str(self._lock)]
        command = [uv, "pip", "install", *how, *where]
        # What was fetched once is not asked for again: only the first synth needs a network.
        kept = subprocess.run([*command, "--offline"], check=False, capture_output=True)
        if kept.returncode:
            subprocess.run(command, check=True)


@jsii.implements(cdk.ILocalBundling)
class _OwnPackage:
    """Copies our own package, and compiles it."""

    def __init__(self, compiler: str) -> None:
        self._compiler = compiler

    def try_bundle(self, output_dir: str, *, image: Any = None, **_: Any) -> bool:  # noqa: ARG002
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(_PACKAGE, output_dir, ignore=ignored, dirs_exist_ok=True)
        bytecode.compile_folder(Path(output_dir), self._compiler)
        return True


def libraries(scope: Construct, name: str, *, local: Local | None) -> lambda_.LayerVersion:
    """Return the layer of one lock file in `layers/dependencies`.

    The asset's hash is that of the lock, of the target and of what is kept of botocore, so it is
    built once and stays the same over any number of synths. Locally it is built for this machine,
    which runs the functions.
    """
    lock = ROOT / "layers" / "dependencies" / f"{name}.txt"
    target = (
        ["--python", local.python]
        if local
        else ["--python-version", bytecode.RUNTIME, "--python-platform", _RUNTIME_PLATFORM]
    )
    # The emulated Lambda unpacks the layers for each of its processes: bytecode counts there, too.
    compiler = local.python if local else _compiler()
    facts = [lock.read_text(), *(_interpreter(local.python) if local else target)]
    facts += [*botocore_data.facts(), *(["compiled"] if compiler else [])]
    return lambda_.LayerVersion(
        scope,
        f"{name.capitalize()}Layer",
        description=f"Locked libraries: {name}",
        code=lambda_.Code.from_asset(
            str(lock.parent),
            asset_hash=hashlib.sha256("\n".join(facts).encode()).hexdigest(),
            asset_hash_type=cdk.AssetHashType.CUSTOM,
            bundling=cdk.BundlingOptions(
                image=cdk.DockerImage.from_registry("never-used"),
                local=_LockedLibraries(lock, target, compiler),
            ),
        ),
        compatible_runtimes=[_HANDLER_PYTHON],
    )


def _interpreter(python: str) -> list[str]:
    """Return what an interpreter says of itself and of this machine."""
    asked = "import sys, sysconfig; print(sys.version, sysconfig.get_platform())"
    said = subprocess.run([python, "-c", asked], check=True, capture_output=True, text=True)
    return [said.stdout]


def domain(scope: Construct) -> lambda_.LayerVersion:
    """Return the layer of our own package, `cliffhanger`: the same everywhere."""
    compiler = _compiler()
    code = _compiled(compiler) if compiler else _as_sources()
    return lambda_.LayerVersion(
        scope,
        "CliffhangerLayer",
        description="The package cliffhanger",
        code=code,
        compatible_runtimes=[_HANDLER_PYTHON],
    )


def _compiler() -> str | None:
    """Return the interpreter that compiles for the runtime, if this machine has it."""
    return bytecode.interpreter(bytecode.RUNTIME)


def _as_sources() -> lambda_.AssetCode:
    return lambda_.Code.from_asset(str(_PACKAGE), exclude=["**/__pycache__", "**/*.pyc"])


def _compiled(compiler: str) -> lambda_.AssetCode:
    files = sorted(one for one in _PACKAGE.rglob("*") if one.is_file() and one.suffix != ".pyc")
    digest = hashlib.sha256(bytecode.RUNTIME.encode())
    for one in files:
        digest.update(f"{one.relative_to(_PACKAGE)}\n".encode() + one.read_bytes())
    return lambda_.Code.from_asset(
        str(_PACKAGE),
        asset_hash=digest.hexdigest(),
        asset_hash_type=cdk.AssetHashType.CUSTOM,
        bundling=cdk.BundlingOptions(
            image=cdk.DockerImage.from_registry("never-used"), local=_OwnPackage(compiler)
        ),
    )
