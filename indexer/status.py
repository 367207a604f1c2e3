"""What `indexer status` and `indexer quarantine` show: the running indexer's own words, and what
PostgreSQL knows, which is there to see also when nothing runs."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table

from indexer.config import Metrics
from indexer.database import connect, load_query
from indexer.database.facts import Facts, gather_facts

ANSWER_S = 3.0
NEWEST = 2**63 - 1  # above any id
# Our own address is no proxy's business, whatever http_proxy says.
DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
Row = Mapping[str, Any]


async def status(url: str, service: str, metrics: Metrics) -> dict[str, Any]:
    """`live` is null when no indexer of this source answers; `why_not` says more."""
    live, why_not = ask(metrics, service)
    facts = await gather_facts(url, service)
    return {"source": service, "live": live, "why_not": why_not, "database": facts}


def ask(metrics: Metrics, service: str) -> tuple[dict[str, Any] | None, str | None]:
    """What the indexer at our own metrics address says, if it is one of this source."""
    address = f"http://{metrics.host}:{metrics.port}/status"
    if not metrics.port:
        return None, "METRICS_PORT is 0: nobody can know where it is served"
    try:
        with DIRECTLY.open(address, timeout=ANSWER_S) as answer:
            live = json.load(answer)
    except (OSError, ValueError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        return None, f"no indexer answers at {address} ({reason})"
    if not isinstance(live, dict) or live.get("source") != service:
        return None, f"what answers at {address} does not index this source"
    return live, None


def shown(found: dict[str, Any]) -> RenderableType:
    live, facts = found["live"], found["database"]
    parts: list[RenderableType] = [_summary(found["source"], live, facts, found["why_not"])]
    if live:
        parts.append(_processes([live["coordinator"], *live["shards"]]))
    parts += [
        _counts("pending", "waits for", facts["pending"]),
        _counts("repos", "state", facts["repos"]),
        _counts("whole repos to fetch", "", {k: n for k, n in facts["resyncs"].items() if n}),
        _counts("quarantine", "kept aside because of", facts["quarantine"]),
    ]
    return Group(*parts)


def _summary(
    source: str, live: dict[str, Any] | None, facts: Facts, why_not: str | None
) -> RenderableType:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_row("source", source)
    table.add_row(
        "running", f"pid {live['pid']}, epoch {live['epoch']}" if live else f"no: {why_not}"
    )
    if live:
        well = "well" if not live["reasons"] else "; ".join(live["reasons"])
        table.add_row("health", well)
        table.add_row("received", _place(live["received_seq"], live["received_time"]))
        table.add_row("lag", _lag(live["lag_s"], live["behind_s"]))
        table.add_row("rate", f"{live['events_per_s']} events/s, {live['ops_per_s']} ops/s")
    table.add_row("cursor", _place(facts["cursor"], facts["last_event_time"]))
    table.add_row("gaps", str(facts["gaps"]))
    return table


def _place(seq: int | None, time: str | None) -> str:
    return ", ".join(str(part) for part in (seq, time) if part is not None) or "none yet"


def _lag(lag_s: float, behind_s: float | None) -> str:
    if behind_s is None:
        return f"{lag_s} s"
    return f"{lag_s} s, {behind_s:,.1f} s behind the source's clock"


def _processes(places: Sequence[Row]) -> RenderableType:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("process", no_wrap=True)
    table.add_column("state", no_wrap=True)
    for column in ("pid", "events/s", "ops/s", "queue", "unacked", "restarts", "port"):
        table.add_column(column, justify="right", no_wrap=True)
    for place in places:
        port = str(place["metrics"] or "").rpartition(":")[2]
        state, pid = str(place["state"]), str(place["pid"] or "")
        table.add_row(str(place["name"]), state, pid, *_load(place), str(place["restarts"]), port)
    return table


def _load(place: Row) -> list[str]:
    """Of a shard; the coordinator has none."""
    if "queue_depth" not in place:
        return ["", "", "", ""]
    queue = f"{place['queue_depth']}/{place['queue_capacity']}"
    return [
        str(place["events_per_s"]),
        str(place["ops_per_s"]),
        queue,
        str(place["unacked_frames"]),
    ]


def _counts(title: str, column: str, counts: Mapping[str, int]) -> RenderableType:
    if not counts:
        return f"{title}: nothing"
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(column)
    table.add_column("count", justify="right")
    for name, count in counts.items():
        table.add_row(name, f"{count:,}")
    return Group(title, table)  # A title of the table's own is broken at its width.


async def list_quarantine(url: str, reason: str | None, limit: int) -> list[asyncpg.Record]:
    """The newest first."""
    connection = await connect(url, "indexer quarantine")
    try:
        return list(await connection.fetch(load_query("list_quarantine"), reason, limit, NEWEST))
    finally:
        await connection.close()


async def show_quarantine(url: str, number: int) -> asyncpg.Record | None:
    connection = await connect(url, "indexer quarantine")
    try:
        return await connection.fetchrow(load_query("show_quarantine"), number)
    finally:
        await connection.close()
