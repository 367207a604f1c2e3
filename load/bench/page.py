"""A result as one page without links: plots as SVG, tables, and the figures themselves."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Any

import orjson

from load.bench.plot import bars, lines
from load.bench.show import told
from load.bench.summary import FIGURES

FRAME = Template((Path(__file__).parent / "page.html").read_text())
LEAST_US = 0.5  # of CPU an operation, to be drawn
MOST_POINTS = 300
SUMS = ("ours", "postgres")


def page(result: dict[str, Any]) -> str:
    runs, about = result["runs"], result["machine"]
    last = {run["shards"]: run for run in runs}  # of each number of shards
    plots = [
        _lines("Operations a second", {f"SHARDS={n}": (r, "ops_per_s") for n, r in last.items()}),
        bars("Operations a second, by run", _by_run(runs, "ops_per_s")),
        bars("Ratio to the ceiling, by run", _by_run(runs, "ratio")),
        bars("Scaling over SHARDS", {"times the fewest": result["scaling"]}),
        *(_latency(n, run) for n, run in last.items()),
        *(_memory(n, run) for n, run in last.items()),
        bars("CPU, µs an operation", _cpu(last)),
    ]
    return FRAME.substitute(
        title=f"Benchmark, {about['date']}",
        about=_rows({k: v for k, v in about.items() if k != "postgres_settings"}),
        plan=_rows(result["plan"] | {"rows before": f"{result['past']['rows']:,}"}),
        summary=_summary(result["summary"]),
        plots="\n".join(f"<figure>{plot}</figure>" for plot in plots),
        figures=escape(orjson.dumps(result, option=orjson.OPT_INDENT_2).decode()),
    )


def _latency(shards: int, run: dict[str, Any]) -> str:
    chosen = {name: (run, f"{name}_ms") for name in ("p50", "p99")}
    return _lines(f"Receipt to commit, ms, SHARDS={shards}", chosen)


def _memory(shards: int, run: dict[str, Any]) -> str:
    names = [name for name in run["series"] if name.endswith(" mb")]
    chosen = {name.removesuffix(" mb"): (run, name) for name in names}
    return _lines(f"Memory, MB, SHARDS={shards}", chosen)


def _cpu(last: Mapping[int, dict[str, Any]]) -> dict[str, dict[str, float]]:
    """By process: what it used in each number of shards."""
    found: dict[str, dict[str, float]] = {}
    for shards, run in last.items():
        for name, one in run["cpu"].items():
            if one["us_per_op"] >= LEAST_US and name not in SUMS:
                found.setdefault(name, {})[f"SHARDS={shards}"] = one["us_per_op"]
    return found


def _by_run(runs: Sequence[dict[str, Any]], name: str) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for run in runs:
        bar = found.setdefault(f"SHARDS={run['shards']}", {})
        if name in run:
            bar[str(len(bar) + 1)] = run[name]
    return found


def _lines(title: str, chosen: Mapping[str, tuple[dict[str, Any], str]]) -> str:
    found = {}
    for name, (run, key) in chosen.items():
        series = run["series"]
        points = [p for p in zip(series["at_s"], series[key], strict=True) if p[1] is not None]
        found[name] = points[:: max(1, len(points) // MOST_POINTS)]
    return lines(title, found)


def _summary(summary: Mapping[str, Mapping[str, dict[str, float]]]) -> str:
    head = "".join(f"<th>SHARDS={escape(shards)}</th>" for shards in summary)
    rows = []
    for name, figure in FIGURES.items():
        cells = [told(one.get(name), figure.digits) for one in summary.values()]
        if any(cells):
            filled = "".join(f"<td>{cell}</td>" for cell in cells)
            rows.append(f"<tr><th>{escape(figure.title)}</th>{filled}</tr>")
    return f"<tr><th></th>{head}</tr>" + "\n".join(rows)


def _rows(values: Mapping[str, Any]) -> str:
    return "\n".join(
        f"<tr><th>{escape(name)}</th><td>{escape(str(value))}</td></tr>"
        for name, value in values.items()
        if value is not None
    )
