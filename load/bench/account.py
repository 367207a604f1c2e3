"""What a run comes to: the looks that were taken, as rates, quantiles, and costs an operation.

The steady part goes from the first look that shows something committed to the last that shows more
than the one before; starting and ending are left out of rates and costs. At a given rate it begins
some seconds later, for what came while shards began waits in front of what comes then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from load.bench import scrape
from load.bench.watch import Look, Watch

WARM_S = 5.0
QUANTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}


@dataclass(frozen=True, slots=True)
class Counted:
    """By PostgreSQL, over the whole run."""

    before: dict[str, int]
    after: dict[str, int]
    tables: list[dict[str, Any]]
    statements: list[dict[str, Any]]


def account(watch: Watch, shards: int, rate: float | None, counted: Counted) -> dict[str, Any]:
    """Raises IndexerFailed where there is too little to measure."""
    steady = part(watch.looks, WARM_S if rate else 0.0)
    if len(steady) < 2:
        raise watch.indexer.failed("it was done before it could be looked at twice")
    first, last = steady[0], steady[-1]
    all_events, all_ops = watch.indexer.total()
    ops = last.ops - first.ops
    seconds = last.at_s - first.at_s
    return {
        "shards": shards,
        "total": {"events": all_events, "ops": all_ops},
        "seconds": seconds,
        "events": last.events - first.events,
        "ops": ops,
        "events_per_s": (last.events - first.events) / seconds,
        "ops_per_s": ops / seconds,
        "latency_ms": latency(scrape.since(first.metrics, last.metrics)),
        "cpu": cpu(first, last, ops),
        "memory_mb": memory(watch.looks),
        "batches": batches(scrape.since(first.metrics, last.metrics), ops),
        "waits": shares(watch.waits),
        "written": written(counted, all_ops),
        "statements": counted.statements,
        "series": series(watch.looks),
    }


def part(looks: Sequence[Look], warm_s: float) -> Sequence[Look]:
    """Unless too little would remain of it, without the first seconds."""
    moving = [n for n in range(1, len(looks)) if looks[n].events > looks[n - 1].events]
    if not moving:
        return []
    begun = next(n for n, look in enumerate(looks) if look.events)
    warm = [n for n in moving if looks[n].at_s >= looks[begun].at_s + warm_s]
    if len(warm) >= len(moving) / 2:
        begun = warm[0]
    return looks[min(begun, moving[-1] - 1) : moving[-1] + 1]


def latency(figures: scrape.Figures) -> dict[str, float | None]:
    """From receipt to commit, in milliseconds."""
    found = {
        name: scrape.quantile(figures, scrape.LATENCY, share) for name, share in QUANTILES.items()
    }
    return {name: None if one is None else one * 1000 for name, one in found.items()}


def cpu(first: Look, last: Look, ops: int) -> dict[str, dict[str, float]]:
    """Of the steady part, by process: seconds, share of one core, microseconds an operation."""
    ours = _used(first.cpu_s, last.cpu_s)
    theirs = {f"postgres: {n}": s for n, s in _used(first.postgres_s, last.postgres_s).items()}
    sums = {"ours": sum(ours.values()), "postgres": sum(theirs.values())}
    harness_s = last.harness_s - first.harness_s
    others_s = last.machine_s - first.machine_s - sum(sums.values()) - harness_s
    beside = {"the harness": harness_s, "others on the machine": max(0.0, others_s)}
    seconds = last.at_s - first.at_s
    return {
        name: {"s": s, "cores": s / seconds, "us_per_op": s / ops * 1e6 if ops else 0.0}
        for name, s in {**sums, **ours, **theirs, **beside}.items()
    }


def memory(looks: Iterable[Look]) -> dict[str, dict[str, float]]:
    """Of our processes, in megabytes: the most there was, and what it was in the end."""
    found: dict[str, dict[str, float]] = {}
    for look in looks:
        for name, one in look.memory.items():
            found[name] = {"peak": one.peak_mb, "end": one.now_mb}
    return found


def batches(figures: scrape.Figures, ops: int) -> dict[str, Any]:
    """How large transactions are, and what a shard does with its time (seconds, all shards)."""
    count = figures.get(f"{scrape.BATCH}_count", 0)
    steps = {step: figures.get(f"indexer_{step}_seconds_sum", 0.0) for step in scrape.STEPS}
    retries = {name: n for name, n in figures.items() if name.startswith("indexer_retries") and n}
    return {
        "count": count,
        "ops": ops / count if count else None,
        "events": scrape.mean(figures, scrape.BATCH),
        "events_p50": scrape.quantile(figures, scrape.BATCH, 0.5),
        "events_p99": scrape.quantile(figures, scrape.BATCH, 0.99),
        "seconds": steps,
        "retries": retries,
    }


def written(counted: Counted, ops: int) -> dict[str, Any]:
    """Over the whole run, starting and ending included."""
    grown = {name: counted.after[name] - value for name, value in counted.before.items()}
    rows = {
        kind: sum(table[kind] for table in counted.tables)
        for kind in ("inserted", "updated", "hot", "deleted")
    }
    most = max(ops, 1)
    return {
        "wal_bytes": grown["wal_bytes"],
        "wal_bytes_per_op": grown["wal_bytes"] / most,
        "wal_page_images": grown["wal_page_images"],
        "database_grew_bytes": grown["database_bytes"],
        "database_bytes": counted.after["database_bytes"],
        "rows": rows,
        "rows_per_op": sum(rows[kind] for kind in ("inserted", "updated", "deleted")) / most,
        "tables": counted.tables,
    }


def shares(counts: dict[str, int]) -> dict[str, float]:
    """Of all times that a connection of the indexer was seen at work, the commonest first."""
    total = sum(counts.values())
    common = sorted(counts.items(), key=lambda item: -item[1])
    return {name: n / total for name, n in common} if total else {}


def series(looks: Sequence[Look]) -> dict[str, list[Any]]:
    """Between each look and the next."""
    pairs = [(one, two) for one, two in pairwise(looks) if two.at_s > one.at_s]
    latencies = [latency(scrape.since(one.metrics, two.metrics)) for one, two in pairs]
    names = sorted({name for look in looks for name in look.memory})
    return {
        "at_s": [round(two.at_s, 2) for _, two in pairs],
        "events_per_s": [round((b.events - a.events) / (b.at_s - a.at_s)) for a, b in pairs],
        "ops_per_s": [round((b.ops - a.ops) / (b.at_s - a.at_s)) for a, b in pairs],
        "wal_bytes": [b.wal_bytes - a.wal_bytes for a, b in pairs],
        "lag_s": [b.lag_s for _, b in pairs],
        "p50_ms": [one["p50"] for one in latencies],
        "p99_ms": [one["p99"] for one in latencies],
        **{
            f"{n} mb": [b.memory[n].now_mb if n in b.memory else None for _, b in pairs]
            for n in names
        },
    }


def _used(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """Who was not there before had used nothing."""
    used = {name: s - before.get(name, 0.0) for name, s in after.items()}
    return {name: s for name, s in sorted(used.items(), key=lambda item: -item[1]) if s > 0}
