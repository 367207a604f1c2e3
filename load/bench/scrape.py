"""Metrics as the indexer's processes serve them: summed, subtracted, and their quantiles."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

Figures = Mapping[str, float]
"""Values by the metric's whole name, labels included."""

LATENCY = "indexer_receipt_to_commit_seconds"
BATCH = "indexer_batch_events"
STEPS = ("decode", "plan", "write", "commit")
WANTED = (LATENCY, BATCH, *(f"indexer_{step}_seconds" for step in STEPS), "indexer_retries")
_BOUND = re.compile(r'_bucket\{le="([^"]+)"\}')


def read(text: str) -> dict[str, float]:
    """Only what is wanted: a full parser takes more time than the indexer's own counting."""
    pairs = (line.rsplit(" ", 1) for line in text.splitlines() if line.startswith(WANTED))
    return {name: float(value) for name, value in pairs}


def total(several: Iterable[Figures]) -> Counter[str]:
    summed: Counter[str] = Counter()
    for figures in several:
        summed.update(figures)
    return summed


def since(before: Figures, now: Figures) -> dict[str, float]:
    return {name: value - before.get(name, 0.0) for name, value in now.items()}


def quantile(figures: Figures, histogram: str, share: float) -> float | None:
    """Where so large a share lies below, taken evenly within a bucket; None without any."""
    buckets = sorted(
        (float(found[1]), count)
        for name, count in figures.items()
        if name.startswith(histogram) and (found := _BOUND.search(name))
    )
    if not buckets or not buckets[-1][1]:
        return None
    wanted = share * buckets[-1][1]
    low, below = 0.0, 0.0
    for bound, count in buckets:
        if count >= wanted:
            within = (wanted - below) / (count - below) if count > below else 1.0
            return low if bound == float("inf") else low + (bound - low) * within
        low, below = bound, count
    return low


def mean(figures: Figures, histogram: str) -> float | None:
    count = figures.get(f"{histogram}_count")
    return figures[f"{histogram}_sum"] / count if count else None
