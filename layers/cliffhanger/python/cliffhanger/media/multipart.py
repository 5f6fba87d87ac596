"""The S3 side of an upload: one presigned multipart upload into the source bucket."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from cliffhanger import aws
from cliffhanger.media.errors import PartsMismatch, SizeMismatch, UploadClosed
from cliffhanger.media.models import ArrivedPart, ReceivedPart, SignedPart

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

_SIGNED_FOR_SECONDS = 3600
_SMALLEST_PART = 16 * 1024 * 1024
_LARGEST_PART = 5 * 1024**3  # as much as S3 takes; a file may have 5 TiB, which is 1,024 of them
_MOST_PARTS = 1000  # so that every URL fits one answer; S3 itself takes 10,000


class _Where(TypedDict):
    Bucket: str
    Key: str
    UploadId: str


@dataclass(frozen=True)
class Multipart:
    """A multipart upload that S3 knows as `upload_id`."""

    bucket: str
    key: str
    upload_id: str

    @property
    def _where(self) -> _Where:
        return {"Bucket": self.bucket, "Key": self.key, "UploadId": self.upload_id}

    def sign(self, *, size: int, skip: frozenset[int] = frozenset()) -> list[SignedPart]:
        """Return a URL for each part of a file of `size` bytes, good for an hour."""
        return [
            SignedPart(
                number=number,
                url=aws.s3().generate_presigned_url(
                    "upload_part",
                    Params={**self._where, "PartNumber": number},
                    ExpiresIn=_SIGNED_FOR_SECONDS,
                ),
            )
            for number in range(1, _count(size) + 1)
            if number not in skip
        ]

    def received(self) -> list[ReceivedPart]:
        """Return the parts that have arrived.

        Raises:
            UploadClosed: S3 has put them together, or its lifecycle rule has swept them away.
        """
        from botocore.exceptions import ClientError  # noqa: PLC0415

        pages = aws.s3().get_paginator("list_parts").paginate(**self._where)
        try:
            return [
                ReceivedPart(number=part["PartNumber"], etag=part["ETag"], size=part["Size"])
                for page in pages
                for part in page.get("Parts", [])
            ]
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchUpload":
                raise
            raise UploadClosed("No part is open any more. Complete it, or start anew.") from error

    def complete(self, parts: list[ArrivedPart], *, size: int) -> None:
        """Put the parts together. It is no error when that was done before.

        S3 itself refuses another size than declared (MpuObjectSize) and to write over a file
        (If-None-Match).

        Raises:
            PartsMismatch: the parts named are not all, or not those that arrived.
            SizeMismatch: they are, and make a file of another size.
            UploadClosed: S3 knows neither the upload nor the file.
        """
        from botocore.exceptions import ClientError  # noqa: PLC0415

        ordered = sorted(parts, key=lambda part: part.number)
        named = [{"PartNumber": part.number, "ETag": part.etag} for part in ordered]
        try:
            aws.s3().complete_multipart_upload(
                **self._where,
                MultipartUpload={"Parts": named},  # type: ignore[typeddict-item]
                MpuObjectSize=size,
                IfNoneMatch="*",
            )
        except ClientError as error:
            self._explain(error, parts, size)

    def _explain(self, error: "ClientError", parts: list[ArrivedPart], size: int) -> None:
        code = error.response["Error"]["Code"]
        if code in {"InvalidPart", "InvalidPartOrder", "EntityTooSmall", "InvalidRequest"}:
            arrived = self.received()
            etags = {part.number: part.etag.strip('"') for part in arrived}
            named = {part.number: part.etag.strip('"') for part in parts}
            total = sum(part.size for part in arrived)
            if named == etags and len(named) == _count(size) and total != size:
                raise SizeMismatch(
                    f"{total} bytes have arrived, and {size} were declared. Start a new upload."
                ) from error
            raise PartsMismatch(
                "The parts do not make up the file of the declared size. Look at what has"
                " arrived, send what is missing, and complete again."
            ) from error
        if code not in {"NoSuchUpload", "PreconditionFailed"}:
            raise error
        if not self.stands():
            raise UploadClosed("This upload has ended. Start a new one.") from error

    def stands(self) -> bool:
        """Return whether the file is there: its parts were put together."""
        from botocore.exceptions import ClientError  # noqa: PLC0415

        try:
            aws.s3().head_object(Bucket=self.bucket, Key=self.key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in {403, 404}:
                return False
            raise
        return True

    def abort(self) -> None:
        """Free what has arrived. It is no error when S3 has ended the upload already."""
        from botocore.exceptions import ClientError  # noqa: PLC0415

        try:
            aws.s3().abort_multipart_upload(**self._where)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchUpload":
                raise


def open_multipart(bucket: str, key: str, content_type: str) -> Multipart:
    """Open a multipart upload of one file."""
    opened = aws.s3().create_multipart_upload(Bucket=bucket, Key=key, ContentType=content_type)
    return Multipart(bucket, key, opened["UploadId"])


def _count(size: int) -> int:
    return math.ceil(size / part_size(size))


def part_size(size: int) -> int:
    """Return the size of the parts, in bytes, of a file of `size` bytes."""
    return max(_SMALLEST_PART, min(math.ceil(size / _MOST_PARTS), _LARGEST_PART))
