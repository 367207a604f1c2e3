"""The commands, as processes."""

import signal
from asyncio.subprocess import Process
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import orjson

from indexer import config
from indexer.coordinator.http import opened
from load.capture import read_capture, write_capture
from load.generate import generate
from load.replay import serve
from tests.polling import until
from tests.processes import module

LIST = "com.atproto.sync.listRepos"


def command(*words: str | Path) -> AbstractAsyncContextManager[Process]:
    return module("load", *map(str, words))


async def said_by(process: Process) -> str:
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return (out + err).decode()


async def test_generate_writes_a_capture_and_who_is_in_it(tmp_path: Path) -> None:
    file, people = tmp_path / "world.cborseq.zst", tmp_path / "people.jsonl"
    words = ("generate", file, "--commits", "300", "--seed", "5", "--identities", people)
    async with command(*words) as process:
        assert "frames" in await said_by(process)
    assert list(read_capture(file)) == list(generate(seed=5, commits=300))
    documents = [orjson.loads(line) for line in people.read_bytes().splitlines()]
    assert len(documents) == len({document["id"] for document in documents}) == 8


async def test_record_stops_after_so_many_frames(tmp_path: Path) -> None:
    source, copy = tmp_path / "source.zst", tmp_path / "copy.zst"
    entries = list(generate(commits=200))
    async with serve(write_capture(source, entries)) as relay:
        words = ("record", relay.url, copy, "--cursor", "0", "--frames", "100")
        async with command(*words) as process:
            await said_by(process)
    assert [frame for _, frame in read_capture(copy)] == [frame for _, frame in entries[:100]]


async def test_record_stops_after_so_many_seconds(tmp_path: Path) -> None:
    entries = list(generate(commits=200))
    copy = tmp_path / "copy.zst"
    async with serve(write_capture(tmp_path / "source.zst", entries)) as relay:
        words = ("record", relay.url, copy, "--cursor", "0", "--seconds", "0.5")
        async with command(*words) as process:
            await said_by(process)
    got = [frame for _, frame in read_capture(copy)]
    assert got == [frame for _, frame in entries[: len(got)]]


async def test_a_recording_ended_by_ctrl_c_is_whole(tmp_path: Path) -> None:
    source, copy = tmp_path / "source.zst", tmp_path / "copy.zst"
    async with serve(write_capture(source, generate(commits=200))) as relay:
        async with command("record", relay.url, copy, "--cursor", "0") as process:
            await until(lambda: relay.sent > 200)
            process.send_signal(signal.SIGINT)
            await said_by(process)
        assert len(list(read_capture(copy))) <= relay.sent


async def test_replay_serves_until_told_to_stop(tmp_path: Path) -> None:
    source = write_capture(tmp_path / "source.zst", generate(commits=200))
    async with command("replay", source, "--port", "0") as process:
        assert process.stderr is not None
        line = (await process.stderr.readline()).decode()
        relay = line.strip().removeprefix("RELAY_URL=")
        copy = tmp_path / "copy.zst"
        async with command("record", relay, copy, "--cursor", "0", "--frames", "50") as recording:
            await said_by(recording)
        assert len(list(read_capture(copy))) == 50
        process.send_signal(signal.SIGTERM)
        await said_by(process)


async def test_a_file_or_a_port_that_cannot_be_had_is_one_line(tmp_path: Path) -> None:
    gone, other = tmp_path / "none" / "a.zst", tmp_path / "other.zst"
    other.write_text("no capture")
    source = write_capture(tmp_path / "source.zst", generate(commits=50))
    async with serve(source) as relay:
        for words in (
            ("generate", gone, "--commits", "50"),
            ("record", relay.url, gone),
            ("replay", gone, "--port", "0"),
            ("replay", other, "--port", "0"),
            ("replay", source, "--port", str(relay.port)),
        ):
            async with command(*words) as process:
                _, err = await process.communicate()
                assert process.returncode == 1 and b"Traceback" not in err, words


async def test_replay_takes_one_pace() -> None:
    async with command("replay", "any.zst", "--rate", "1", "--speed", "1") as process:
        _, err = await process.communicate()
        assert process.returncode == 2
        assert "exclude each other" in err.decode()


async def test_network_says_what_an_indexer_needs_and_serves_until_told_to_stop() -> None:
    words = ("network", "--accounts", "8", "--commits", "60", "--pds", "2", "--cut", "0.5")
    async with command(*words, "--fault", "pds1:*.getRepo:500") as process:
        assert process.stdout is not None
        lines = [(await process.stdout.readline()).decode().split() for _ in range(6)]
        said = dict(line[1].split("=", 1) for line in lines)
        settings = config.load(said)
        assert settings.resolver.development and len(settings.services.allow_private_hosts) == 5
        async with opened(settings.http, settings.services.allow_private_hosts) as client:
            relay = said["RELAY_URL"].replace("ws", "http", 1)
            answer = await client.get(f"{relay}/xrpc/{LIST}", most_bytes=10_000)
            assert len(orjson.loads(answer.body)["repos"]) == 8
        process.send_signal(signal.SIGTERM)
        await said_by(process)


async def test_network_refuses_a_fault_that_there_is_not() -> None:
    words = ("network", "--accounts", "8", "--commits", "60", "--fault", "pds0:*:tired")
    async with command(*words) as process:
        _, err = await process.communicate()
        assert process.returncode == 2 and "HOST:KIND:NAME" in err.decode()
