"""What is shown of a running indexer, and what of the database alone."""

import asyncio
import os
import socket
import sys
from io import StringIO
from typing import Any

from rich.console import Console

from indexer import web
from indexer.config import Metrics
from indexer.parent.cursor import Mark
from indexer.parent.ledger import Ledger
from indexer.status import ask, shown, status

SHARD = {
    "name": "shard 0",
    "state": "running",
    "pid": 77,
    "restarts": 2,
    "metrics": "http://127.0.0.1:9402",
    "events_per_s": 312.5,
    "ops_per_s": 330.1,
    "queue_depth": 3,
    "queue_capacity": 64,
    "unacked_frames": 120,
}
LIVE = {
    "source": "relay/path",
    "pid": 70,
    "epoch": 1,
    "reasons": ["shard 1 is down; it ended: killed by SIGKILL"],
    "received_seq": 31_530_000_123,
    "received_time": "2026-07-01T00:00:00Z",
    "lag_s": 0.2,
    "behind_s": 0.9,
    "events_per_s": 312.5,
    "ops_per_s": 330.1,
    "coordinator": {"name": "coordinator", "state": "running", "pid": 76, "restarts": 0},
    "shards": [SHARD],
}


def metrics(port: int) -> Metrics:
    return Metrics(port=port, host="127.0.0.1")


def text(found: dict[str, Any]) -> str:
    console = Console(width=80, file=StringIO())
    with console.capture() as captured:
        console.print(shown(found))
    return captured.get()


async def asked(port: int, service: str = "relay/path") -> tuple[Any, str | None]:
    return await asyncio.to_thread(ask, metrics(port), service)


async def test_a_running_indexer_is_asked_at_its_metrics_address() -> None:
    async def says() -> dict[str, Any]:
        return LIVE

    async with web.serving("127.0.0.1", 0, list, status=says) as port:
        assert await asked(port) == (LIVE, None)
        live, why_not = await asked(port, "another/path")
        assert live is None and why_not is not None and "does not index this source" in why_not


async def test_it_is_asked_directly_whatever_proxy_is_set() -> None:
    program = (
        "import sys; from indexer.config import Metrics; from indexer.status import ask; "
        "print(ask(Metrics(port=int(sys.argv[1]), host='127.0.0.1'), 'relay/path')[0])"
    )

    async def says() -> dict[str, Any]:
        return {"source": "relay/path"}

    async with web.serving("127.0.0.1", 0, list, status=says) as port:
        asker = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            program,
            str(port),
            env=os.environ | {"http_proxy": "http://127.0.0.1:1", "no_proxy": ""},
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await asker.communicate()
    assert said.decode().strip() == "{'source': 'relay/path'}"


async def test_why_nobody_can_be_asked_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    live, why_not = await asked(port)
    assert live is None and why_not is not None and "Connection refused" in why_not
    async with web.serving("127.0.0.1", 0, list) as port:
        live, why_not = await asked(port)
        assert live is None and why_not is not None and "Not Found" in why_not
    assert (await asked(0))[1] == "METRICS_PORT is 0: nobody can know where it is served"


async def test_without_an_indexer_the_database_still_tells(
    database_url: str, connection: Any
) -> None:
    ledger = await Ledger.open(database_url, "relay/path", "test")
    await ledger.save(Mark(500, "2026-07-01T00:00:00Z"))
    await ledger.note_gap(Mark(1, None), Mark(9, None), "outdated_cursor")
    await ledger.quarantine(b"x", "bad_frame", "no map at byte 0", seq=None, did=None)
    await ledger.close()
    await connection.execute(
        "INSERT INTO pending (subject, kind, expires) VALUES ('did:web:a', 'user', now())"
    )
    await connection.execute("INSERT INTO repos (did) VALUES ('did:web:a'), ('did:web:b')")
    await connection.execute(
        "INSERT INTO repos (did, state) VALUES ('did:web:c', 'desynchronized')"
    )
    await connection.execute(
        "INSERT INTO resyncs (did, reason, attempts, token, held)"
        " VALUES ('did:web:a', 'backfill', 2, 1, 7), ('did:web:c', 'gap', 0, NULL, 0)"
    )
    found = await status(database_url, "relay/path", metrics(0))
    assert found["database"].pop("bytes") > 1_000_000
    assert found["database"] == {
        "cursor": 500,
        "last_event_time": "2026-07-01T00:00:00+00:00",
        "pending": {"user": 1},
        "quarantine": {"bad_frame": 1},
        "gaps": 1,
        "repos": {"desynchronized": 1, "partial": 2},
        "resyncs": {"waiting": 2, "failed": 1, "fetching": 1, "held": 7},
    }
    rows = [line.split() for line in text(found).splitlines()]
    assert ["whole", "repos", "to", "fetch"] in rows
    assert ["desynchronized", "1"] in rows and ["held", "7"] in rows
    assert "no: METRICS_PORT is 0" in text(found)
    other = await status(database_url, "other/path", metrics(0))
    assert (other["database"]["cursor"], other["database"]["gaps"]) == (None, 0)
    assert ["cursor", "none", "yet"] in [line.split() for line in text(other).splitlines()]


def test_what_has_received_nothing_yet_is_behind_nothing() -> None:
    facts = {"cursor": None, "last_event_time": None, "pending": {}, "quarantine": {}, "gaps": 0}
    facts |= {"repos": {}, "resyncs": {}}
    live = LIVE | {"received_seq": None, "received_time": None, "behind_s": None, "shards": []}
    live |= {"coordinator": SHARD}
    said = text({"source": "relay/path", "live": live, "why_not": None, "database": facts})
    assert "None" not in said and said.count("none yet") == 2


def test_what_runs_is_shown_as_a_table() -> None:
    facts = {"cursor": 5, "last_event_time": None, "pending": {}, "quarantine": {}, "gaps": 0}
    facts |= {"repos": {"partial": 4, "desynchronized": 2}, "resyncs": {"waiting": 2, "failed": 0}}
    coordinator = LIVE["coordinator"] | {"metrics": None}  # type: ignore[operator]
    live = LIVE | {"coordinator": coordinator}
    said = text({"source": "relay/path", "live": live, "why_not": None, "database": facts})
    assert "shard 1 is down; it ended: killed by SIGKILL" in said
    assert "312.5" in said and "3/64" in said and "9402" in said
    assert "pending: nothing" in said and "failed" not in said
