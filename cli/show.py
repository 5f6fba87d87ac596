"""What is seen: a bar an episode while it works, a table at the end, and errors."""

from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.filesize import decimal
from rich.padding import Padding
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

from cli.api import Json
from cli.errors import ApiProblem, Failure
from cli.folder import Plan
from cli.outcome import Outcome

_STYLES = {
    "published": "green",
    "ready": "green",
    "rejected": "red",
    "refused": "red",
    "failed": "red",
    "canceled": "red",
}


class Screen:
    """A watcher that draws one bar for each episode that is under way, and a line when it ends.

    Only the thread that entered it writes to the terminal: Rich's own refreshing thread and a
    print at the same moment leave torn lines.
    """

    def __init__(self, console: Console, names: dict[int, str]) -> None:
        """Take where to draw, and the file of each episode."""
        self._names = names
        self._width = max((len(str(number)) for number in names), default=1)
        self._tasks: dict[int, TaskID] = {}
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.percentage:>3.0f}%"),
            TextColumn("{task.fields[stage]}", markup=False, style="dim"),
            console=console,
            transient=True,
            auto_refresh=False,
        )

    def __enter__(self) -> Self:
        """Begin to draw."""
        self._progress.start()
        self._all = self._progress.add_task("All episodes", total=len(self._names), stage="")
        for number in self._names:
            self._tasks[number] = self._progress.add_task(
                self._label(number), total=100, stage="", visible=False
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bars away; the lines stay."""
        self._progress.stop()

    def draw(self) -> None:
        """Draw everything as it is now."""
        self._progress.refresh()

    def uploading(self, number: int, arrived: int, size: int) -> None:
        """Note the first half of a bar."""
        if arrived >= size:
            stage = "all sent"
        elif arrived:
            stage = f"uploading, {decimal(arrived)} of {decimal(size)}"
        else:
            stage = "getting ready"
        self._note(number, 50 * arrived / max(size, 1), stage)

    def transcoding(self, number: int, asset: Json) -> None:
        """Note the second half of a bar."""
        begun = asset["status"] == "transcoding"
        stage = f"transcoding, {asset['progress']}%" if begun else "uploaded, being examined"
        self._note(number, 50 + asset["progress"] / 2, stage)

    def settled(self, outcome: Outcome) -> None:
        """Put a line in the place of a bar."""
        number = outcome.episode.number
        self._progress.update(self._tasks[number], visible=False)
        self._progress.advance(self._all)
        self.draw()  # or the print would draw the bars again as they were
        mark = Text("✗ ", "red") if outcome.is_bad else Text("✓ ", "green")
        self._progress.console.print(mark + Text(f"{self._label(number)}  {outcome.state}"))

    def _note(self, number: int, percent: float, stage: str) -> None:
        self._progress.update(self._tasks[number], completed=percent, stage=stage, visible=True)

    def _label(self, number: int) -> str:
        return f"{number:>{self._width}}  {_short(self._names[number])}"


def _short(name: str, width: int = 28) -> str:
    return name if len(name) <= width else f"{name[: width - 10]}…{name[-9:]}"


def numbering(console: Console, plan: Plan, *, every: bool) -> None:
    """Say how the files were numbered; list them if asked to, or if the names did not say."""
    if every or not plan.from_names:
        for file in plan.files:
            console.print(Text(f"{file.number:>4}  {file.path.name}"))
    if not plan.from_names:
        console.print(
            "[yellow]The names do not give each file one number of its own, so new files are"
            " numbered in order.[/yellow]"
        )


def summary(console: Console, outcomes: list[Outcome], *, with_ids: bool = False) -> None:
    """Print a row for each episode, and below what is wrong and what to do about it."""
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("#", justify="right")
    table.add_column("File", overflow="fold")
    table.add_column("Size", justify="right", no_wrap=True)
    table.add_column("Length", justify="right")
    table.add_column("Id" if with_ids else "Renditions", overflow="fold")
    table.add_column("State")
    for one in outcomes:
        asset = one.asset or {}
        renditions = " ".join(made["name"] for made in asset.get("renditions", ()))
        size = one.episode.upload.size if one.episode.upload else None
        table.add_row(
            str(one.episode.number),
            Text(one.episode.file),
            "" if size is None else decimal(size),
            length((asset.get("source") or {}).get("duration_ms")),
            (one.episode.id or "") if with_ids else renditions,
            _state(one),
        )
    console.print()
    console.print(table)
    console.print()
    for one in outcomes:
        if one.is_bad:
            console.print(_reason(one))


def _state(outcome: Outcome) -> Text:
    state = outcome.state
    words = f"transcoding {outcome.asset['progress']}%" if state == "transcoding" else state  # type: ignore[index]
    text = Text(words, _STYLES.get(state, ""))
    if not outcome.is_bad and ((outcome.asset or {}).get("source") or {}).get("has_audio") is False:
        text.append(", no sound", "yellow")
    return text


def _reason(outcome: Outcome) -> Group:
    code, sentence = outcome.reason
    head = Text(f"Episode {outcome.episode.number}, {outcome.episode.file}: ")
    head.append(f"{outcome.state} ({code})", "red")
    return Group(head, Padding(Text(f"{sentence}\n{outcome.advice}"), (0, 0, 1, 2), expand=False))


def length(milliseconds: int | None) -> str:
    """Return a duration as minutes and seconds, or nothing if it is not known."""
    if milliseconds is None:
        return ""
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    return f"{minutes}:{seconds:02d}"


def shelf(console: Console, drama: Json, episodes: list[Json]) -> None:
    """Print a drama and its episodes as viewers see them."""
    console.print(Text(f"{drama['title']}  {drama['id']}", "bold"))
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for name in ("#", "Title", "Length", "Price", "Id"):
        table.add_column(name)
    for one in episodes:
        price = "free" if one["access"] == "free" else str(one["price"])
        seconds = length(round(one["duration_seconds"] * 1000))
        table.add_row(str(one["number"]), Text(one["title"]), seconds, price, one["id"])
    console.print()
    console.print(table)
    console.print()


def failure(console: Console, error: Failure) -> None:
    """Print why a command ends."""
    console.print(Text("✗ ", "red") + Text(error.sentence))
    if error.advice:
        console.print(Padding(Text(error.advice), (0, 0, 0, 2), expand=False))
    if isinstance(error, ApiProblem):
        for fault in error.faults:
            console.print(Padding(Text(fault), (0, 0, 0, 2), expand=False))
