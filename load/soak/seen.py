"""What an indexer says of itself, and what the system says of its processes."""

import os
from pathlib import Path
from typing import NamedTuple

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from load.chaos.service import Life


class Seen(NamedTuple):
    """`rss` is in megabytes, by process; `metrics` are summed over all processes."""

    rss: dict[str, float]
    files: int  # that the coordinator has open
    metrics: dict[str, float]


async def look(life: Life) -> Seen | None:
    """None while it begins, and when it is no more."""
    status = await life.status()
    if status is None:
        return None
    children = [status["coordinator"], *status["shards"]]
    metrics: dict[str, float] = {}
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        for child in children:
            if child["metrics"]:
                async with session.get(f"{child['metrics']}/metrics") as answer:
                    _add(metrics, await answer.text())
    pids = {"parent": status["pid"]} | {child["name"]: child["pid"] for child in children}
    rss = {name: round(_rss_mb(pid), 2) for name, pid in pids.items()}
    return Seen(rss, _files(status["coordinator"]["pid"]), metrics)


def _add(metrics: dict[str, float], text: str) -> None:
    for family in text_string_to_metric_families(text):
        if family.name.startswith("indexer_") and family.type in ("counter", "gauge"):
            for sample in family.samples:
                name = " ".join([sample.name.removeprefix("indexer_"), *sample.labels.values()])
                metrics[name] = metrics.get(name, 0) + sample.value


def _files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def _rss_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
