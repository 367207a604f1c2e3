"""One bar for whatever takes a while."""

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


def progress(console: Console) -> Progress:
    """Tasks have a field `said`, for what else is to be said of them."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,} frames"),
        TextColumn("{task.fields[said]}"),
        TimeElapsedColumn(),
        console=console,
    )
