"""The wallet's table in memory, with the one more call that rights are read by."""

from typing import Any

from cliffhanger import dynamo
from tests.unit.wallet.memory_table import MemoryTable, Wire


class Tables(MemoryTable):
    def batch_get_item(self, *, RequestItems: Wire) -> Wire:  # noqa: N803
        found: Wire = {}
        for table, wanted in RequestItems.items():
            rows = (self.get_item(Key=key) for key in wanted["Keys"])
            found[table] = [row["Item"] for row in rows if row]
        return {"Responses": found}

    def set(self, pk: str, sk: str, **attributes: Any) -> None:
        """Set attributes of an item, whatever was there."""
        item = dynamo.key(pk, sk) | attributes
        encoded = {name: dynamo.encode(value) for name, value in item.items()}
        there = self.items.setdefault(pk, {})
        there[sk] = there.get(sk, {}) | encoded
