"""A generation's folder in the media bucket: files that are written once and never change."""

from dataclasses import dataclass
from typing import Self

from cliffhanger import aws
from cliffhanger.media import keys
from cliffhanger.media.models import Asset
from cliffhanger.media.settings import MediaSettings
from cliffhanger.settings import load

_YEAR = "public, max-age=31536000, immutable"
_TYPES = {".m3u8": "application/vnd.apple.mpegurl", ".vtt": "text/vtt"}

_DELETED_AT_ONCE = 1000  # as many as DeleteObjects takes


class NotDeleted(Exception):  # noqa: N818 - the sweep tries again
    """The bucket kept a file that was to go."""


@dataclass(frozen=True)
class Folder:
    """The files below one prefix, which ends in a slash."""

    prefix: str

    @classmethod
    def of(cls, asset: Asset) -> Self:
        """Return the folder of an asset's generation."""
        return cls(keys.generation_prefix(asset.drama_id, asset.slot, asset.generation))

    def sizes(self) -> dict[str, int]:
        """Return the size in bytes of every file, by its name: one listing for each thousand."""
        pages = (
            aws.s3().get_paginator("list_objects_v2").paginate(Bucket=_bucket(), Prefix=self.prefix)
        )
        return {
            one["Key"].removeprefix(self.prefix): one["Size"]
            for page in pages
            for one in page.get("Contents", [])
        }

    def read(self, name: str) -> str:
        """Return a text file."""
        answer = aws.s3().get_object(Bucket=_bucket(), Key=self.prefix + name)
        return answer["Body"].read().decode()

    def write(self, name: str, text: str) -> None:
        """Write a playlist or captions, once. That it is there already is no error."""
        from botocore.exceptions import ClientError  # noqa: PLC0415

        try:
            aws.s3().put_object(
                Bucket=_bucket(),
                Key=self.prefix + name,
                Body=text.encode(),
                ContentType=_TYPES[name[name.rindex(".") :]],
                CacheControl=_YEAR,
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise

    def delete(self) -> int:
        """Delete every file, and return how many there were. Doing it again deletes none.

        Raises:
            NotDeleted: the bucket kept some.
        """
        names = list(self.sizes())
        for first in range(0, len(names), _DELETED_AT_ONCE):
            some = names[first : first + _DELETED_AT_ONCE]
            answer = aws.s3().delete_objects(
                Bucket=_bucket(),
                Delete={"Objects": [{"Key": self.prefix + name} for name in some], "Quiet": True},
            )
            if answer.get("Errors"):
                raise NotDeleted(str(answer["Errors"][0].get("Code")))
        return len(names)


def _bucket() -> str:
    return load(MediaSettings).media_bucket
