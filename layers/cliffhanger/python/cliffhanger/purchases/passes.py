"""How far a source has been looked through, kept page by page: a run that ends loses a page.

| pk | sk | item |
|---|---|---|
| RECONCILED | apple#Production | until when a source was looked through, and the pass that is on |

A pass is one look through a source, over as many runs as it takes. It looks back over the day
before it once more, since a source may be late itself.
"""

from datetime import datetime, timedelta

from pydantic import ConfigDict, Field

from cliffhanger import clock, dynamo
from cliffhanger.model import Model
from cliffhanger.purchases import records
from cliffhanger.purchases.reports import PK

_OVERLAP = timedelta(days=1)
_FIRST = timedelta(days=28)
"""With the overlap 29 days: Google's list of voided purchases reaches back thirty."""
_LONGEST = timedelta(days=179)
"""Apple's history reaches back 180 days, and refuses what asks for more. A pass takes its time, so
this leaves a day. Google's list is asked for less, see `google.api.voided`."""


class Pass(Model):
    """One look through a source."""

    model_config = ConfigDict(frozen=True)

    since: datetime
    until: datetime
    page: str | None = Field(default=None, description="The store's token of the page to read.")
    seen: int = Field(default=0, description="Entries up to that page.")
    skipped: int = Field(default=0, description="Entries that could not be done, up to that page.")
    waited: int = Field(default=0, description="Runs that waited for an answer within that page.")


class Progress(Model):
    """How far a source has been looked through. `version` is the condition of its next write."""

    model_config = ConfigDict(frozen=True)

    until: datetime = Field(description="Everything that was told before has been looked at.")
    going: Pass | None = None
    version: int = 0


def read(name: str) -> Progress:
    """Return how far a source has been looked through."""
    found = dynamo.get(records.table(), dynamo.key(PK, name), consistent=True)
    return Progress.model_validate(found or {"until": clock.now() - _FIRST})


def begin(name: str, before: Progress) -> tuple[Pass, Progress]:
    """Return the pass that is on, or begin the next one, until now.

    It never looks further back than a store does, also where nothing ran for half a year.

    Raises:
        ConditionFailed: another run looks through the same source.
    """
    now = clock.now()
    oldest, going = now - _LONGEST, before.going
    # A page goes with the moments that it was asked with: it is asked for as it is, or refused.
    if going and (going.page or going.since >= oldest):
        return going, before
    since = going.since if going else before.until - _OVERLAP
    begun = Pass(since=max(since, oldest), until=now)
    return begun, go_on(name, before, begun)


def go_on(name: str, before: Progress, going: Pass) -> Progress:
    """Keep where a pass goes on. Raises what `begin` does."""
    return _keep(name, before, until=before.until, going=going)


def finish(name: str, before: Progress, over: Pass) -> Progress:
    """Keep that a pass has seen its last page. Raises what `begin` does."""
    return _keep(name, before, until=over.until, going=None)


def give_up(name: str, before: Progress) -> Progress:
    """Keep that a pass does not count: the next one looks at all of it again. Raises as `begin`."""
    return _keep(name, before, until=before.until, going=None)


def _keep(name: str, before: Progress, *, until: datetime, going: Pass | None) -> Progress:
    after = Progress(until=until, going=going, version=before.version + 1)
    item = dynamo.key(PK, name) | after.model_dump(mode="json")
    dynamo.write(dynamo.replace(records.table(), item, after=before.version))
    return after
