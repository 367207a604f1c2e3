"""Networks: one of our own making, and one that was recorded."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from indexer.protocol.dump import Entry
from load.capture import read_capture
from load.encoding.frames import Encoder
from load.generate import generate
from load.network.network import Network


class World(NamedTuple):
    """A network as it is in the end, and the firehose that leads there."""

    entries: list[Entry]
    network: Network


def made(
    seed: int = 1, commits: int = 200, people: int | None = None, rate: float = 400.0
) -> World:
    """The frames are those that `generate` gives for the same numbers."""
    encoder = Encoder(seed)
    entries = list(generate(seed, commits, people, rate, encoder))
    return World(entries, _learned(entries, encoder.documents()))


def recorded(directory: Path) -> World:
    """Out of a directory with `frames.cborseq.zst`, `plc-export.jsonl`, `plc/*.json`,
    `cars/*.car`."""
    documents = [
        orjson.loads(path.read_bytes())
        for path in sorted(directory.glob("plc/*.json"))
        if not path.name.endswith(".audit.json")
    ]
    entries = list(read_capture(directory / "frames.cborseq.zst"))
    lines = (directory / "plc-export.jsonl").read_bytes().splitlines()
    network = _learned(entries, documents, [orjson.loads(line) for line in lines])
    for path in directory.glob("cars/*.car"):
        did = path.stem.replace("_", ":", 2)
        network.accounts[did].repo.add(path.read_bytes())
    return World(entries, network)


def _learned(
    entries: Iterable[Entry],
    documents: Iterable[dict[str, Any]],
    log: list[dict[str, Any]] | None = None,
) -> Network:
    network = Network()
    for document in documents:
        network.add(document, log is None)
    network.log.take(log or [])
    for _, frame in entries:
        network.learn(frame)
    return network
