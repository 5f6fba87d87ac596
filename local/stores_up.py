"""Starts the stand-in stores, and puts their keys where an operator puts the real ones."""

import json
import os
import sys
from pathlib import Path

from infra.stage import Stage
from local.aws import client
from local.layout import Place
from local.processes import Servers


def start_stores(servers: Servers, place: Place, stage: Stage) -> None:
    """Start both, and wait until they answer. What they sold before is still sold.

    Raises:
        LocalError: one of them did not start.
    """
    for name, options in (("apple", _apple(place, stage)), ("google", _google(place, stage))):
        servers.start(
            name,
            [
                sys.executable,
                "-m",
                f"local.stores.{name}",
                f"--port={place.ports[name]}",
                f"--state={place.state}",
                *options,
            ],
            ready=f"{place.url(name)}/_health",
            env=os.environ,
        )


def keep_store_keys(place: Place, stage: Stage) -> None:
    """Create the two secrets that a stage names and its stacks only read, or bring them up to date.

    The stores made the keys at their first start, so they run by now.
    """
    keys = {
        stage.google.credentials_secret: place.state / "google" / "service-account.json",
        stage.apple.api_secret: place.state / "apple" / "api-key.json",
    }
    for name, file in keys.items():
        _keep_secret(place, stage.region, name, file)


def _keep_secret(place: Place, region: str, name: str, file: Path) -> None:
    secrets = client("secretsmanager", endpoint=place.url("aws"), region=region)
    text = json.dumps(json.loads(file.read_text()))
    try:
        known = secrets.get_secret_value(SecretId=name)["SecretString"]
    except secrets.exceptions.ResourceNotFoundException:
        secrets.create_secret(Name=name, SecretString=text)
        return
    if known != text:
        secrets.put_secret_value(SecretId=name, SecretString=text)


def _apple(place: Place, stage: Stage) -> list[str]:
    return [
        f"--notify-url={_backend(place, 'apple')}",
        f"--bundle-id={stage.apple.bundle_id}",
        f"--app-apple-id={stage.apple.app_apple_id}",
        f"--environment={stage.apple.environment}",
    ]


def _google(place: Place, stage: Stage) -> list[str]:
    return [
        f"--push-url={_backend(place, 'google')}",
        f"--package-name={stage.google.package_name}",
        f"--push-audience={stage.google.push_audience}",
        f"--push-service-account={stage.google.push_service_account}",
        f"--push-subscription={stage.google.push_subscription}",
    ]


def _backend(place: Place, store: str) -> str:
    return f"{place.url('edge')}/v1/stores/{store}/notifications"
