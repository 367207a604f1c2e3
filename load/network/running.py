"""A network on loopback: its directory, its PDSs, its relay, its labeler, its DNS.

Every host has an address of its own, for some things are remembered by address and not by port.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

from aiodns import DNSResolver

from indexer.protocol.dump import Entry
from load.capture import seq_of
from load.network.account import Account
from load.network.faults import Faults
from load.network.host import Host
from load.network.labeler import LABELER, Labeler, document_of
from load.network.names import Names, naming
from load.network.network import Network
from load.network.pds import Pds
from load.network.plc import Plc
from load.network.stream import Stream

_PLC, _RELAY, _LABELER, _PDS = "127.0.1.1", "127.0.2.1", "127.0.3.1", "127.0.4.{}"


class Running:
    """`hosts` by name: `plc`, `relay`, `labeler`, `pds0`, `pds1` …; `dns` is a resolver that knows
    our names only."""

    def __init__(self, network: Network, pds: int, frames: Iterable[Entry], seed: int) -> None:
        self.network = network
        self.faults = Faults(seed)
        self.labeler = Labeler()
        self.firehose = Stream((seq_of(frame) or 0, frame) for _, frame in frames)
        relay = {"com.atproto.sync.subscribeRepos": self.firehose.talk}
        labels = {"com.atproto.label.subscribeLabels": self.labeler.stream.talk}
        nobody = Pds(network, "labeler")
        hosts = [
            Host("plc", _PLC, Plc(network), network, self.faults),
            Host("relay", _RELAY, Pds(network, None), network, self.faults, relay),
            Host("labeler", _LABELER, nobody, network, self.faults, labels),
        ]
        for number in range(pds):
            name, address = f"pds{number}", _PDS.format(number + 1)
            hosts.append(Host(name, address, Pds(network, name), network, self.faults))
        self.hosts = {host.name: host for host in hosts}
        self.names: Names
        self.dns: DNSResolver

    @property
    def plc(self) -> Host:
        return self.hosts["plc"]

    @property
    def pds(self) -> list[Host]:
        return [host for name, host in self.hosts.items() if name.startswith("pds")]

    @property
    def relay_url(self) -> str:
        return self.hosts["relay"].url.replace("http", "ws", 1)

    @property
    def private_hosts(self) -> list[str]:
        """For ALLOW_PRIVATE_HOSTS."""
        return [host.place for host in self.hosts.values()]

    def host_of(self, did: str) -> Host:
        return self.hosts[self.network.accounts[did].home]

    def settle(self, account: Account, host: Host) -> None:
        """The account lives there from now on: its document and the DNS say so."""
        account.home = host.name
        account.move(host.url)
        self.publish(account)

    def publish(self, account: Account) -> None:
        """The handle that the account claims is its own from now on."""
        if account.handle:
            self.names.writes[f"_atproto.{account.handle}"] = [[f"did={account.did}"]]
            self.names.says[account.handle] = [[self.host_of(account.did).address]]


@asynccontextmanager
async def running(
    network: Network, pds: int = 1, frames: Iterable[Entry] = (), seed: int = 0
) -> AsyncIterator[Running]:
    """`pds` hosts, over which the accounts are spread in turn; `frames` are what the relay has;
    `seed` is that of the faults."""
    there = Running(network, pds, frames, seed)
    async with AsyncExitStack() as stack:
        there.names, there.dns = await stack.enter_async_context(naming())
        for host in there.hosts.values():
            await host.up()
            stack.push_async_callback(host.down)
        network.add(document_of(there.hosts["labeler"].url), logged=LABELER not in network.accounts)
        for number, account in enumerate(network.accounts.values()):
            there.settle(account, there.pds[number % pds])
        yield there
