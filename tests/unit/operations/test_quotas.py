"""Quotas below what a stage lets pass are told before a launch meets them, and stop nothing."""

from dataclasses import replace
from pathlib import Path

import pytest
from botocore.stub import Stubber

from local.layout import Place
from operations.quotas import QUOTAS, Quota, low_quotas
from tests.unit.operations.stubbed import Stubbed, stubbed


def names(quota: Quota) -> dict[str, str]:
    return {"ServiceCode": quota.service, "QuotaCode": quota.code}


@pytest.fixture
def target() -> Stubbed:
    return stubbed()


@pytest.fixture
def quotas(target: Stubbed) -> Stubber:
    return target.stub("service-quotas")


def tell(quotas: Stubber, quota: Quota, value: float) -> None:
    quotas.add_response("get_service_quota", {"Quota": {"Value": value}}, names(quota))


def test_an_account_with_what_a_stage_lets_pass_hears_nothing(
    target: Stubbed, quotas: Stubber
) -> None:
    for one in QUOTAS:
        tell(quotas, one, one.needed)
    assert list(low_quotas(target)) == []
    quotas.assert_no_pending_responses()


def test_each_quota_that_is_low_is_told_with_its_code(target: Stubbed, quotas: Stubber) -> None:
    for one in QUOTAS:
        tell(quotas, one, one.needed - 1)
    told = list(low_quotas(target))
    assert len(told) == len(QUOTAS)
    for one, sentence in zip(QUOTAS, told, strict=True):
        assert one.code in sentence
        assert f" {one.needed - 1} " in sentence
    assert {one.service for one in QUOTAS} == {"cognito-idp", "apigateway", "mediaconvert"}


def test_aws_s_default_stands_in_for_a_quota_that_the_account_has_not(
    target: Stubbed, quotas: Stubber
) -> None:
    first, *others = QUOTAS
    quotas.add_client_error("get_service_quota", "NoSuchResourceException")
    quotas.add_response("get_aws_default_service_quota", {"Quota": {"Value": 1}}, names(first))
    for one in others:
        tell(quotas, one, one.needed)
    (told,) = low_quotas(target)
    assert first.code in told


def test_who_may_not_look_is_told_so_and_goes_on(target: Stubbed, quotas: Stubber) -> None:
    quotas.add_client_error("get_service_quota", "AccessDeniedException")
    (told,) = low_quotas(target)
    assert "servicequotas:GetServiceQuota" in told


def test_the_local_cloud_has_no_quotas(target: Stubbed, tmp_path: Path) -> None:
    here = replace(target, place=Place(tmp_path))
    assert list(low_quotas(here)) == []
