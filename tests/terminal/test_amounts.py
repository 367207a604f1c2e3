"""Numbers for people."""

import pytest

from indexer.terminal.amounts import count, duration, size


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        *((None, "-"), (0.0035, "4 ms"), (-1, "0 ms"), (1.25, "1.2 s"), (59, "59 s")),
        *((600, "10 min"), (7200, "2 h"), (864_000, "10 days")),
    ],
)
def test_durations(seconds: float | None, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [
        *((None, "-"), (0, "0 B"), (999, "999 B"), (1500, "1.5 KB"), (-25e9, "-25 GB")),
        (2e18, "2000000 TB"),
    ],
)
def test_sizes(number: float | None, said: str) -> None:
    assert size(number) == said


def test_counts() -> None:
    assert (count(None), count(1234567), count(0.4)) == ("-", "1,234,567", "0")
