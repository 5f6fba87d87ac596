"""Where a local cloud keeps its things, and on which ports its servers listen."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
HANDLER_ENVIRONMENT = ROOT / ".venv-ministack"
HOST = "127.0.0.1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
"""The root user of the emulated AWS. They open nothing else."""


@dataclass(frozen=True)
class Place:
    """One local cloud: its folder, its public port, and the five ports that follow that one."""

    state: Path = ROOT / ".local"
    port: int = 8787

    @property
    def endpoints(self) -> Path:
        """The file that says where everything is, while the cloud is up."""
        return self.state / "endpoints.json"

    @property
    def logs(self) -> Path:
        """A log for each server."""
        return self.state / "logs"

    @property
    def ports(self) -> dict[str, int]:
        """The port of each server. `door` is where the writer of the edge's store gets in."""
        names = ("edge", "aws", "mediaconvert", "door", "apple", "google")
        return {name: self.port + offset for offset, name in enumerate(names)}

    def url(self, server: str) -> str:
        """Return the address of a server."""
        return f"http://{HOST}:{self.ports[server]}"
