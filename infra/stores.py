"""What functions must know of Apple's and Google's stores, from the stage, and their secrets."""

import base64

from aws_cdk import aws_secretsmanager as secretsmanager

from cliffhanger.entitlements.settings import EntitlementSettings
from cliffhanger.events import BusSettings
from cliffhanger.identity.settings import ViewerSettings
from cliffhanger.purchases.apple.settings import (
    AppleApiSettings,
    AppleSettings,
)
from cliffhanger.purchases.google.settings import GooglePushSettings, GoogleSettings
from cliffhanger.purchases.settings import PurchaseSettings
from cliffhanger.settings import Settings
from cliffhanger.tables import PAGES
from cliffhanger.wallet.settings import WalletSettings
from infra.data import Data
from infra.function import Function
from infra.grants import on_index, on_partitions, on_table
from infra.stage import Local, Stage, StageError

PRODUCTS = ["PRODUCTS", "SOLD#*"]
"""Where products stand in the content table."""


def apple_settings(stage: Stage, local: Local | None) -> AppleSettings:
    """Return whom to trust, and for which app.

    Raises:
        StageError: the folder of root certificates has none.
    """
    folder = local.apple_roots if local else stage.apple.root_certificates
    roots = [file.read_bytes() for file in sorted(folder.glob("*.cer"))]
    if not roots:
        raise StageError(f"apple.root_certificates: there is no .cer file (DER) in {folder}")
    return AppleSettings(
        apple_bundle_id=stage.apple.bundle_id,
        apple_app_id=stage.apple.app_apple_id,
        apple_environment=stage.apple.environment,
        apple_root_certificates=tuple(base64.b64encode(root).decode() for root in roots),
        apple_online_checks=stage.apple.online_checks,
    )


def push_settings(stage: Stage, local: Local | None) -> GooglePushSettings:
    """Return whose pushes are taken."""
    certificates = (
        {"google_certificates_url": f"{local.google_url}/oauth2/v1/certs"} if local else {}
    )
    return GooglePushSettings(
        package_name=stage.google.package_name,
        push_audience=stage.google.push_audience,
        push_service_account=stage.google.push_service_account,
        push_subscription=stage.google.push_subscription,
        **certificates,
    )


def buying_settings(stage: Stage, local: Local | None, data: Data) -> list[Settings]:
    """Return all that a function needs which grants purchases."""
    commerce = data.commerce.table_name
    apple = {"apple_api_secret": stage.apple.api_secret}
    google = {
        "package_name": stage.google.package_name,
        "credentials_secret": stage.google.credentials_secret,
    }
    if local:
        apple["apple_production_url"] = f"{local.apple_url}/production"
        apple["apple_sandbox_url"] = f"{local.apple_url}/sandbox"
        google["google_api_url"] = local.google_url
    return [
        PurchaseSettings(
            content_table=data.content.table_name,
            commerce_table=commerce,
            restore=stage.purchases.restore,
            refunded_unlocks=stage.purchases.refunded_unlocks,
        ),
        EntitlementSettings(commerce_table=commerce),
        WalletSettings(commerce_table=commerce),
        ViewerSettings(commerce_table=commerce),
        BusSettings(event_bus=data.bus.event_bus_name),
        apple_settings(stage, local),
        AppleApiSettings(**apple),
        GoogleSettings(**google),
    ]


def let_buy(function: Function, stage: Stage, data: Data) -> None:
    """Let a function grant purchases: read products, write what viewers own, ask the stores."""
    on_partitions(data.content, function, PRODUCTS, "BatchGetItem", "GetItem", "Query")
    on_table(
        data.commerce,
        function,
        "BatchGetItem",
        "GetItem",
        "PutItem",
        "Query",
        "UpdateItem",
    )
    on_index(data.commerce, function, PAGES)
    data.bus.grant_put_events_to(function)
    for name in (stage.apple.api_secret, stage.google.credentials_secret):
        _secret(function, name).grant_read(function)


def _secret(function: Function, name: str) -> secretsmanager.ISecret:
    """Return a secret that operators make by hand: it comes from the store's console."""
    place = "".join(part.capitalize() for part in name.split("/"))
    return secretsmanager.Secret.from_secret_name_v2(function, place, name)
