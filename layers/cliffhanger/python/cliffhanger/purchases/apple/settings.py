"""What Apple's side must know of its deployment.

The API key is one secret, a JSON object: `{"issuer_id", "key_id", "private_key"}`, the last one
the text of the .p8 file.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from cliffhanger.settings import Settings

AppleEnvironment = Literal["Production", "Sandbox"]
"""In Apple's words. Its other two, Xcode and LocalTesting, sign nothing: no stage can have them."""


class AppleSettings(Settings):
    """Which app this is, and what its signatures must lead to."""

    apple_bundle_id: Annotated[str, StringConstraints(min_length=1)]
    apple_app_id: int = Field(gt=0, description="The app's number in App Store Connect.")
    apple_environment: AppleEnvironment = Field(
        description="A Production stage takes what the sandbox signed too, and keeps it apart."
    )
    apple_root_certificates: tuple[str, ...] = Field(
        min_length=1, description="DER in base64, some 800 characters each."
    )
    apple_online_checks: bool = Field(description="Whether Apple is asked about revocation.")


class AppleClaimSettings(Settings):
    """How old a transaction from an app may be before Apple itself is asked about it."""

    apple_max_age_seconds: int = Field(default=3600, ge=60, le=86_400)


class AppleApiSettings(Settings):
    """The App Store Server API. Only the local cloud has other addresses than Apple's."""

    apple_api_secret: str = Field(description="ARN of the secret with the API key.")
    apple_production_url: str = "https://api.storekit.apple.com"
    apple_sandbox_url: str = "https://api.storekit-sandbox.apple.com"
