"""The shapes of entitlements."""

from datetime import datetime

from pydantic import Field

from cliffhanger.ids import DramaId
from cliffhanger.model import Model
from cliffhanger.pages import PageQuery
from cliffhanger.purchases.store import Store, SubscriptionState
from cliffhanger.wallet.balance import Balance


class DramaUnlock(Model):
    """A drama that was bought as a whole: its future episodes are open too."""

    charged: int = Field(description="Coins that it cost; 0 when nothing was locked.")
    open: str = Field(description="The numbers of the open episodes, such as `1-80`.")
    wallet: Balance = Field(description="What is left in the wallet that paid.")


class EntitlementsQuery(PageQuery):
    """How many dramas, and from where."""

    limit: int = Field(default=20, ge=1, le=50)


class VipStatus(Model):
    """The best of a viewer's subscriptions. Nothing but `active` says whether it opens anything."""

    active: bool
    state: SubscriptionState | None = Field(description="Null without any subscription.")
    expires_at: datetime | None
    auto_renews: bool = Field(description="Whether it goes on after that, if the store is paid.")
    store: Store | None
    drama_ids: list[DramaId] | None = Field(description="What it opens; null is every drama.")


class UnlockedDrama(Model):
    """What is unlocked of a drama, of the episodes that can be watched."""

    drama_id: DramaId
    episodes: str = Field(description="Their numbers, such as `1-12,15`.")


class Entitlements(Model):
    """What a viewer may watch beyond what is free, a page of dramas at a time."""

    vip: VipStatus
    unlocked: list[UnlockedDrama]
    next_cursor: str | None = Field(description="Send it as `cursor` for the next page.")
    statement: str = Field(
        description="The same, signed for use without a network: a JWS (ES256) to be verified with"
        " /v1/.well-known/jwks.json."
    )
