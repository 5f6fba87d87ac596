"""The S3 side: fetching inputs and uploading outputs, on the local cloud's endpoint."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from local.mediaconvert.errors import JobFailed

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CONTENT_TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".cmfv": "video/mp4",
    ".cmfa": "audio/mp4",
    ".vtt": "text/vtt",
    ".jpg": "image/jpeg",
}


@dataclass(frozen=True)
class Stored:
    """What S3 says of an object; `last_modified` is in Unix seconds."""

    etag: str
    content_type: str
    last_modified: int


@dataclass(frozen=True)
class Upload:
    """One file of a job and the `s3://` URI that it goes to."""

    path: Path
    uri: str


class Storage:
    """Reads and writes `s3://` URIs; failures carry MediaConvert's error codes."""

    def __init__(self, client: "S3Client") -> None:
        self._client = client

    def fetch(self, uri: str, path: Path) -> Stored:
        """Download an object to `path`.

        Raises:
            JobFailed: 1404 when there is no such object or bucket, 1401 when S3 denies it,
                1010 for anything else.
        """
        bucket, key = split(uri)
        try:
            head = self._client.head_object(Bucket=bucket, Key=key)
            self._client.download_file(bucket, key, str(path))
        except ClientError as error:
            raise _failed(error, uri) from error
        return Stored(
            etag=head["ETag"].strip('"'),
            content_type=head.get("ContentType", ""),
            last_modified=int(head["LastModified"].timestamp()),
        )

    def upload(self, files: Iterable[Upload]) -> None:
        """Upload files side by side; returns when all of them have arrived.

        Raises:
            JobFailed: S3 refused one.
        """
        with ThreadPoolExecutor(max_workers=4) as pool:
            for _ in pool.map(self._put, files):
                pass

    def _put(self, file: Upload) -> None:
        bucket, key = split(file.uri)
        try:
            self._client.put_object(
                Bucket=bucket,
                Key=key,
                Body=file.path.read_bytes(),
                ContentType=CONTENT_TYPES[file.path.suffix],
            )
        except ClientError as error:
            raise _failed(error, file.uri) from error


def split(uri: str) -> tuple[str, str]:
    """The bucket and the key of an `s3://bucket/key` URI."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def _failed(error: ClientError, uri: str) -> JobFailed:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    code = {403: JobFailed.S3_DENIED, 404: JobFailed.S3_MISSING}.get(
        status or 0, JobFailed.CANNOT_OPEN
    )
    return JobFailed(code, f"Unable to use [{uri}]: [{error.response['Error'].get('Message')}]")
