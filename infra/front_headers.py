"""What the distribution adds to every answer of the API."""

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

_NOTHING = "default-src 'none'; frame-ancestors 'none'"


def response_headers(scope: Construct) -> cloudfront.ResponseHeadersPolicy:
    """Return the policy: HTTPS for a year, and JSON that no browser takes for anything else."""
    return cloudfront.ResponseHeadersPolicy(
        scope,
        "Headers",
        comment="An API of JSON, over HTTPS alone",
        security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
            strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                access_control_max_age=cdk.Duration.days(365),
                include_subdomains=True,
                override=True,
            ),
            content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
            frame_options=cloudfront.ResponseHeadersFrameOptions(
                frame_option=cloudfront.HeadersFrameOption.DENY, override=True
            ),
            referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                referrer_policy=cloudfront.HeadersReferrerPolicy.NO_REFERRER, override=True
            ),
            content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                content_security_policy=_NOTHING, override=True
            ),
        ),
    )
