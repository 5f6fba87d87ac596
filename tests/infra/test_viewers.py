"""Viewers are made by the identity function alone, and a guest stays one for ten years."""

from tests.infra.conftest import Templates, resources

TEN_YEARS_IN_MINUTES = 3650 * 24 * 60


def test_nobody_signs_up_by_themselves(prod: Templates) -> None:
    (pool,) = resources(prod, "AWS::Cognito::UserPool")
    assert pool["Properties"]["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True


def test_users_cost_as_little_as_cognito_takes(prod: Templates) -> None:
    (pool,) = resources(prod, "AWS::Cognito::UserPool")
    assert pool["Properties"]["UserPoolTier"] == "LITE"


def test_a_guest_stays_signed_in_for_ten_years_and_holds_a_token_for_an_hour(
    prod: Templates,
) -> None:
    (client,) = resources(prod, "AWS::Cognito::UserPoolClient")
    told = client["Properties"]
    assert told["RefreshTokenValidity"] == TEN_YEARS_IN_MINUTES
    assert told["AccessTokenValidity"] == 60
    assert told["TokenValidityUnits"] == dict.fromkeys(
        ("AccessToken", "IdToken", "RefreshToken"), "minutes"
    )
    assert told["EnableTokenRevocation"] is True


def test_an_app_signs_in_with_no_password_in_the_open(prod: Templates) -> None:
    (client,) = resources(prod, "AWS::Cognito::UserPoolClient")
    assert set(client["Properties"]["ExplicitAuthFlows"]) == {
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
    }
    assert client["Properties"]["AllowedOAuthFlowsUserPoolClient"] is False
