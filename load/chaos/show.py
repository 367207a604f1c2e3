"""What is printed in the end."""

from collections import Counter
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from load.chaos.killer import BLOWS
from load.chaos.stream import Stream
from load.chaos.verdict import Verdict

MOST_ROWS = 20


@dataclass(frozen=True, slots=True)
class War:
    seed: int
    tally: Counter[str]
    starts: int
    peace_s: float
    war_s: float


def show(console: Console, stream: Stream, war: War, verdict: Verdict) -> None:
    blows = Table("blow", "times", box=None, padding=(0, 2))
    blows.columns[1].justify = "right"
    for blow in BLOWS:
        blows.add_row(blow.name, f"{war.tally[blow.name]:,}")
    blows.add_row("all", f"{war.tally.total():,}", style="bold")
    console.print(blows)
    rows = sum(checksum.rows for checksum in verdict.tables.values())
    console.print(
        f"\n{stream.ops:,} operations in {len(stream.seqs):,} frames, seed {war.seed}: "
        f"{war.peace_s:.0f} s in peace; {war.war_s:.0f} s, {war.tally.total():,} blows and "
        f"{war.starts:,} starts under fire"
    )
    if verdict.equal:
        console.print(f"[bold green]Equal[/]: {rows:,} rows in {len(verdict.tables)} tables")
        return
    console.print(f"[bold red]Different[/]: {len(verdict.rows):,} rows that only one of them has")
    for row in verdict.rows[:MOST_ROWS]:
        console.print(Text(row), soft_wrap=True)
