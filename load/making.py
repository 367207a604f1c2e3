"""A world written into a file, with a bar."""

from pathlib import Path
from time import monotonic

import orjson
from rich.console import Console

from load.capture import CaptureWriter
from load.encoding.frames import document
from load.past import Plan, begun, frames
from load.progress import progress


def make(file: Path, plan: Plan, processes: int, identities: Path | None, console: Console) -> int:
    """How many frames. `identities` gets the DID documents of everybody."""
    began = monotonic()
    with progress(console) as bar, CaptureWriter(file) as writer:
        task = bar.add_task("generating", total=None, said="")
        world = begun(plan)
        for received_at_us, frame in frames(plan, world, processes):
            writer.write(received_at_us, frame)
            if writer.frames % 256 == 0:
                said = f"{writer.frames / (monotonic() - began):,.0f}/s"
                bar.update(task, completed=writer.frames, said=said)
        bar.update(task, completed=writer.frames, total=writer.frames)
    if identities is not None:
        documents = (document(plan.seed, did, handle) for did, handle in world.handles.items())
        identities.write_bytes(b"\n".join(map(orjson.dumps, documents)) + b"\n")
    return writer.frames
