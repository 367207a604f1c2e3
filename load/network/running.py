"""A network on loopback: its directory, its PDSs, its relay, its DNS, each a server of its own.

Every host has an address of its own, for some things are remembered by address and not by port.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from aiodns import DNSResolver

from load.network.account import Account
from load.network.host import Host
from load.network.names import Names, naming
from load.network.network import Network
from load.network.pds import Pds
from load.network.plc import Plc

_PLC, _PDS = "127.0.1.1", "127.0.4.{}"


class Running:
    """`hosts` by name: `plc`, `pds0`, `pds1` …; `dns` is a resolver that knows our names only."""

    def __init__(
        self, network: Network, hosts: Mapping[str, Host], names: Names, dns: DNSResolver
    ) -> None:
        self.network, self.hosts, self.names, self.dns = network, hosts, names, dns

    @property
    def plc(self) -> Host:
        return self.hosts["plc"]

    @property
    def pds(self) -> list[Host]:
        return [host for name, host in self.hosts.items() if name.startswith("pds")]

    @property
    def private_hosts(self) -> list[str]:
        """For ALLOW_PRIVATE_HOSTS."""
        return [host.place for host in self.hosts.values()]

    @property
    def environment(self) -> dict[str, str]:
        """What an indexer has to be told."""
        return {"PLC_URL": self.plc.url, "ALLOW_PRIVATE_HOSTS": ",".join(self.private_hosts)}

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
async def running(network: Network, pds: int = 1) -> AsyncIterator[Running]:
    """`pds` hosts, over which the accounts are spread in turn."""
    hosts = [Host("plc", _PLC, Plc(network))]
    for number in range(pds):
        name = f"pds{number}"
        hosts.append(Host(name, _PDS.format(number + 1), Pds(network, name)))
    async with AsyncExitStack() as stack:
        names, dns = await stack.enter_async_context(naming())
        for host in hosts:
            await host.up()
            stack.push_async_callback(host.down)
        there = Running(network, {host.name: host for host in hosts}, names, dns)
        for number, account in enumerate(network.accounts.values()):
            there.settle(account, there.pds[number % pds])
        yield there
