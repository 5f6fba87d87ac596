"""Apple's history with thousands of words, and a clock that counts what is done instead of time."""

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from cliffhanger import clock
from cliffhanger.purchases import notices
from cliffhanger.purchases.apple import headings, notifications, server_api
from cliffhanger.purchases.apple.headings import Heading
from cliffhanger.purchases.apple.notifications import AppleNotification

PAGE = 20
SECONDS_A_PAGE, SECONDS_A_WORD = 0.3, 0.1


@dataclass
class History:
    """`words` are uuids, and `broken` has what one raises; `done` is what took its effect."""

    words: list[str]
    broken: dict[str, Exception] = field(default_factory=dict)
    pages: list[int] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    seconds: float = 0
    kinds: dict[str, str] = field(default_factory=dict)

    def stand_in(self, patch: pytest.MonkeyPatch) -> None:
        """Stand where Apple's history is, and let the functions count."""
        real = notices.from_apple

        def take(read: AppleNotification) -> Any:
            self.seconds += SECONDS_A_WORD
            if read.uuid in self.broken:
                raise self.broken[read.uuid]
            self.done.append(read.uuid)
            return real(read)

        patch.setattr(notices, "from_apple", take)
        patch.setattr(server_api, "notification_history", self._page)
        patch.setattr(headings, "read", lambda one: Heading(one, self._kind(one)))
        patch.setattr(notifications, "read_notification", self._read)
        patch.setattr(time, "monotonic", lambda: self.seconds)

    def _page(
        self, environment: str, _since: datetime, _until: datetime, page: str | None = None
    ) -> tuple[list[str], str | None]:
        if environment == "Sandbox":
            return [], None
        self.seconds += SECONDS_A_PAGE
        first = int(page or 0)
        self.pages.append(first)
        following = first + PAGE
        more = following < len(self.words)
        return self.words[first:following], str(following) if more else None

    def _kind(self, one: str) -> str:
        return self.kinds.get(one, "DID_RENEW")

    def _read(self, one: str, **_: object) -> AppleNotification:
        kind = self._kind(one)
        return AppleNotification(
            uuid=one, type=kind, signed_at=clock.now(), environment="production"
        )


def made(count: int) -> History:
    return History([f"word-{number:04d}" for number in range(count)])
