"""A world made once, and what is told of it asked for as anybody would."""

from collections.abc import AsyncIterator
from copy import deepcopy
from typing import Any

import pytest
from aiohttp import ClientSession

from load.network import Running, World, made, recorded, running


@pytest.fixture(scope="session")
def unspoilt() -> World:
    return made(seed=3, commits=300, people=35)  # of whom one has his identity on a web server


@pytest.fixture
def world(unspoilt: World) -> World:
    """To be changed as one likes."""
    return World(unspoilt.entries, deepcopy(unspoilt.network))


@pytest.fixture(scope="module")
def devnet(corpus: Any) -> World:
    """For one file: whoever runs it changes it."""
    return recorded(corpus / "devnet")


@pytest.fixture
async def there(world: World) -> AsyncIterator[Running]:
    async with running(world.network, pds=2) as there:
        yield there


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
def writers(world: World) -> list[str]:
    """The DIDs of those who are active and have written something."""
    accounts = world.network.accounts.values()
    return [a.did for a in accounts if a.status is None and len(a.repo)]
