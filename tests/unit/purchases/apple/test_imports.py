"""The stores' libraries are slow to import, and stand in a layer that few functions have."""

import subprocess
import sys

from tests.contract.sources import LAYER, modules

HEAVY = ("appstoreserverlibrary", "cattrs", "cryptography", "jwt", "OpenSSL", "requests", "urllib3")


def test_nothing_heavy_is_loaded_before_it_is_needed() -> None:
    names = [name for name in modules() if name.startswith("cliffhanger.purchases.apple")]
    assert len(names) > 8
    code = (
        f"import sys, {', '.join(names)}; print([one for one in {HEAVY!r} if one in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(LAYER)},
    )
    assert ran.stdout.strip() == "[]"
