"""The few figures that are compared, as medians over the runs, with their spread."""

from collections.abc import Iterable
from statistics import median
from typing import Any, NamedTuple


class Figure(NamedTuple):
    """Where it stands in a run's figures."""

    title: str
    path: tuple[str, ...]
    more_is_better: bool = False
    digits: int = 0


FIGURES = {
    "ops_per_s": Figure("operations/s", ("ops_per_s",), True),
    "events_per_s": Figure("events/s", ("events_per_s",), True),
    "ceiling_ops_per_s": Figure("ceiling, operations/s", ("ceiling", "ops_per_s"), True),
    "ratio": Figure("ratio to the ceiling", ("ratio",), True, 3),
    "cpu_ratio": Figure("… by CPU, which others do not disturb", ("cpu_ratio",), True, 3),
    "p50_ms": Figure("receipt to commit p50, ms", ("latency_ms", "p50"), digits=1),
    "p99_ms": Figure("receipt to commit p99, ms", ("latency_ms", "p99"), digits=1),
    "ours_us": Figure("our CPU, µs/op", ("cpu", "ours", "us_per_op"), digits=1),
    "postgres_us": Figure("PostgreSQL's CPU, µs/op", ("cpu", "postgres", "us_per_op"), digits=1),
    "ceiling_postgres_us": Figure(
        "… in the ceiling, µs/op", ("ceiling", "postgres_us_per_op"), digits=1
    ),
    "wal_bytes": Figure("WAL, bytes/op", ("written", "wal_bytes_per_op")),
    "ceiling_wal_bytes": Figure("… in the ceiling, bytes/op", ("ceiling", "wal_bytes_per_op")),
    "rows": Figure("rows written/op", ("written", "rows_per_op"), digits=2),
    "batch_ops": Figure("operations/transaction", ("batches", "ops"), True),
    "peak_mb": Figure("largest process, peak MB", ("memory_peak_mb",)),
}


class Spread(NamedTuple):
    """Over the runs."""

    median: float
    low: float
    high: float


def summarize(runs: Iterable[dict[str, Any]]) -> dict[str, dict[str, dict[str, float]]]:
    """By label, then by figure; what was not measured is not there."""
    labelled: dict[str, list[dict[str, Any]]] = {}
    for run in runs:
        labelled.setdefault(run["label"], []).append(run)
    return {label: _summary(some) for label, some in labelled.items()}


def _summary(runs: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    found = {}
    for name, figure in FIGURES.items():
        values = [value for run in runs if (value := at(run, figure.path)) is not None]
        if values:
            found[name] = Spread(median(values), min(values), max(values))._asdict()
    return found


def at(figures: Any, path: tuple[str, ...]) -> float | None:
    for name in path:
        figures = figures.get(name) if isinstance(figures, dict) else None
    return None if figures is None else float(figures)
