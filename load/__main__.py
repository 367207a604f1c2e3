"""The command line: python -m load generate | record | replay | network | demo | chaos | soak |
bench | compare."""

import asyncio
import tempfile
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Annotated

import typer
from rich.console import Console

from load.bench import Plan as Bench
from load.bench import World as BenchWorld
from load.bench import bench as run_bench
from load.bench import compare as compare_results
from load.capture import CaptureWriter, read_capture
from load.chaos import Plan
from load.chaos import chaos as run_chaos
from load.demo import demo as show_demo
from load.ending import run, said_plainly
from load.faults import KINDS, read_faults
from load.making import make
from load.network import environment, made, recorded, running, settings
from load.network.named import NAMED, set_named
from load.pace import Pace
from load.past import Plan as World
from load.progress import progress
from load.record import frames_of
from load.replay import Relay, serve
from load.soak import Plan as Soak
from load.soak import soak as run_soak

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__
)
console = Console(stderr=True)

OUT = Path("bench.json")
Capture = Annotated[Path, typer.Argument(help="a capture, *.cborseq.zst")]


@app.command()
def generate(
    file: Capture,
    commits: Annotated[int, typer.Option(min=1)] = 4000,
    seed: int = 1,
    people: Annotated[int | None, typer.Option(help="default: one for 40 commits")] = None,
    rate: Annotated[float, typer.Option(help="events a second on the world's clock")] = 400.0,
    identities: Annotated[Path | None, typer.Option(help="DID documents as JSON lines")] = None,
    history: Annotated[
        int, typer.Option(min=0, help="records from before, untold; 20000: frames of real size")
    ] = 0,
    past: Annotated[
        int, typer.Option(min=0, help="commits before the first frame, for a database filled so")
    ] = 0,
    viral: Annotated[
        float, typer.Option(min=0, max=1, help="share of likes that go to one post")
    ] = 0.0,
    faults: Annotated[
        list[str] | None, typer.Option(help=f"KIND=SHARE of commits; KIND: {', '.join(KINDS)}")
    ] = None,
    processes: Annotated[int, typer.Option(min=1, help="that encode")] = 1,
) -> None:
    """Makes a world and writes its firehose: real signatures, real trees; one seed, one world."""
    try:
        wrong = read_faults(faults or [])
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    plan = World(seed, past, commits, people or 0, history, rate, viral, wrong)
    with said_plainly():
        frames = make(file, plan, processes, identities, console)
    console.print(f"{frames:,} frames, {_megabytes(file)} in {file}")


@app.command()
def record(
    relay: Annotated[str, typer.Argument(help="a host, or a ws:// or wss:// URL")],
    file: Capture,
    seconds: Annotated[float | None, typer.Option(help="stop after so long")] = None,
    frames: Annotated[int | None, typer.Option(help="stop after so many")] = None,
    cursor: Annotated[int | None, typer.Option(help="begin after this; 0: the oldest")] = None,
) -> None:
    """Writes what a relay sends into a capture, until told to stop."""

    async def work() -> None:
        with progress(console) as bar, CaptureWriter(file) as writer:
            task = bar.add_task(f"recording {relay}", total=frames, said="")
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    async for received_at_us, frame in frames_of(relay, cursor, console.print):
                        writer.write(received_at_us, frame)
                        bar.update(task, completed=writer.frames)
                        if writer.frames == frames:
                            break

    with said_plainly():
        run(work())
    console.print(f"{_megabytes(file)} in {file}")


@app.command()
def replay(
    file: Capture,
    port: int = 2470,
    host: str = "127.0.0.1",
    rate: Annotated[float | None, typer.Option(help="frames a second")] = None,
    speed: Annotated[float | None, typer.Option(help="times as fast as they came")] = None,
    close: Annotated[bool, typer.Option(help="hang up after the last frame")] = False,
) -> None:
    """Serves a capture as a relay; without --rate or --speed, as fast as clients read."""
    if rate is not None and speed is not None:
        raise typer.BadParameter("--rate and --speed exclude each other")

    async def work() -> None:
        async with serve(file, port, host, Pace(rate, speed), close) as relay:
            console.print(f"RELAY_URL=ws://{host}:{relay.port}")
            await _show(relay)

    with said_plainly():
        next(read_capture(file), None)  # Better said now than to the first client.
        run(work())


async def _show(relay: Relay) -> None:
    with progress(console) as bar:
        task = bar.add_task("replaying", total=None, said="")
        while True:
            said = f"to {relay.clients} clients"
            bar.update(task, completed=relay.sent, said=said)
            await asyncio.sleep(0.2)


