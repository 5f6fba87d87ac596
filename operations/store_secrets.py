"""The two secrets that come from the stores' consoles: are they there, and are they what they say?

Nothing of a secret is ever told, only which part of it is wrong.
"""

import json
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.serialization import load_pem_private_key

Check = Callable[[dict[str, Any]], str | None]
_APPLE = "App Store Connect (Users and Access, Integrations, In-App Purchase)"
_GOOGLE = "the Google Cloud console (a service account's JSON key)"


def secret_fault(manager: Any, name: str, check: Check) -> str | None:
    """Say what is wrong with a secret of Secrets Manager, if anything is."""
    try:
        text = manager.get_secret_value(SecretId=name)["SecretString"]
    except manager.exceptions.ResourceNotFoundException:
        return (
            f"there is no secret {name}. Create it: `aws secretsmanager create-secret --name"
            f" {name} --secret-string file://key.json`."
        )
    except KeyError:
        return f"the secret {name} is binary. It must be text: a JSON object."
    try:
        values = json.loads(text)
    except ValueError:
        values = None
    if not isinstance(values, dict):
        return f"the secret {name} is not a JSON object."
    fault = check(values)
    return f"the secret {name} {fault}" if fault else None


def apple_key(values: dict[str, Any]) -> str | None:
    """Say what is wrong with the key of the App Store Server API, if anything is."""
    return _fault(values, ("issuer_id", "key_id", "private_key"), _APPLE)


def google_key(values: dict[str, Any]) -> str | None:
    """Say what is wrong with the key of the service account, if anything is."""
    return _fault(values, ("client_email", "token_uri", "private_key"), _GOOGLE)


def _fault(values: dict[str, Any], names: tuple[str, ...], source: str) -> str | None:
    for name in names:
        if not isinstance(values.get(name), str) or not values[name]:
            return f"lacks {name}. Take it from {source}."
    try:
        load_pem_private_key(values["private_key"].encode(), password=None)
    except (ValueError, TypeError):
        return f"has a private_key that is no PEM key. Take it whole from {source}."
    return None
