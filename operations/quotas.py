"""Quotas of the account that are below what a stage lets pass: a launch meets them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.identity.routes import GUESTS_PER_SECOND, SESSIONS_PER_SECOND
from infra.gateway import CALLS_PER_SECOND
from operations.target import Target

_JOBS_AT_ONCE = 20  # eighty episodes of two minutes in a quarter of an hour


@dataclass(frozen=True)
class Quota:
    """A quota by its codes in Service Quotas, and the least with which a stage does not wait."""

    service: str
    code: str
    told: str
    needed: int


QUOTAS = (
    Quota("cognito-idp", "L-5987B8A0", "Cognito makes {} users a second", GUESTS_PER_SECOND),
    Quota("cognito-idp", "L-026ADBA3", "Cognito signs {} users in a second", SESSIONS_PER_SECOND),
    Quota("cognito-idp", "L-F21F8BB4", "Cognito gives {} tokens a second", SESSIONS_PER_SECOND),
    Quota("apigateway", "L-8A5B8E43", "API Gateway takes {} calls a second", CALLS_PER_SECOND),
    Quota("mediaconvert", "L-1D14865F", "MediaConvert runs {} jobs of a queue", _JOBS_AT_ONCE),
)


def low_quotas(target: Target) -> Iterator[str]:
    """Yield a sentence for each quota that is low, and one when they cannot be looked at.

    The local cloud has none.
    """
    if target.place:
        return
    client = target.client("service-quotas")
    region = target.stage.region
    try:
        for one in QUOTAS:
            value = _value(client, one)
            if value < one.needed:
                yield (
                    f"{one.told.format(f'{value:g}')} in {region}, and {one.needed} may be asked"
                    f" for. Ask for more in Service Quotas ({one.service}, {one.code})."
                )
    except (BotoCoreError, ClientError) as error:
        yield (
            f"the quotas were not looked at: {error} The rights are servicequotas:GetServiceQuota"
            " and servicequotas:GetAWSDefaultServiceQuota."
        )


def _value(client: Any, quota: Quota) -> float:
    """Return the account's own value; AWS's default, where the account has none."""
    names = {"ServiceCode": quota.service, "QuotaCode": quota.code}
    try:
        found = client.get_service_quota(**names)
    except client.exceptions.NoSuchResourceException:
        found = client.get_aws_default_service_quota(**names)
    return float(found["Quota"]["Value"])
