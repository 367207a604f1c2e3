"""What is said while it runs, and in the end."""

from rich.console import Console
from rich.table import Table

from load.soak.found import Verdict
from load.soak.samples import OUTCOMES, Sample, Samples, memory
from load.soak.weather import Weather

MOST_EXAMPLES = 20


def line(sample: Sample) -> str:
    rows = " ".join(f"{name} {count}" for name, count in sample["rows"].items())
    rss = " ".join(f"{name} {size:.0f}" for name, size in sample["rss_mb"].items())
    asked = sum(sample["asked"].values())
    weather = ", ".join(sample["weather"]) or "calm"
    return f"{sample['at_s']:6.0f} s  {rows}  {asked:,} requests  MB: {rss}  {weather}"


def summary(
    console: Console, samples: Samples, weather: Weather, verdicts: dict[str, Verdict]
) -> None:
    last = samples.taken[-1]
    _outcomes(console, last)
    _print(console, "requests", last["asked"])
    _print(console, "faults that struck", weather.struck)
    for when, verdict in verdicts.items():
        _print(console, f"subjects, {when}", verdict.subjects)
        _print(console, f"repos, {when}", verdict.repos)
    _bounds(console, samples.taken)
    _memory(console, samples.taken)
    for when, verdict in verdicts.items():
        for example in verdict.examples[:MOST_EXAMPLES]:
            console.print(f"{when}, {example}", soft_wrap=True)
        for wrong in verdict.wrong:
            console.print(f"[bold red]{when}:[/] {wrong}", soft_wrap=True)


def _outcomes(console: Console, last: Sample) -> None:
    for prefix in OUTCOMES:
        found = {
            name.removeprefix(f"{prefix} "): count
            for name, count in last["metrics"].items()
            if name.startswith(prefix)
        }
        _print(console, prefix.removesuffix("_total"), found)


def _print(console: Console, title: str, counts: dict[str, int]) -> None:
    table = Table(title, "", box=None, padding=(0, 2))
    table.columns[1].justify = "right"
    for name, count in sorted(counts.items()):
        table.add_row(name, f"{count:,.0f}")
    table.add_row("all", f"{sum(counts.values()):,.0f}", style="bold")
    console.print(table)


def _bounds(console: Console, taken: list[Sample]) -> None:
    most = {name: max(s["rows"][name] for s in taken) for name in taken[0]["rows"]}
    said = ", ".join(f"{name} {count:,}" for name, count in most.items())
    files = [s["files"] for s in taken]
    console.print(f"\nrows at most: {said}; open files of the coordinator at most {max(files)}")


def _memory(console: Console, taken: list[Sample]) -> None:
    table = Table("memory", "2nd quarter", "last quarter", "most", "MB an hour", box=None)
    for process in taken[-1]["rss_mb"]:
        if found := memory(taken, process):
            table.add_row(
                process,
                *(f"{size:+.1f}" if n == 3 else f"{size:.1f}" for n, size in enumerate(found)),
            )
    console.print(table)
