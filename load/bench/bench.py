"""From the plan to the file of figures; everything is cleared away whatever happens."""

import asyncio
import signal
import tempfile
from pathlib import Path
from typing import Any

import asyncpg
import orjson
from rich.console import Console
from rich.markup import escape

from indexer import database, log
from indexer.postgres import NoPostgres
from indexer.protocol.errors import Invalid
from load.bench.ceiling import ceiling
from load.bench.flat import flatness
from load.bench.indexer import IndexerFailed
from load.bench.machine import machine
from load.bench.page import page
from load.bench.plan import Plan
from load.bench.run import RUN, play
from load.bench.show import show
from load.bench.stage import Stage, staged
from load.bench.summary import summarize

FAILURES = (IndexerFailed, NoPostgres, Invalid, OSError, database.DatabaseRefused)


def bench(plan: Plan, out: Path) -> int:
    """The exit status. `out` is the JSON file; the page has the same name, as .html."""
    console = Console()
    log.configure("ERROR", "bench")
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        result = asyncio.run(_bench(console, plan))
    except (KeyboardInterrupt, asyncio.CancelledError):
        console.print("Stopped; nothing is left behind but a stage that was asked for.")
        return 130
    except (*FAILURES, asyncpg.PostgresError) as error:
        console.print(f"[bold red]It failed:[/] {escape(str(error))}")
        return 1
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(orjson.dumps(result, option=orjson.OPT_INDENT_2))
    out.with_suffix(".html").write_text(page(result))
    show(console, result)
    console.print(f"{out}, and plots in {out.with_suffix('.html')}")
    return 0


async def _bench(console: Console, plan: Plan) -> dict[str, Any]:
    about: dict[str, Any] = {}
    runs = []
    for world in plan.worlds():
        async with staged(console, world, plan.stage) as stage:
            about = about or await machine(stage.cluster.url)
            for _ in range(plan.runs):
                for shards in plan.shards:  # In turn: what disturbs the machine meets all alike.
                    run = await _once(console, plan, stage, shards)
                    run["label"] = plan.label(world, shards)
                    console.print(_line(run))
                    runs.append(run)
    return {"machine": about, "plan": plan.told(), "summary": summarize(runs), "runs": runs}


async def _once(console: Console, plan: Plan, stage: Stage, shards: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="indexer-bench-") as scratch:
        try:
            run = await play(console, plan, stage, shards, Path(scratch))
            found = run.figures
            if plan.connections and plan.rate is None:
                found["ceiling"] = await ceiling(
                    console, stage, run, plan.connections, Path(scratch)
                )
                _relate(found)
        finally:
            await stage.cluster.drop(RUN)
    found["rows_before"] = stage.rows
    found["memory_peak_mb"] = max(one["peak"] for one in found["memory_mb"].values())
    found["flat"] = flatness(found["series"])
    return found


def _relate(found: dict[str, Any]) -> None:
    """By time, and by the CPU of everybody, where PostgreSQL's is known: on a machine that others
    use too, it is what stays."""
    bare, cpu = found["ceiling"], found["cpu"]
    found["ratio"] = found["ops_per_s"] / bare["ops_per_s"]
    if cpu["postgres"]["s"]:
        used = cpu["ours"]["us_per_op"] + cpu["postgres"]["us_per_op"]
        found["cpu_ratio"] = bare["postgres_us_per_op"] / used


def _line(run: dict[str, Any]) -> str:
    ratio = f", {run['ratio']:.2f} of the ceiling" if "ratio" in run else ""
    return f"{run['label']}: {run['ops_per_s']:,.0f} operations/s{ratio}"
