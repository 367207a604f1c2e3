"""What holds for every record type, derived from its declaration and nothing else."""

from importlib import import_module
from pathlib import Path

import pytest
from msgspec.structs import replace

import indexer.records
from indexer.protocol.event import Event
from indexer.protocol.syntax import AtUri
from indexer.records import RECORDS, TABLES, record_of
from indexer.shard.writer import Writer
from tests.ops import Stream
from tests.records.samples import (
    ALICE,
    BOB,
    CAROL,
    LIST,
    OTHER_POST,
    PACK,
    POST,
    REPOST,
    SAMPLES,
    ref,
)
from tests.shard.conftest import write, write_again
from tests.snapshot import TABLES as SNAPSHOT_TABLES
from tests.snapshot import Snapshot, difference, snapshot

CONTENT = [table for table in SNAPSHOT_TABLES if table != "repos"]
every_type = pytest.mark.parametrize("nsid", sorted(SAMPLES))


def world(stream: Stream) -> list[Event]:
    """What the samples refer to: somebody else's posts, a repost, lists, a pack."""
    post, repost, a_list, pack = (uri.split("/", 3)[3] for uri in (POST, REPOST, LIST, PACK))
    return [
        stream.commit(BOB, ("create", post, {"text": "hello"})),
        stream.commit(BOB, ("create", OTHER_POST.split("/", 3)[3], {"text": "again"})),
        stream.commit(BOB, ("create", pack, {"name": "pack", "list": LIST})),
        stream.commit(CAROL, ("create", repost, {"subject": ref(POST)})),
        stream.commit(ALICE, ("create", a_list, {"name": "list", "purpose": "x"})),
        stream.commit(ALICE, ("create", "app.bsky.feed.post/3kaaaaaaaaf2a", {"text": "mine"})),
    ]


async def content(writer: Writer) -> Snapshot:
    async with writer.pool.acquire() as connection:
        return await snapshot(connection, *CONTENT)


@every_type
async def test_a_record_makes_rows(nsid: str, writer: Writer) -> None:
    stream, sample = Stream(), SAMPLES[nsid]
    await write(writer, *world(stream))
    before = await content(writer)
    trial = await write(writer, stream.create(ALICE, nsid, sample.first, sample.rkey))
    assert not trial.kept
    main = record_of(AtUri(f"at://{ALICE}/{nsid}/{sample.rkey}")).owns[0].name
    assert difference({main: before[main]}, {main: (await content(writer))[main]})


@every_type
async def test_a_replay_changes_nothing(nsid: str, writer: Writer) -> None:
    stream, sample = Stream(), SAMPLES[nsid]
    events = [
        *world(stream),
        stream.create(ALICE, nsid, sample.first, sample.rkey),
        stream.update(ALICE, nsid, sample.edited, sample.rkey),
    ]
    await write(writer, *events)
    before = await content(writer)
    await write(writer, *events, at_once=2)
    assert difference(before, await content(writer)) == []
    await write_again(writer, *events)
    assert difference(before, await content(writer)) == []


@every_type
async def test_a_delete_undoes_a_create(nsid: str, writer: Writer) -> None:
    stream, sample = Stream(), SAMPLES[nsid]
    await write(writer, *world(stream))
    before = await content(writer)
    await write(writer, stream.create(ALICE, nsid, sample.first, sample.rkey))
    await write(writer, stream.delete(ALICE, nsid, sample.rkey))
    assert difference(before, await content(writer)) == []


@every_type
async def test_a_delete_in_the_same_batch_undoes_a_create(nsid: str, writer: Writer) -> None:
    stream, sample = Stream(), SAMPLES[nsid]
    await write(writer, *world(stream))
    before = await content(writer)
    create = stream.create(ALICE, nsid, sample.first, sample.rkey)
    await write(writer, create, stream.delete(ALICE, nsid, sample.rkey))
    assert difference(before, await content(writer)) == []


@every_type
async def test_an_update_equals_delete_and_create(nsid: str, writer: Writer) -> None:
    stream, sample = Stream(), SAMPLES[nsid]
    await write(writer, *world(stream), stream.create(ALICE, nsid, sample.first, sample.rkey))
    update = stream.update(ALICE, nsid, sample.edited, sample.rkey)
    await write(writer, update)
    updated = await content(writer)
    assert updated[record_of(AtUri(f"at://{ALICE}/{nsid}/x")).owns[0].name]
    await write_again(writer, stream.delete(ALICE, nsid, sample.rkey))
    await write_again(writer, as_create(update))
    assert difference(updated, await content(writer)) == []


@pytest.mark.parametrize("nsid", sorted(n for n, s in SAMPLES.items() if s.rkey == "self"))
async def test_where_there_may_be_one_another_record_key_is_refused(
    nsid: str, writer: Writer
) -> None:
    stream, sample = Stream(), SAMPLES[nsid]
    await write(writer, *world(stream))
    before = await content(writer)
    trial = await write(writer, stream.create(ALICE, nsid, sample.first, "other"))
    assert [kept.reason for kept in trial.kept] == ["bad_path"]
    assert difference(before, await content(writer)) == []


def as_create(update: Event) -> Event:
    return replace(update, ops=tuple(replace(op, action="create") for op in update.ops))  # type: ignore[union-attr]


@pytest.mark.parametrize("nsid", sorted(RECORDS))
def test_the_file_is_named_after_the_collection(nsid: str) -> None:
    name = nsid.removeprefix("app.bsky.").replace(".", "_").lower()
    assert import_module(f"indexer.records.{name}").RECORD is RECORDS[nsid]


def test_every_file_is_a_record_type_that_the_samples_cover() -> None:
    files = {path.stem for path in Path(indexer.records.__path__[0]).glob("*.py")}
    assert len(files - {"__init__", "base", "generic"}) == len(RECORDS)
    assert RECORDS.keys() < SAMPLES.keys()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
async def test_the_declared_columns_exist(table, writer: Writer) -> None:  # type: ignore[no-untyped-def]
    found = await writer.pool.fetch(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = $1",
        table.name,
    )
    types = {
        name: {"timestamp with time zone": "timestamptz"}.get(kind, kind) for name, kind in found
    }
    assert {name: types[name] for name in table.columns} == dict(
        zip(table.columns, table.types, strict=True)
    )
