"""What Apple wants to know of a purchase before it decides about a refund."""

from typing import Literal

from pydantic import ConfigDict, Field

from cliffhanger.model import Model
from cliffhanger.purchases.store import WHOLE


class Consumption(Model):
    """What we tell Apple about a purchase whose buyer asks for their money back.

    https://developer.apple.com/documentation/appstoreserverapi/consumptionrequest
    """

    model_config = ConfigDict(frozen=True)

    customerConsented: Literal[True] = Field(  # noqa: N815 - Apple's names
        description="Without the customer's consent Apple is told nothing."
    )
    sampleContentProvided: bool  # noqa: N815
    deliveryStatus: Literal[  # noqa: N815
        "DELIVERED",
        "UNDELIVERED_QUALITY_ISSUE",
        "UNDELIVERED_WRONG_ITEM",
        "UNDELIVERED_SERVER_OUTAGE",
        "UNDELIVERED_OTHER",
    ]
    consumptionPercentage: int | None = Field(  # noqa: N815
        default=None,
        ge=0,
        le=WHOLE,
        description="In thousandths of a percent. Not for subscriptions: Apple counts the days.",
    )
    refundPreference: Literal["DECLINE", "GRANT_FULL", "GRANT_PRORATED"] | None = None  # noqa: N815
