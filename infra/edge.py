"""The edge stack: the media bucket, the distribution before it, and who writes its store.

Bucket and distribution stand together, since an origin access control across stacks is a cycle.
"""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.data import Data
from infra.edge_logs import logged_without_paths
from infra.edge_writer import edge_writer
from infra.function import removal
from infra.grants import acknowledge
from infra.layers import ROOT
from infra.stage import Local, Stage

_YEAR = cdk.Duration.days(365)


class Edge(cdk.Stack):
    """Media at the edge. `media_url` is where the paths of a playback answer begin."""

    media_export = "ExportsOutputFnGetAttMediaA721A567ArnB9989168"

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        local: Local | None,
        data: Data,
        **kw: Any,
    ) -> None:
        """Take the stage and its data."""
        super().__init__(scope, construct_id, **kw)
        self._stage = stage
        self._local = local
        self.bucket = s3.Bucket(
            self,
            "Media",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=local is None,
            # A job that dies leaves parts behind. What is whole stays as it is: it is never
            # written over, and it can be made again, so it needs no versions.
            lifecycle_rules=[
                s3.LifecycleRule(abort_incomplete_multipart_upload_after=cdk.Duration.days(1))
            ],
            server_access_logs_bucket=data.access_logs,
            server_access_logs_prefix="media/",
            removal_policy=removal(stage),
        )
        self.key_store = cloudfront.KeyValueStore(
            self, "Keys", comment="Playback keys and revocations"
        )
        self.distribution = self._distribution()
        host = f"https://{self.distribution.distribution_domain_name}"
        self.media_url = f"{local.public_url if local else host}/media"
        self.writer, self.writes = edge_writer(
            self, stage=stage, local=local, data=data, store=self.key_store
        )
        cdk.CfnOutput(self, "MediaBucket", value=self.bucket.bucket_name)
        cdk.CfnOutput(self, "KeyStoreArn", value=self.key_store.key_value_store_arn)
        cdk.CfnOutput(self, "MediaUrl", value=self.media_url)

    def _distribution(self) -> cloudfront.Distribution:
        self.checks = cloudfront.Function(
            self,
            "Playback",
            code=cloudfront.FunctionCode.from_file(
                file_path=str(ROOT / "functions" / "edge" / "playback.js")
            ),
            runtime=cloudfront.FunctionRuntime.JS_2_0,
            key_value_store=self.key_store,
            comment="Checks the playback token in the path",
        )
        distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"Cliffhanger {self._stage.name}: media",
            default_behavior=cloudfront.BehaviorOptions(
                origin=origins.S3BucketOrigin.with_origin_access_control(self.bucket),
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
                allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
                compress=False,
                cache_policy=self._cache_policy(),
                response_headers_policy=self._headers(),
                function_associations=[
                    cloudfront.FunctionAssociation(
                        function=self.checks,
                        event_type=cloudfront.FunctionEventType.VIEWER_REQUEST,
                    )
                ],
            ),
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            price_class=cloudfront.PriceClass.PRICE_CLASS_ALL,
        )
        logged_without_paths(distribution)
        acknowledge(distribution, "CFR1", "Markets are the catalogue's rule, not the network's")
        acknowledge(
            distribution,
            "CFR2",
            "Every file needs a signed token; a firewall would be paid for on every segment",
        )
        acknowledge(
            distribution,
            "CFR4",
            "Without a domain of the operator's own, CloudFront fixes the viewer's protocol",
        )
        return distribution

    def _cache_policy(self) -> cloudfront.CachePolicy:
        """Everything below a generation's prefix is written once, so it may stay a year."""
        return cloudfront.CachePolicy(
            self,
            "Immutable",
            comment="One entry a file, shared by all viewers",
            default_ttl=_YEAR,
            min_ttl=cdk.Duration.seconds(1),
            max_ttl=_YEAR,
            query_string_behavior=cloudfront.CacheQueryStringBehavior.none(),
            header_behavior=cloudfront.CacheHeaderBehavior.none(),
            cookie_behavior=cloudfront.CacheCookieBehavior.none(),
        )

    def _headers(self) -> cloudfront.ResponseHeadersPolicy:
        return cloudfront.ResponseHeadersPolicy(
            self,
            "Headers",
            comment="Players on any page; immutable files",
            cors_behavior=cloudfront.ResponseHeadersCorsBehavior(
                access_control_allow_credentials=False,
                access_control_allow_headers=["*"],
                access_control_allow_methods=["GET", "HEAD", "OPTIONS"],
                access_control_allow_origins=["*"],
                access_control_expose_headers=["Content-Length", "Content-Range", "ETag"],
                access_control_max_age=cdk.Duration.days(1),
                origin_override=True,
            ),
            custom_headers_behavior=cloudfront.ResponseCustomHeadersBehavior(
                custom_headers=[
                    cloudfront.ResponseCustomHeader(
                        header="cache-control",
                        value="public, max-age=31536000, immutable",
                        # A refusal of the function's brings its own `no-store`.
                        override=False,
                    )
                ]
            ),
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=_YEAR, include_subdomains=True, override=True
                ),
                content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
            ),
        )
