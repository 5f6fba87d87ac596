"""The data stack: all that must outlive code. Tables, users, uploads, keys and the event bus."""

import json
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from cliffhanger import tables
from cliffhanger.principal import STUDIO_GROUP
from infra.edge_logs import take_logs
from infra.function import removal
from infra.grants import acknowledge
from infra.stage import Local, Stage


class Data(cdk.Stack):
    """Tables, user pool, source bucket, playback keys, the key of statements and bus."""

    sources_export = "ExportsOutputFnGetAttSourcesBE4D2488Arn58F0951E"

    def __init__(
        self, scope: Construct, construct_id: str, *, stage: Stage, local: Local | None, **kw: Any
    ) -> None:
        """Take the stage."""
        super().__init__(scope, construct_id, **kw)
        self._stage = stage
        self.tables = {spec.name: self._table(spec) for spec in tables.TABLES}
        self.content = self.tables[tables.CONTENT.name]
        self.commerce = self.tables[tables.COMMERCE.name]
        self.bus = self._bus()
        self.access_logs = self._access_logs(local)
        self.sources = self._sources(local)
        self.playback_keys = self._playback_keys()
        self.origin_secret = self._origin_secret()
        self.statement_key = self._statement_key()
        self.user_pool = self._user_pool()
        self.app_client = self._app_client()
        for name, value in (
            ("ContentTable", self.content.table_name),
            ("CommerceTable", self.commerce.table_name),
            ("SourceBucket", self.sources.bucket_name),
            ("UserPoolId", self.user_pool.user_pool_id),
            ("UserPoolClientId", self.app_client.user_pool_client_id),
            ("EventBus", stage.ops.event_bus),
            ("OriginSecret", self.origin_secret.secret_arn),
        ):
            cdk.CfnOutput(self, f"{name}Output", value=value).override_logical_id(name)

    def _table(self, spec: tables.Table) -> dynamodb.TableV2:
        def text(name: str) -> dynamodb.Attribute:
            return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)

        return dynamodb.TableV2(
            self,
            f"{spec.name.capitalize()}Table",
            partition_key=text(tables.PK),
            sort_key=text(tables.SK),
            time_to_live_attribute=tables.TTL,
            global_secondary_indexes=[
                dynamodb.GlobalSecondaryIndexPropsV2(
                    index_name=index.name,
                    partition_key=text(index.partition_key),
                    sort_key=text(index.sort_key),
                )
                for index in spec.indexes
            ],
            local_secondary_indexes=[
                dynamodb.LocalSecondaryIndexProps(
                    index_name=index.name,
                    sort_key=text(index.sort_key),
                    projection_type=dynamodb.ProjectionType.INCLUDE,
                    non_key_attributes=list(index.carries),
                )
                for index in spec.local_indexes
            ],
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=self._stage.keeps_data,
            removal_policy=removal(self._stage),
        )

    def _bus(self) -> events.IEventBus:
        """Return it by its name: as an output that others import, it could never change."""
        name = self._stage.ops.event_bus
        events.EventBus(self, "Bus", event_bus_name=name)
        return events.EventBus.from_event_bus_name(self, "BusByName", name)

    def _access_logs(self, local: Local | None) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "AccessLogs",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=local is None,
            # S3's own access logs are delivered by ACL.
            object_ownership=s3.ObjectOwnership.OBJECT_WRITER,
            lifecycle_rules=[s3.LifecycleRule(expiration=cdk.Duration.days(90))],
            removal_policy=removal(self._stage),
            auto_delete_objects=False,
        )
        take_logs(bucket)
        return bucket

    def _sources(self, local: Local | None) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Sources",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=local is None,
            # A master cannot be made again, so a slip of an operator's hand can be undone.
            versioned=self._stage.keeps_data,
            lifecycle_rules=[
                s3.LifecycleRule(
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                    noncurrent_version_expiration=(
                        cdk.Duration.days(30) if self._stage.keeps_data else None
                    ),
                )
            ],
            server_access_logs_bucket=self.access_logs,
            server_access_logs_prefix="sources/",
            cors=self._uploads_from_pages(local),
            removal_policy=removal(self._stage),
        )
        # Said to CloudFormation itself: the construct would bring a function to say it.
        resource = bucket.node.default_child
        assert isinstance(resource, s3.CfnBucket)  # noqa: S101 - tells the type
        resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(
                event_bridge_enabled=True
            )
        )
        return bucket

    def _uploads_from_pages(self, local: Local | None) -> list[s3.CorsRule]:
        """Let the stage's web pages send parts, and read the ETags that complete an upload."""
        origins = self._stage.pages(local)
        if not origins:
            return []
        return [
            s3.CorsRule(
                allowed_origins=origins,
                allowed_methods=[s3.HttpMethods.PUT],
                allowed_headers=["content-type"],
                exposed_headers=["ETag"],
                max_age=86_400,
            )
        ]

    def _playback_keys(self) -> secretsmanager.ISecret:
        secret = secretsmanager.Secret(
            self,
            "PlaybackKeys",
            description="The keys that sign playback tokens, as JSON",
            # An empty ring: the writer of the edge's store makes the first key.
            secret_string_value=cdk.SecretValue.unsafe_plain_text('{"keys":[]}'),
            removal_policy=removal(self._stage),
        )
        acknowledge(secret, "SMG4", "Rotated every 30 days by the one writer of the edge's keys")
        return _by_arn(secret)

    def _origin_secret(self) -> secretsmanager.ISecret:
        secret = secretsmanager.Secret(
            self,
            "OriginSecret",
            description="What CloudFront sends to the API, as JSON",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=json.dumps({"also": ""}),
                generate_string_key="sending",
                password_length=48,
                exclude_punctuation=True,
            ),
            removal_policy=removal(self._stage),
        )
        acknowledge(secret, "SMG4", "Rotated by a command, together with the distribution's header")
        return _by_arn(secret)

    def _statement_key(self) -> kms.Key:
        """Apps verify with its public half, so it goes with the data and is never made anew."""
        return kms.Key(
            self,
            "StatementKey",
            description="Signs what viewers may watch without a network",
            key_spec=kms.KeySpec.ECC_NIST_P256,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            removal_policy=removal(self._stage),
        )

    def _user_pool(self) -> cognito.UserPool:
        pool = cognito.UserPool(
            self,
            "Viewers",
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(username=True),
            feature_plan=cognito.FeaturePlan.LITE,
            password_policy=cognito.PasswordPolicy(
                min_length=12,
                require_digits=True,
                require_lowercase=True,
                require_uppercase=True,
                require_symbols=True,
            ),
            account_recovery=cognito.AccountRecovery.NONE,
            deletion_protection=self._stage.keeps_data,
            removal_policy=removal(self._stage),
        )
        acknowledge(pool, "COG2", "Guests have no password to add a factor to")
        acknowledge(pool, "COG8", "Threat protection scores passwords; nobody signs in with one")
        cognito.UserPoolGroup(
            self, "Studio", user_pool=pool, group_name=STUDIO_GROUP, description="The studio's own"
        )
        return pool

    def _app_client(self) -> cognito.UserPoolClient:
        return self.user_pool.add_client(
            "App",
            auth_flows=cognito.AuthFlow(admin_user_password=True),
            # For a guest the refresh token is the account, so it lasts as long as Cognito allows.
            refresh_token_validity=cdk.Duration.days(3650),
            access_token_validity=cdk.Duration.hours(1),
            id_token_validity=cdk.Duration.hours(1),
            enable_token_revocation=True,
            prevent_user_existence_errors=True,
            disable_o_auth=True,
        )

    @property
    def issuer(self) -> str:
        """The issuer of the pool's tokens."""
        return f"https://cognito-idp.{self.region}.amazonaws.com/{self.user_pool.user_pool_id}"


def _by_arn(secret: secretsmanager.Secret) -> secretsmanager.ISecret:
    """Return a secret by its attribute: the whole ARN everywhere, where Ref is a name locally."""
    resource = secret.node.default_child
    assert isinstance(resource, secretsmanager.CfnSecret)  # noqa: S101 - tells the type
    return secretsmanager.Secret.from_secret_complete_arn(
        secret.stack, f"{secret.node.id}ByArn", resource.attr_id
    )
