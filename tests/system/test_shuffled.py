"""The same events in another order, each account's own kept: the same rows."""

from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from random import Random

import cbor2
import pytest

from indexer import database
from indexer.protocol.dump import Entry
from indexer.protocol.peek import peek
from load.capture import read_capture, seq_of, write_capture
from tests.snapshot import Snapshot, difference
from tests.system.conftest import Capture
from tests.system.program import index, look

Numbers = list[tuple[int, int]]
# Where a row tells its event's number, which is another one now.
PUT_BACK = (
    *(
        f"UPDATE {table} SET commit_seq = old FROM numbers WHERE commit_seq = new"
        for table in ("posts", "likes", "reposts", "follows", "blocks")
    ),
    "UPDATE repos SET account_seq = old FROM numbers WHERE account_seq = new",
    "UPDATE duplicates SET row = row || jsonb_build_object('commit_seq', old) FROM numbers"
    " WHERE (row ->> 'commit_seq')::bigint = new",
)

pytestmark = pytest.mark.timeout(300)


async def test_a_shuffled_stream_makes_the_same_rows(
    expected: Snapshot, capture: Capture, database_url: str, tmp_path: Path
) -> None:
    made = await index_shuffled(tmp_path, database_url, capture.path, seed=1)
    assert difference(expected, made) == []


async def test_the_relays_frames_shuffled_make_the_same_rows(
    corpus: Path, database_url: str, other_url: str, tmp_path: Path
) -> None:
    path = corpus / "relay" / "frames.cborseq.zst"
    last = max(seq_of(frame) or 0 for _, frame in read_capture(path))
    plain = await index(tmp_path, other_url, path, last, SHARDS="2")
    made = await index_shuffled(tmp_path, database_url, path, seed=2)
    assert difference(plain, made) == []


async def index_shuffled(directory: Path, url: str, path: Path, seed: int) -> Snapshot:
    """What is in the database, with every event's own number put back."""
    numbers: Numbers = []
    entries = shuffled(read_capture(path), Random(seed), numbers)
    other_order = write_capture(directory / "shuffled.zst", entries)
    assert [old for _, old in numbers] != sorted(old for _, old in numbers)
    await index(directory, url, other_order, numbers[-1][0], SHARDS="3")
    await put_back(url, numbers)
    return await look(url)


def shuffled(entries: Iterator[Entry], random: Random, numbers: Numbers) -> Iterator[Entry]:
    """Well-formed: the numbers rise. Notes each new number beside the old one."""
    of: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if seq_of(entry[1]) is not None:
            of[peek(entry[1]).did].append(entry)
    turns = [did for did, whose in of.items() for _ in whose]
    random.shuffle(turns)
    waiting = {did: iter(whose) for did, whose in of.items()}
    rising = sorted(seq_of(frame) or 0 for whose in of.values() for _, frame in whose)
    for seq, did in zip(rising, turns, strict=True):
        received_us, frame = next(waiting[did])
        numbers.append((seq, seq_of(frame) or 0))
        yield received_us, renumbered(frame, seq)


def renumbered(frame: bytes, seq: int) -> bytes:
    decoder = cbor2.CBORDecoder(BytesIO(frame))
    header, body = decoder.decode(), decoder.decode()
    return cbor2.dumps(header, canonical=True) + cbor2.dumps(body | {"seq": seq}, canonical=True)


async def put_back(url: str, numbers: Numbers) -> None:
    connection = await database.connect(url, "test")
    await connection.execute("CREATE TEMP TABLE numbers (new bigint PRIMARY KEY, old bigint)")
    await connection.copy_records_to_table("numbers", records=numbers)
    for statement in PUT_BACK:
        await connection.execute(statement)
    await connection.close()
