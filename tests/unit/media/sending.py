"""A studio that uploads a file."""

from typing import Any

from cliffhanger import aws
from functions.studio.handler import handler
from tests.unit.gateway import Answer, studio

UPLOAD = "/v1/studio/uploads/{upload_id}"
FILE = b"\0" * 1000


def start(episode: Any, **changes: Any) -> Answer:
    key = {"idempotency-key": changes.pop("key", "")} if "key" in changes else {}
    body = {
        "episode_id": episode["id"],
        "filename": "a.mp4",
        "size": len(FILE),
        "content_type": "video/mp4",
    }
    return studio(handler, "POST /v1/studio/uploads", body | changes, headers=key)


def act(method: str, upload: Any, action: str = "", body: object = None) -> Answer:
    path = {"upload_id": upload["id"]}
    return studio(handler, f"{method} {UPLOAD}{action}", body, path=path)


def complete(upload: Any, *etags: str) -> Answer:
    parts = [{"number": number, "etag": etag} for number, etag in enumerate(etags, 1)]
    return act("POST", upload, "/complete", {"parts": parts})


def asset_of(upload: Any) -> Any:
    path = {"asset_id": upload["asset_id"]}
    return studio(handler, "GET /v1/studio/assets/{asset_id}", path=path).body


def send(upload: Any, data: bytes = FILE, number: int = 1) -> str:
    """Send a part as the presigned URL would, and return its ETag."""
    key = f"sources/{upload['asset_id']}"
    (upload_id,) = [one["UploadId"] for one in open_in_s3() if one["Key"] == key]
    where: Any = {"Bucket": "sources", "Key": key, "UploadId": upload_id}
    return str(aws.s3().upload_part(**where, PartNumber=number, Body=data)["ETag"])


def open_in_s3() -> list[Any]:
    """The uploads that S3 holds parts for."""
    return list(aws.s3().list_multipart_uploads(Bucket="sources").get("Uploads", []))
