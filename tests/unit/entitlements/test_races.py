"""Whatever races for a viewer's coins, an episode is charged once."""

from collections.abc import Callable
from typing import Any

import pytest

from cliffhanger import clock, dynamo
from cliffhanger.entitlements import merging, unlocks
from cliffhanger.identity import viewers
from cliffhanger.wallet import changes
from cliffhanger.wallet.merging import merge_writes
from tests.dynamo.backends import on_moto_and_local
