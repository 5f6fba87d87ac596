"""Taking times: contenders in turn, round after round, so that a busy machine is unfair to none.

It is CPU time that is taken, of this process or of a child, never the clock on the wall.
"""

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Times:
    """CPU seconds of one contender, a figure for each round."""

    seconds: tuple[float, ...]

    @property
    def least(self) -> float:
        """The minimum: the figure that a busy machine disturbs least."""
        return min(self.seconds)

    @property
    def median(self) -> float:
        """The median."""
        return statistics.median(self.seconds)

    def text(self, unit: str = "ms") -> str:
        """Return minimum, median and the middle half of all rounds, in ms or in us."""
        scale = {"ms": 1e3, "us": 1e6, "s": 1}[unit]
        low, _, high = statistics.quantiles(self.seconds, n=4)
        figures = [_three_digits(one * scale) for one in (self.least, self.median, low, high)]
        return "{} {unit} (median {}, middle half {}-{})".format(*figures, unit=unit)


def _three_digits(figure: float) -> str:
    return f"{figure:.3g}" if figure < 100 else f"{figure:.0f}"


def in_turn(contenders: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, Times]:
    """Run every contender once a round. Each returns the CPU seconds it took."""
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            taken[name].append(run())
    return {name: Times(tuple(found)) for name, found in taken.items()}


def start(code: str, python: str, environment: Mapping[str, str]) -> float:
    """Run code in a fresh Python and return the CPU seconds from its start to the code's end.

    The end of the process is left out: a function in Lambda goes on after its init.

    Raises:
        RuntimeError: it failed; the message has what it wrote.
    """
    told = f"{code}\nimport os, time\nos.write(1, str(time.process_time()).encode())\nos._exit(0)"
    ran = subprocess.run(
        [python, "-S", "-c", told], env={**environment}, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise RuntimeError(f"a fresh Python failed:\n{ran.stderr[-2000:]}")
    return float(ran.stdout)


def repeated(work: Callable[[], object], times: int) -> Callable[[], float]:
    """Return a contender that does some work so many times, and tells the CPU seconds of one."""

    def run() -> float:
        start = time.process_time()
        for _ in range(times):
            work()
        return (time.process_time() - start) / times

    return run


def machine() -> str:
    """Return what is measured on, with how busy it is."""
    uname = os.uname()
    busy, _, _ = os.getloadavg()
    return f"{uname.sysname} {uname.machine}, {os.cpu_count()} cores, load {busy:.1f}"
