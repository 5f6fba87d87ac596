"""The front stack: the distribution before the API, and the only way to it."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from constructs import Construct

from cliffhanger.origin import HEADER
from functions.registry import ROUTES
from infra.api import Api
from infra.data import Data
from infra.edge_logs import logged_without_paths
from infra.firewall import Firewall
from infra.front_headers import response_headers
from infra.front_paths import Kind, paths
from infra.grants import acknowledge
from infra.stage import Stage

_NONE = cdk.Duration.seconds(0)
# CloudFront would keep an error for ten seconds, whatever the API says of it.
_ERRORS = (400, 403, 404, 405, 414, 500, 501, 502, 503, 504)


class Front(cdk.Stack):
    """The API's distribution. It alone sends the origin's secret, which the functions ask for."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        data: Data,
        api: Api,
        firewall: Firewall,
        **kw: Any,
    ) -> None:
        """Take the stage, where the secret stands, the API and its firewall."""
        super().__init__(scope, construct_id, **kw)
        self._origin = origins.HttpOrigin(
            f"{api.http_api.api_id}.execute-api.{self.region}.{self.url_suffix}",
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
            # CloudFormation puts the value in when it makes the distribution: no template has it.
            custom_headers={
                HEADER: cdk.SecretValue.secrets_manager(
                    data.origin_secret.secret_arn, json_field="sending"
                ).unsafe_unwrap()
            },
        )
        self._headers = response_headers(self)
        self._policies = {
            Kind.CACHED: self._by_language_and_market(),
            Kind.COUNTRY: self._by_country(),
            Kind.PRIVATE: cloudfront.CachePolicy.CACHING_DISABLED,
        }
        self.distribution = self._distribution(stage, firewall)
        name = stage.api.domain or self.distribution.distribution_domain_name
        cdk.CfnOutput(self, "ApiUrl", value=f"https://{name}/v1")
        cdk.CfnOutput(self, "DistributionId", value=self.distribution.distribution_id)

    def _distribution(self, stage: Stage, firewall: Firewall) -> cloudfront.Distribution:
        own = stage.api.certificate_arn
        distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"Cliffhanger {stage.name}: API",
            default_behavior=self._behaviour(Kind.PRIVATE),
            additional_behaviors={
                pattern: self._behaviour(kind) for pattern, kind in paths(ROUTES)
            },
            error_responses=[
                cloudfront.ErrorResponse(http_status=status, ttl=_NONE) for status in _ERRORS
            ],
            domain_names=[stage.api.domain] if stage.api.domain else None,
            certificate=(
                acm.Certificate.from_certificate_arn(self, "Certificate", own) if own else None
            ),
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            price_class=cloudfront.PriceClass.PRICE_CLASS_ALL,
            web_acl_id=firewall.acl.attr_arn,
        )
        logged_without_paths(distribution)
        acknowledge(distribution, "CFR1", "Markets are the catalogue's rule, not the network's")
        if not own:
            acknowledge(
                distribution,
                "CFR4",
                "Without a domain of the operator's own, CloudFront fixes the viewer's protocol",
            )
        return distribution

    def _behaviour(self, kind: Kind) -> cloudfront.BehaviorOptions:
        return cloudfront.BehaviorOptions(
            origin=self._origin,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            cache_policy=self._policies[kind],
            # Every header of the viewer's, the token too, but for the name that they called.
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
            response_headers_policy=self._headers,
            compress=kind is Kind.CACHED,
        )

    def _by_language_and_market(self) -> cloudfront.CachePolicy:
        """As long as the API says, and not at all when it says nothing."""
        return cloudfront.CachePolicy(
            self,
            "Catalogue",
            comment="One entry a language, market and web page",
            min_ttl=_NONE,
            default_ttl=_NONE,
            max_ttl=cdk.Duration.days(1),
            query_string_behavior=cloudfront.CacheQueryStringBehavior.all(),
            # Origin: the gateway answers each web page with its own name (CORS).
            header_behavior=cloudfront.CacheHeaderBehavior.allow_list(
                "Accept-Language", "CloudFront-Viewer-Country", "Origin"
            ),
            cookie_behavior=cloudfront.CacheCookieBehavior.none(),
            enable_accept_encoding_gzip=True,
            enable_accept_encoding_brotli=True,
        )

    def _by_country(self) -> cloudfront.CachePolicy:
        """Keep nothing, and tell the API where the viewer is.

        A policy that can keep nothing may name no header, and no other policy can add the country
        to all of the viewer's own. So it could keep something for a second, if the API allowed it;
        the API says `no-store`.
        """
        return cloudfront.CachePolicy(
            self,
            "Country",
            comment="Nothing is kept; the country is sent",
            min_ttl=_NONE,
            default_ttl=_NONE,
            max_ttl=cdk.Duration.seconds(1),
            query_string_behavior=cloudfront.CacheQueryStringBehavior.all(),
            header_behavior=cloudfront.CacheHeaderBehavior.allow_list(
                "Authorization", "CloudFront-Viewer-Country"
            ),
            cookie_behavior=cloudfront.CacheCookieBehavior.none(),
        )
