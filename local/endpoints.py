"""What a running local cloud says of itself to tools, tests and people."""

from typing import Any

from local.deployment import Deployment
from local.layout import Place


def endpoints_of(place: Place, deployment: Deployment) -> dict[str, Any]:
    """Return it, ready for `endpoints.json`."""
    base = place.url("edge")
    return {
        "state": str(place.state),
        "base_url": base,
        "api_url": f"{base}/v1",
        "media_url": f"{base}/media",
        "demo_url": f"{base}/",
        "docs_url": f"{base}/docs/",
        "apple_url": place.url("apple"),
        "google_url": place.url("google"),
        "aws_endpoint_url": place.url("aws"),
        "mediaconvert_url": place.url("mediaconvert"),
        "region": deployment.region,
        "user_pool_id": deployment["data", "UserPoolId"],
        "user_pool_client_id": deployment["data", "UserPoolClientId"],
        "event_bus": deployment["data", "EventBus"],
        "tables": {
            "content": deployment["data", "ContentTable"],
            "commerce": deployment["data", "CommerceTable"],
        },
        "buckets": {
            "sources": deployment["data", "SourceBucket"],
            "media": deployment["edge", "MediaBucket"],
        },
        "queues": {
            "uploads": deployment["media", "UploadsQueueUrl"],
            "uploads_dead": deployment["media", "UploadsDeadQueueUrl"],
            "jobs": deployment["media", "JobsQueueUrl"],
            "jobs_dead": deployment["media", "JobsDeadQueueUrl"],
            "edge_writes": deployment["edge", "EdgeWritesQueueUrl"],
            "edge_writes_dead": deployment["edge", "EdgeWritesDeadQueueUrl"],
            "notifications": deployment["commerce", "NotificationsQueueUrl"],
            "notifications_dead": deployment["commerce", "NotificationsDeadQueueUrl"],
        },
    }
