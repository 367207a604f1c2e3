"""Takes over a database of the older system: its tables become ours, and no row is lost."""

from indexer.adopt.adopting import adopt
from indexer.adopt.report import Line, Report

__all__ = ["Line", "Report", "adopt"]
