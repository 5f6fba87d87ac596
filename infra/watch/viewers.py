"""What viewers meet: the API, the edge, signing in, and the tables behind all of it."""

from collections.abc import Mapping

from aws_cdk import aws_dynamodb as dynamodb

from cliffhanger import tables
from infra.data import Data
from infra.gateway import CALLS_PER_SECOND
from infra.watch.alarms import Alarms, Watch, minutes
from infra.watch.metric import of_aws


def watch_api(alarms: Alarms, api_id: str) -> None:
    """Watch the gateway."""
    here = {"ApiId": api_id}
    alarms.add(
        "ApiErrors",
        of_aws("ApiGateway", "5xx", here),
        Watch(what="The API answers 5xx.", entry="The API fails", threshold=20),
    )
    alarms.add(
        "ApiSlow",
        of_aws("ApiGateway", "Latency", here, "p95"),
        Watch(
            what="One call in twenty takes more than two seconds, for a quarter of an hour.",
            entry="The API is slow",
            threshold=2000,
            times=3,
            of=3,
        ),
    )
    alarms.add(
        "ApiCalls",
        of_aws("ApiGateway", "Count", here, period=minutes(1)),
        Watch(
            what="Calls come near what the gateway lets pass in a second.",
            entry="The API is near its throttle",
            threshold=0.8 * 60 * CALLS_PER_SECOND,
        ),
    )


def watch_edge(alarms: Alarms, distributions: Mapping[str, str], function_name: str) -> None:
    """Watch CloudFront. The alarms stand in us-east-1, where its metrics are."""
    for name, distribution_id in distributions.items():
        place = {"DistributionId": distribution_id, "Region": "Global"}
        alarms.add(
            f"{name}EdgeErrors",
            of_aws("CloudFront", "5xxErrorRate", place, "Average"),
            Watch(
                what=f"CloudFront answers 5xx to one request in twenty for {name.lower()}.",
                entry="CloudFront fails",
                threshold=5,
                times=2,
                of=2,
            ),
        )
    alarms.add(
        "EdgeRefusals",
        of_aws(
            "CloudFront",
            "4xxErrorRate",
            {"DistributionId": distributions["Media"], "Region": "Global"},
            "Average",
        ),
        Watch(
            what="The edge refuses every fourth request for media: tokens and keys may not fit.",
            entry="The edge refuses viewers",
            threshold=25,
            times=3,
            of=3,
        ),
    )
    alarms.add(
        "EdgeFunctionErrors",
        of_aws(
            "CloudFront",
            "FunctionExecutionErrors",
            {"FunctionName": function_name, "Region": "Global"},
        ),
        Watch(
            what="The function that checks playback tokens breaks down.",
            entry="The edge's function breaks down",
            threshold=10,
        ),
    )


def watch_sign_in(alarms: Alarms, data: Data) -> None:
    """Watch the user pool's throttles. A user that an administrator makes has a client `Admin`."""
    pool = data.user_pool.user_pool_id
    app = data.app_client.user_pool_client_id
    for name, client in (("SignUp", "Admin"), ("SignIn", app), ("TokenRefresh", app)):
        alarms.add(
            f"{name}Throttles",
            of_aws("Cognito", f"{name}Throttles", {"UserPool": pool, "UserPoolClient": client}),
            Watch(
                what=f"Cognito throttles: {name}. Viewers cannot get in.",
                entry="Cognito throttles",
                threshold=10,
            ),
        )


def watch_tables(alarms: Alarms, made: Mapping[str, dynamodb.TableV2]) -> None:
    """Watch each table and index for throttles: on demand, those are hot partitions."""
    for spec in tables.TABLES:
        whole = {"TableName": made[spec.name].table_name}
        _watch_throttles(alarms, spec.name, whole)
        for index in spec.indexes:
            place = whole | {"GlobalSecondaryIndexName": index.name}
            _watch_throttles(alarms, f"{spec.name} {index.name}", place)


def _watch_throttles(alarms: Alarms, told: str, place: Mapping[str, str]) -> None:
    for kind in ("Read", "Write"):
        alarms.add(
            f"{told.title().replace(' ', '')}{kind}Throttles",
            of_aws("DynamoDB", f"{kind}ThrottleEvents", place),
            Watch(
                what=f"DynamoDB throttles {kind.lower()}s of {told}.",
                entry="DynamoDB throttles",
                threshold=10,
            ),
        )
