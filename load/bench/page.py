"""A result as one page without links: plots as SVG, tables, and the figures themselves."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from statistics import fmean
from string import Template
from typing import Any

import orjson

from load.bench.plot import bars, lines
from load.bench.show import told
from load.bench.summary import FIGURES

FRAME = Template((Path(__file__).parent / "page.html").read_text())
LEAST_US = 0.5  # of CPU an operation, to be drawn
MOST_POINTS = 100
SUMS = ("ours", "postgres", "others on the machine")


def page(result: dict[str, Any]) -> str:
    runs, about = result["runs"], result["machine"]
    last = {run["label"]: run for run in runs}  # of each kind
    plots = [
        _lines("Operations a second", {n: (run, "ops_per_s") for n, run in last.items()}),
        bars("Operations a second: medians", {"": _medians(result["summary"], "ops_per_s")}),
        bars("Operations a second, by run", _by_run(runs, "ops_per_s")),
        bars("Ratio to the ceiling, by run", _by_run(runs, "ratio")),
        bars("CPU, µs an operation", _cpu(last)),
        *(_latency(label, run) for label, run in last.items()),
        *(_memory(label, run) for label, run in last.items()),
    ]
    return FRAME.substitute(
        title=f"Benchmark, {about['date']}",
        about=_rows({k: v for k, v in about.items() if k != "postgres_settings"}),
        plan=_rows(result["plan"]),
        summary=_summary(result["summary"]),
        plots="\n".join(f"<figure>{plot}</figure>" for plot in plots),
        figures=escape(orjson.dumps(result, option=orjson.OPT_INDENT_2).decode()),
    )


def _latency(label: str, run: dict[str, Any]) -> str:
    chosen = {name: (run, f"{name}_ms") for name in ("p50", "p99")}
    return _lines(f"Receipt to commit, ms, {label}", chosen)


def _memory(label: str, run: dict[str, Any]) -> str:
    names = [name for name in run["series"] if name.endswith(" mb")]
    chosen = {name.removesuffix(" mb"): (run, name) for name in names}
    return _lines(f"Memory, MB, {label}", chosen)


def _cpu(last: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, float]]:
    """By process, then by kind of run."""
    found: dict[str, dict[str, float]] = {}
    for label, run in last.items():
        for name, one in run["cpu"].items():
            if one["us_per_op"] >= LEAST_US and name not in SUMS:
                found.setdefault(name, {})[label] = one["us_per_op"]
    return found


def _medians(summary: Mapping[str, Mapping[str, Any]], name: str) -> dict[str, float]:
    return {label: one[name]["median"] for label, one in summary.items() if name in one}


def _by_run(runs: Sequence[dict[str, Any]], name: str) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for run in runs:
        bar = found.setdefault(run["label"], {})
        if name in run:
            bar[str(len(bar) + 1)] = run[name]
    return found


def _lines(title: str, chosen: Mapping[str, tuple[dict[str, Any], str]]) -> str:
    found = {}
    for name, (run, key) in chosen.items():
        series = run["series"]
        points = [p for p in zip(series["at_s"], series[key], strict=True) if p[1] is not None]
        found[name] = thinned(points)
    return lines(title, found)


def thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Means of so many neighbours that the eye can follow."""
    width = -(-len(points) // MOST_POINTS)
    groups = [points[n : n + width] for n in range(0, len(points), max(1, width))]
    return [(fmean(x for x, _ in some), fmean(y for _, y in some)) for some in groups]


def _summary(summary: Mapping[str, Mapping[str, dict[str, float]]]) -> str:
    head = "".join(f"<th>{escape(label)}</th>" for label in summary)
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
