"""A stage in this process, on moto: that of the unit tests, with a key and a store that sells."""

import contextlib
import copy
import io
import json
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from appstoreserverlibrary.signed_data_verifier import _ChainVerifier
from moto import mock_aws
from moto.dynamodb import models
from moto.dynamodb.models.table import Table

from cliffhanger import aws, origin, settings, tables
from cliffhanger.origin import OriginSettings
from cliffhanger.playback.keyring import Keyring, new_key, save_keyring
from local.stores.apple.chain import make
from tests.unit.conftest import STAGE, _create, _forget
from tests.unit.gateway import EDGE
from tests.unit.local_apple.shop import Shop, open_shop
from tests.unit.purchases.apple.app import variables
from tests.unit.purchases.core.market import COINS, Market

__all__ = ["caught_by", "environment", "forget", "products", "silent", "stage"]

_CREDENTIALS = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    # What Lambda sets and the logger writes.
    "POWERTOOLS_SERVICE_NAME": "purchase_events",
    "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1",
}


@contextmanager
def silent() -> Iterator[io.StringIO]:
    """Keep what the functions log off the terminal."""
    with contextlib.redirect_stdout(io.StringIO()) as caught:
        yield caught


def caught_by(stream: io.StringIO) -> None:
    """Lead the functions' loggers here: each wrote to what was the output when it was made."""
    for logger in logging.Logger.manager.loggerDict.values():
        for handler in getattr(logger, "handlers", []):
            if type(handler) is logging.StreamHandler:
                handler.setStream(stream)


@contextmanager
def stage() -> Iterator[Shop]:
    """Open an empty stage that trusts a store of its own, and return that store."""
    chain = make()
    told = _CREDENTIALS | STAGE | variables(chain, online_checks=True)
    told |= settings.variables(OriginSettings(origin_secret="origin"))
    kept = dict(os.environ)
    os.environ.update(told)
    # Apple has been asked about the chain a moment ago, and called it good.
    asked = patch.object(_ChainVerifier, "check_ocsp_status")
    known = patch.dict(origin._cache)
    with mock_aws(), _no_copies(), asked, known, tempfile.TemporaryDirectory() as folder:
        forget()
        for spec in tables.TABLES:
            _create(spec)
        aws.events().create_event_bus(Name="bus")
        aws.sqs().create_queue(QueueName="edge.fifo", Attributes={"FifoQueue": "true"})
        sent = {"sending": EDGE[origin.HEADER]}
        aws.secrets().create_secret(Name="origin", SecretString=json.dumps(sent))
        aws.secrets().create_secret(Name="keys", SecretString='{"keys":[]}')
        save_keyring("keys", Keyring(keys=[new_key()]))
        shop = open_shop(Path(folder), chain)
        products(shop)
        try:
            yield shop
        finally:
            os.environ.clear()
            os.environ.update(kept)
            settings._loaded.cache_clear()
            forget()


def forget() -> None:
    """Start cold. What the edge sends is read anew too, so that a recording has its answer."""
    _forget()
    origin._cache.clear()


@contextmanager
def _no_copies() -> Iterator[None]:
    """Let moto keep no copy of all tables for each transaction: none is rolled back here."""

    def copied(kept: Any) -> Any:
        return kept if isinstance(kept, Table) else copy.deepcopy(kept)

    with patch.object(models, "copy", SimpleNamespace(deepcopy=copied)):
        yield


def products(shop: Shop) -> None:
    """Offer a hundred coins, with ten on top."""
    pack: dict[str, Any] = {"kind": "coins", "coins": 100, "bonus_coins": 10}
    Market(shop, "").sell("coins-100", **pack, apple_product_id=COINS)


def environment() -> dict[str, str]:
    """Return what a function of this stage has in its environment."""
    wanted = ("CLIFFHANGER_", "AWS_", "POWERTOOLS_", "_X_AMZN")
    return {name: value for name, value in os.environ.items() if name.startswith(wanted)}
