"""One stream, through the real program, of everything that somebody might make to do harm.

Each hostile frame stands between good commits of the same author and of others, each hostile record
in a commit with good ones. In the end all that is good is there, and all that is not is listed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import pytest

from indexer import database
from indexer.protocol.syntax import AtUri
from indexer.records import record_of
from load.capture import seq_of, write_capture
from load.replay import serve
from tests.frames import Write, account, identity, message
from tests.hostile_values import LONG_DID, noise
from tests.ops import tid
from tests.system.hostile_frames import FRAMELESS, WHOLE, Place
from tests.system.hostile_records import ODD, OPS, Refusal, post
from tests.system.program import PORT, SETTINGS, running
from tests.test_main import indexer

OTHERS = ["did:web:localhost%3A8080", "did:key:zQ3shokFTS3", "did:x:a_b-c.d", LONG_DID]

pytestmark = pytest.mark.timeout(300)


class Hostile(NamedTuple):
    name: str
    did: str
    seq: int | None  # None: it has none
    frame: bytes
    uris: frozenset[str | None]  # of the record that is refused; None: the whole frame is
    refusal: Refusal


class Stream:
    """Frames in their order, and what is to become of them."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.good: list[str] = []
        self.hostile: list[Hostile] = []
        self.last = 0
        self._numbers = count(1)

    def place(self, did: str) -> Place:
        self.last = next(self._numbers)
        return Place(did, tid(self.last), self.last)

    def commit(self, did: str, *writes: Write) -> Place:
        place = self.place(did)
        self.frames.append(place.draft(*writes).frame())
        return place

    def write(self, did: str, *writes: Write) -> None:
        self.commit(did, *writes)
        self.good += [f"at://{did}/{write.path}" for write in writes]

    @contextmanager
    def around(self, did: str) -> Iterator[None]:
        """Around what follows: good commits of the same author, and of others."""
        self.write(did, post(f"before-{self.last}"))
        self.write(OTHERS[self.last % len(OTHERS)], post(f"beside-{self.last}"))
        yield
        self.write(OTHERS[self.last % len(OTHERS)], post(f"beside-{self.last}"))
        self.write(did, post(f"after-{self.last}"))


@pytest.fixture(scope="module")
def stream() -> Stream:
    made = Stream()
    authors = (f"did:plc:{number:024d}" for number in count())
    for name, (build, refusal) in (*FRAMELESS.items(), *WHOLE.items()):
        did = next(authors)
        with made.around(did):
            place = made.place(did)
            frame = build(place)
            seq = seq_of(frame) if name in WHOLE else None
            made.frames.append(frame)
            made.hostile.append(Hostile(name, did, seq, frame, frozenset([None]), refusal))
    for name, (write, refusal) in OPS.items():
        did = next(authors)
        with made.around(did):
            place = made.commit(did, post("first"), write, post("last"))
            made.good += [f"at://{did}/{post(rkey).path}" for rkey in ("first", "last")]
            uris = frozenset([None, f"at://{did}/{write.path}"])
            made.hostile.append(Hostile(name, did, place.seq, b"", uris, refusal))
    for odd in ODD.values():
        did = next(authors)
        with made.around(did):
            writes = odd(did)
            for begin in range(0, len(writes), 10):
                made.write(did, *writes[begin : begin + 10])
    for frame in harmless(made, next(authors)):
        made.frames.append(frame)
    made.write(next(authors), post("end"))
    return made


def harmless(made: Stream, did: str) -> Iterator[bytes]:
    """Odd things that are no commits."""
    for status in ("", "\0", noise(100_000), "deleted\0", "takendown"):
        yield account(did, made.place(did).seq, False, status=status)
    yield account(did, made.place(did).seq, True, status="deleted")
    for handle in ("", "\0", "no handle", noise(100_000)):
        yield identity(did, made.place(did).seq, handle=handle)
    yield message("#unheard-of", {"seq": made.place(did).seq, "did": [did]})
    yield message("#commit", {"seq": made.place(did).seq}, op=2)


