"""What became of an episode, as a run or a look at the folder found it."""

from dataclasses import dataclass

from cli.api import Json
from cli.errors import Refusal
from cli.state import EpisodeRecord

_ENDS = {"ready", "rejected", "failed", "canceled"}


@dataclass(frozen=True)
class Outcome:
    """An episode with its asset (None if there is none yet) and what was refused, if anything."""

    episode: EpisodeRecord
    asset: Json | None = None
    refusal: Refusal | None = None

    @property
    def state(self) -> str:
        """One word: the asset's status, `published` when viewers may see it, or `refused`."""
        if self.refusal:
            return "refused"
        if self.asset is None:
            return "not uploaded"
        upload = self.episode.upload
        if self.asset["status"] == "ready" and upload and upload.is_published:
            return "published"
        return str(self.asset["status"])

    @property
    def is_bad(self) -> bool:
        """Whether somebody has to do something."""
        return self.state in {"refused", "rejected", "failed", "canceled"}

    @property
    def reason(self) -> tuple[str, str]:
        """The code and the sentence of what is wrong."""
        if self.refusal:
            lines = [self.refusal.detail or self.refusal.sentence]
            lines += getattr(self.refusal, "faults", ())
            return self.refusal.code, "\n".join(lines)
        error = (self.asset or {}).get("error") or {}
        return error.get("code", self.state), error.get("detail", "No reason was given.")

    @property
    def advice(self) -> str:
        """What to do about it."""
        if self.state == "rejected":
            return f"Put the mended file in the place of {self.episode.file}, and publish again."
        return "Publish again: what went well is not done twice."


def has_ended(asset: Json) -> bool:
    """Whether nothing more will happen to an asset by itself."""
    return asset["status"] in _ENDS
