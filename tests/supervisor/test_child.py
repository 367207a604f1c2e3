"""A place among the processes is filled again, never in a hurry, and emptied in the end."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from multiprocessing import get_context
from multiprocessing.context import SpawnProcess

import pytest

from indexer.channel import Message
from indexer.parent.link import Link
from indexer.supervisor.child import Child
from tests import children
from tests.polling import until

CONTEXT = get_context("spawn")


class Duty:
    name = "child"

    def __init__(self, target: Callable[..., None]) -> None:
        self.target = target
        self.began: list[float] = []
        self.ends = 0

    def prepare(self) -> tuple[Link, SpawnProcess]:
        link = Link(CONTEXT)
        return link, CONTEXT.Process(target=self.target, args=(link.end,))

    def started(self) -> None:
        self.began.append(time.monotonic())

    def heard(self, message: Message) -> None:
        pass

    async def ended(self) -> None:
        self.ends += 1


@asynccontextmanager
async def kept(duty: Duty, hung_after_s: float = 30.0) -> AsyncIterator[Child]:
    child = Child(duty, hung_after_s)
    keeping = asyncio.create_task(child.keep())
    try:
        yield child
    finally:
        child.kill()
        await asyncio.wait_for(keeping, 10)


def pid_of(child: Child) -> int:
    assert child.pid is not None
    return child.pid


async def test_one_that_is_killed_is_replaced_and_its_place_knows_why() -> None:
    async with kept(Duty(children.waits)) as child:
        await until(lambda: child.state == "running")
        first = pid_of(child)
        os.kill(first, signal.SIGKILL)
        await until(lambda: child.restarts == 1)
        assert child.trouble == "killed by SIGKILL"
        await until(lambda: child.state == "running")
        assert child.trouble is None
        assert pid_of(child) != first
        assert child.port == 2


async def test_one_whose_loop_stands_still_is_killed_and_replaced() -> None:
    async with kept(Duty(children.hangs), hung_after_s=2) as child:
        await until(lambda: child.restarts == 1)
        assert child.trouble == "its event loop was silent for 2 s"


async def test_one_that_cannot_begin_is_not_tried_in_a_hurry_and_says_why() -> None:
    duty = Duty(children.cannot_begin)
    async with kept(duty) as child:
        await until(lambda: len(duty.began) == 4)
        waits = [
            later - earlier for earlier, later in zip(duty.began, duty.began[1:], strict=False)
        ]
        assert waits[1] > 0.1 and waits[2] > 0.2
        why = "the schema is of another version"
        await until(lambda: (child.state, child.trouble) == ("down", why))
        await until(lambda: (child.state, child.trouble) == ("starting", why))


async def test_one_told_to_end_leaves_by_itself_and_is_not_replaced() -> None:
    duty = Duty(children.waits)
    child = Child(duty, 30)
    keeping = asyncio.create_task(child.keep())
    await until(lambda: child.state == "running")
    child.end()
    await asyncio.wait_for(keeping, 10)
    assert (child.state, child.trouble, child.restarts) == (
        "stopped",
        "it left with exit code 0",
        0,
    )
    assert duty.ends == 1


async def test_one_that_will_not_end_can_be_killed() -> None:
    child = Child(Duty(children.will_not_end), 30)
    keeping = asyncio.create_task(child.keep())
    await until(lambda: child.state == "running")
    child.end()
    await asyncio.sleep(0.3)
    assert not keeping.done()
    child.kill()
    await asyncio.wait_for(keeping, 10)
    assert child.trouble == "killed by SIGKILL"


async def test_one_told_to_end_while_it_waits_to_be_replaced_is_not() -> None:
    duty = Duty(children.cannot_begin)
    child = Child(duty, 30)
    keeping = asyncio.create_task(child.keep())
    await until(lambda: child.restarts >= 4 and child.state == "down")
    began = len(duty.began)
    child.end()
    await asyncio.wait_for(keeping, 10)
    assert len(duty.began) == began


@pytest.mark.parametrize("after_s", [0.0, 0.05, 0.3])
async def test_an_interrupt_never_reaches_it_not_even_while_it_begins(after_s: float) -> None:
    async with kept(Duty(children.waits)) as child:
        await until(lambda: child.pid is not None)
        await asyncio.sleep(after_s)
        os.kill(pid_of(child), signal.SIGINT)
        await until(lambda: child.state == "running")
        await asyncio.sleep(0.1)
        assert child.restarts == 0


async def test_one_that_ends_when_that_was_expected_is_not_replaced() -> None:
    child = Child(Duty(children.waits), 30)
    keeping = asyncio.create_task(child.keep())
    await until(lambda: child.state == "running")
    child.expect_end()
    os.kill(pid_of(child), signal.SIGTERM)
    await asyncio.wait_for(keeping, 10)
    assert (child.state, child.restarts) == ("stopped", 0)
