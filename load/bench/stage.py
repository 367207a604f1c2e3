"""What a run needs: a database with a past, as a template, and the stream that comes after it.

Making both takes longer than a run, so they can be kept: a directory for each world, with a
PostgreSQL of its own in it.
"""

import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import orjson
from rich.console import Console

from indexer import database
from indexer.database.files import checksum
from indexer.database.session import SQL
from load.bench import cluster as clusters
from load.bench.cluster import Cluster
from load.bench.figures import query
from load.bench.making import Stream, make
from load.bench.plan import World

PAST = "past"  # the template


@dataclass(frozen=True, slots=True)
class Stage:
    cluster: Cluster
    stream: Stream
    rows: int  # in the template


@asynccontextmanager
async def staged(console: Console, world: World, kept: Path | None) -> AsyncIterator[Stage]:
    """Without a directory to keep it in, and on a server given, it is gone afterwards."""
    given = os.environ.get("DATABASE_URL")
    with tempfile.TemporaryDirectory(prefix="indexer-bench-") as scratch:
        place = kept / key(world) if kept else Path(scratch)
        place.mkdir(parents=True, exist_ok=True)
        async with clusters.given(given) if given else clusters.own(place / "data") as cluster:
            story = place / "stage.json"
            if given or not story.exists() or not await cluster.has(PAST):
                url = await cluster.create(PAST)
                stream = await make(console, world, url, place)
                told = {"rows": await settle(url), "stream": stream}
                story.write_bytes(orjson.dumps(told, default=str))
            yield _kept(cluster, story)


def key(world: World) -> str:
    """Of what is kept: another schema needs another past."""
    told = world.told() | {"schema": checksum(sorted(SQL.rglob("*.sql")))}
    if world.capture is not None:
        told["changed"] = world.capture.stat().st_mtime
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]


def _kept(cluster: Cluster, story: Path) -> Stage:
    found = orjson.loads(story.read_bytes())
    stream = found["stream"]
    return Stage(cluster, Stream(**{**stream, "path": Path(stream["path"])}), found["rows"])


async def settle(url: str) -> int:
    """Leaves the database as one that has been at rest. Returns how many rows it has."""
    connection = await database.connect(url, clusters.NAME)
    try:
        await connection.execute("VACUUM (ANALYZE)")
        await connection.execute("CHECKPOINT")
        counted = "SELECT coalesce(sum(reltuples), 0) FROM pg_class WHERE relkind = 'r'"
        own = f"{counted} AND relnamespace = 'public'::regnamespace AND reltuples > 0"
        return int(await connection.fetchval(own))
    finally:
        await connection.close()


async def warm(url: str) -> bool:
    """Leaves the database as one that has been in use: its pages are in memory, those of indexes
    last, as far as there is room. False where the server has no pg_prewarm."""
    connection = await database.connect(url, clusters.NAME)
    try:
        await connection.execute("CREATE EXTENSION pg_prewarm")
        for kinds in ("rt", "i"):
            await connection.execute(query("warm"), list(kinds))
        await connection.execute("DROP EXTENSION pg_prewarm")
    except (asyncpg.FeatureNotSupportedError, asyncpg.InsufficientPrivilegeError):
        return False  # Not there, or not ours to make.
    finally:
        await connection.close()
    return True