@pytest.fixture(scope="module")
def capture(stream: Stream, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "stream.cborseq.zst"
    return write_capture(path, [(1, frame) for frame in stream.frames])


async def run(
    capture: Path, last: int, directory: Path, database_url: str, **environment: str
) -> dict[str, Any]:
    """What the program says of itself when it has come to the end."""
    own = directory / "own.toml"
    own.write_text(f"{SETTINGS}[relay]\nbackoff_first_s = 0.02\nbackoff_max_s = 0.05\n")
    environment |= {"INDEXER_CONFIG": str(own), "SHARDS": "2"}
    async with (
        serve(capture, PORT) as relay,
        running(directory, database_url, f"ws://127.0.0.1:{relay.port}", **environment) as program,
    ):
        await program.reached(last)
        status = await program.status()
        assert await program.end() == 0, program.said()
    return status


async def test_nothing_hostile_stops_a_shard_or_costs_its_neighbours_anything(
    stream: Stream, capture: Path, database_url: str, tmp_path: Path
) -> None:
    status = await run(capture, stream.last, tmp_path, database_url)
    assert [shard["restarts"] for shard in status["shards"]] == [0, 0]
    assert (status["reasons"], status["epoch"], status["cursor"]) == ([], 1, stream.last)
    connection = await database.connect(database_url, "test")
    try:
        assert await missing(connection, stream.good) == []
        kept = await connection.fetch("SELECT * FROM quarantine ORDER BY id")
    finally:
        await connection.close()
    assert [one.name for one in stream.hostile if not found(one, kept)] == []
    assert len(kept) == len(stream.hostile)
    listed = indexer(
        "quarantine", "list", "--limit", "999", DATABASE_URL=database_url, COLUMNS="400"
    )
    assert listed.returncode == 0, listed.stderr
    assert "[/b]:x:" in listed.stdout
    for row in kept:
        assert f" {row['reason']} " in listed.stdout


async def missing(connection: asyncpg.Connection, uris: list[str]) -> list[str]:
    """Those that are in no table."""
    left = []
    for uri in map(AtUri, uris):
        table = record_of(uri).owns[0]
        stands = f"SELECT true FROM {table.name} WHERE {table.key} = $1"
        if table.name == "users":
            stands += " AND profile_cid IS NOT NULL"
        if not await connection.fetchval(stands, table.key_of(uri)):
            left.append(uri)
    return left


def found(one: Hostile, kept: list[asyncpg.Record]) -> bool:
    return any(
        row["reason"] == one.refusal.reason
        and one.refusal.said in row["detail"]
        and row["seq"] == one.seq
        and row["uri"] in one.uris
        and (row["frame"] == one.frame if one.frame or not one.did else True)
        for row in kept
    )


DEADLY = """
import os

import libipld

decode = libipld.decode_dag_cbor


def fatal(block):
    if b"panics" in block:
        os.abort()
    return decode(block)


libipld.decode_dag_cbor = fatal
"""


async def test_what_panics_in_the_native_decoder_costs_two_restarts_and_itself(
    database_url: str, tmp_path: Path
) -> None:
    """No bytes are known that it panics on, so it is given a weakness: as it would, it takes the
    process down."""
    (tmp_path / "sitecustomize.py").write_text(DEADLY)
    made = Stream()
    for number in range(30):
        made.write(OTHERS[number % 3], post(f"post-{number}"))
        if number == 10:
            made.commit(OTHERS[1], post("a"), post("panics"))
    capture = write_capture(tmp_path / "made.zst", [(1, frame) for frame in made.frames])
    status = await run(capture, made.last, tmp_path, database_url, PYTHONPATH=str(tmp_path))
    assert sum(shard["restarts"] for shard in status["shards"]) == 2
    assert (status["epoch"], status["cursor"]) == (1, made.last)
    connection = await database.connect(database_url, "test")
    try:
        assert await missing(connection, made.good) == []
        kept = await connection.fetch("SELECT seq, reason, did FROM quarantine ORDER BY seq")
    finally:
        await connection.close()
    assert [tuple(row) for row in kept] == [(12, "crashed_decoder", OTHERS[1])]
