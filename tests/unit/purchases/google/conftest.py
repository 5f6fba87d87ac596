"""A stage whose Google Play is the stand-in."""

import time
from collections.abc import Iterator

import pytest
from moto import mock_aws

from cliffhanger import aws, settings
from cliffhanger.purchases.google import certificates, session
from cliffhanger.purchases.google.settings import GooglePushSettings, GoogleSettings
from tests.unit.local_google.fixtures import play, play_keys
from tests.unit.local_google.running import AUDIENCE, PACKAGE, PUSHER, SUBSCRIPTION, Play

__all__ = ["play", "play_keys"]

SECRET = "google-key"


@pytest.fixture
def google(play: Play, monkeypatch: pytest.MonkeyPatch) -> Iterator[Play]:
    """The store, known to the functions."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    told = settings.variables(
        GoogleSettings(package_name=PACKAGE, credentials_secret=SECRET, google_api_url=play.url),
        GooglePushSettings(
            package_name=PACKAGE,
            push_audience=AUDIENCE,
            push_service_account=PUSHER,
            push_subscription=SUBSCRIPTION,
            google_certificates_url=f"{play.url}/oauth2/v1/certs",
        ),
    )
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    _forget()
    with mock_aws():
        aws.secrets().create_secret(Name=SECRET, SecretString=play.key_file)
        yield play
    _forget()


def _forget() -> None:
    settings._loaded.cache_clear()
    session._session.cache_clear()
    certificates._cache.clear()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were waited between attempts; nobody really waits."""
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    return waited
