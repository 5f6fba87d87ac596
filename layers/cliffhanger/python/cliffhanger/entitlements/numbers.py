"""Episode numbers as people write them."""

from collections.abc import Iterable


def ranges(numbers: Iterable[int]) -> str:
    """Return numbers in order as ranges: 1, 2, 3, 7 are `1-3,7`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(f"{first}-{last}" if first < last else f"{first}" for first, last in runs)