@app.command()
def network(
    devnet: Annotated[
        Path | None, typer.Option(help="a recorded network's directory, not a made world")
    ] = None,
    seed: Annotated[int, typer.Option(help="of the world that is made, and of chance")] = 1,
    accounts: Annotated[int, typer.Option(min=8, help="in the world that is made")] = 100,
    commits: Annotated[int | None, typer.Option(help="default: 40 for each account")] = None,
    pds: Annotated[int, typer.Option(min=1, max=200, help="over how many hosts they live")] = 3,
    cut: Annotated[float, typer.Option(min=0, max=1, help="this share the relay has lost")] = 0.0,
    https: Annotated[
        bool, typer.Option("--https", help="handles and did:web at port 443, too; for root")
    ] = False,
    fault: Annotated[
        list[str] | None,
        typer.Option(help=f"HOST:KIND:NAME[:CHANCE] with patterns; NAME: {', '.join(NAMED)}"),
    ] = None,
) -> None:
    """A directory, PDSs, a relay, a labeler and their DNS, until told to stop."""
    world = made(seed, commits or 40 * accounts, accounts) if devnet is None else recorded(devnet)
    frames = world.entries[int(len(world.entries) * cut) :]

    async def work() -> None:
        with tempfile.TemporaryDirectory(prefix="indexer-network-") as place:
            directory = Path(place)
            secure = directory if https else None
            async with running(world.network, pds, frames, seed, secure) as there:
                for text in fault or []:
                    set_named(there.faults, text)
                file = settings(there, directory / "indexer.toml")
                for name, value in (environment(there) | {"INDEXER_CONFIG": str(file)}).items():
                    print(f"export {name}={value}", flush=True)
                await asyncio.Event().wait()

    try:
        run(work())
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


@app.command()
def demo(
    commits: Annotated[int, typer.Option(min=100)] = 5000,
    seed: int = 1,
) -> None:
    """A world made on the spot, indexed into PostgreSQL, and looked at. Needs no network."""
    raise typer.Exit(show_demo(commits, seed))


@app.command()
def chaos(
    kills: Annotated[int, typer.Option(min=1, help="how many blows")] = 300,
    commits: Annotated[int, typer.Option(min=100, help="of the world that is made")] = 60_000,
    capture: Annotated[Path | None, typer.Option(help="a capture instead of a world")] = None,
    every: Annotated[float, typer.Option(min=0.1, help="seconds between blows, about")] = 1.0,
    seed: Annotated[int | None, typer.Option(help="default: another each time")] = None,
) -> None:
    """One stream, indexed in peace and while processes are killed: are the rows the same?"""
    seed = Random().randrange(2**32) if seed is None else seed
    raise typer.Exit(run_chaos(Plan(capture, commits, kills, every, seed)))


@app.command()
def soak(
    minutes: Annotated[float, typer.Option(min=0, help="of misbehaviour")] = 60.0,
    seed: int = 1,
    commits: Annotated[int, typer.Option(min=100, help="of the world that is made")] = 8000,
    people: Annotated[int, typer.Option(min=8, help="in that world")] = 200,
    pds: Annotated[int, typer.Option(min=1, max=200, help="over how many hosts they live")] = 6,
    samples: Annotated[Path | None, typer.Option(help="a file for what is seen, kept")] = None,
) -> None:
    """The indexer among hosts that misbehave: is all accounted for that was ever asked for?"""
    raise typer.Exit(run_soak(Soak(minutes, seed, commits, people, pds, samples=samples)))


@app.command()
def bench(
    out: Annotated[Path, typer.Option(help="the figures; a page of plots goes beside")] = OUT,
    shards: Annotated[str, typer.Option(help="numbers of shards, one after the other")] = "1,2",
    runs: Annotated[int, typer.Option(min=1, help="of each")] = 1,
    commits: Annotated[
        int | None, typer.Option(help="of the stream measured; default: enough for --minutes")
    ] = None,
    rows: Annotated[str, typer.Option(help="millions of rows that are there before")] = "1",
    viral: Annotated[str, typer.Option(help="shares of all likes that one post gets")] = "0",
    people: Annotated[int, typer.Option(help="in that world; 0: as many as fit")] = 0,
    history: Annotated[int, typer.Option(min=0, help="records of each, from before all")] = 10_000,
    seed: int = 1,
    capture: Annotated[Path | None, typer.Option(help="a capture instead of a world")] = None,
    past: Annotated[int, typer.Option(min=0, help="frames of it indexed before")] = 0,
    rate: Annotated[float | None, typer.Option(help="events a second; default: all it can")] = None,
    minutes: Annotated[float | None, typer.Option(help="no longer than this")] = None,
    ceiling: Annotated[
        str, typer.Option(help="connections that it is tried with; empty: no ceiling")
    ] = "1,2,4",
    settings: Annotated[Path | None, typer.Option(help="an indexer.toml to measure with")] = None,
    stage: Annotated[Path | None, typer.Option(help="where to keep what was made")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="small and short: does it work?")] = False,
) -> None:
    """How fast the indexer is, and how fast PostgreSQL lets it be."""
    if commits is None:
        commits = 200_000 if rate is None or minutes is None else int(rate * minutes * 60)
    if quick:
        commits, rows, history = min(commits, 3000), "0.002", 100
    plan = Bench(
        BenchWorld(
            commits,
            people=people,
            history=history,
            seed=seed,
            capture=capture and capture.absolute(),
            past=past,
        ),
        rows=tuple(int(millions * 1e6) for millions in _numbers(rows)) or (0,),
        viral=_numbers(viral) or (0.0,),
        shards=tuple(int(number) for number in _numbers(shards)),
        runs=runs,
        rate=rate,
        minutes=minutes,
        connections=tuple(int(number) for number in _numbers(ceiling)),
        settings=settings,
        stage=stage and stage.absolute(),
    )
    raise typer.Exit(run_bench(plan, out))


@app.command()
def compare(one: Path, other: Path) -> None:
    """What differs between two results of bench, and whether by more than their runs do."""
    raise typer.Exit(compare_results(one, other))


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not numbers with commas between") from None


def _megabytes(file: Path) -> str:
    return f"{file.stat().st_size / 1e6:.1f} MB"


if __name__ == "__main__":
    app()
