"""A network from its start to its end."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from indexer.protocol.dump import Entry
from load.network.labeler import LABELER, document_of
from load.network.names import naming
from load.network.network import Network
from load.network.running import Running


@asynccontextmanager
async def running(
    network: Network,
    pds: int = 1,
    frames: Iterable[Entry] = (),
    seed: int = 0,
    https: Path | None = None,
) -> AsyncIterator[Running]:
    """`pds` hosts, over which the accounts are spread in turn; `frames` are what the relay has;
    `seed` is that of the faults; `https`, a directory for a certificate, has handles and did:web
    served at the port where everybody asks for them."""
    there = Running(network, pds, frames, seed)
    if https is not None:
        there.secure(https)
    async with AsyncExitStack() as stack:
        there.names, there.dns = await stack.enter_async_context(naming())
        for host in there.hosts.values():
            stack.push_async_callback(host.down)
            await host.up()
        network.add(document_of(there.hosts["labeler"].url), logged=LABELER not in network.accounts)
        for number, account in enumerate(network.accounts.values()):
            there.settle(account, there.pds[number % pds])
        yield there
