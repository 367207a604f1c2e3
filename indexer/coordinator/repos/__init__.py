"""Whole repos, fetched and compared with what is stored of them: those that went on without us,
and those that somebody asked for.

`queue` is what PostgreSQL knows of them, `download` asks for a repo, `fetching` brings it into a
`spool` on disk, block by block as they come out of the `stream`; `parts` cuts what differs into
frames, which take their `road` to a shard while `watch` looks how far they came. `mending` does all
of that for one repo, `trying` says what becomes of it if that fails, `resyncing` keeps as many
under way as may be.
"""

from indexer.coordinator.repos.resyncing import keep_resyncing

__all__ = ["keep_resyncing"]
