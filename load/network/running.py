"""A network on loopback: its directory, its PDSs, its relay, its labeler, its DNS.

Every host has an address of its own, for some things are remembered by address and not by port.
"""

from collections.abc import Iterable
from pathlib import Path

from aiodns import DNSResolver

from indexer.protocol.dump import Entry
from load.capture import seq_of
from load.network.account import Account
from load.network.certificate import certified
from load.network.faults import Faults
from load.network.host import HTTPS, Host
from load.network.hosts import hosts_of
from load.network.labeler import Labeler
from load.network.names import Names
from load.network.network import Network
from load.network.stream import Stream


class Running:
    """`hosts` by name: `plc`, `relay`, `labeler`, `pds0`, `pds1` …; `dns` is a resolver that knows
    our names only."""

    def __init__(self, network: Network, pds: int, frames: Iterable[Entry], seed: int) -> None:
        self.network = network
        self.faults = Faults(seed)
        self.labeler = Labeler()
        self.firehose = Stream((seq_of(frame) or 0, frame) for _, frame in frames)
        live = {
            "relay": {"com.atproto.sync.subscribeRepos": self.firehose.talk},
            "labeler": {"com.atproto.label.subscribeLabels": self.labeler.stream.talk},
        }
        self.hosts = hosts_of(network, self.faults, pds, live)
        self.names: Names
        self.dns: DNSResolver

        self.authority: Path | None = None  # that vouches for what is served by https

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
        names = self.network.names if self.authority else []
        places = [host.place for host in self.hosts.values()]
        return places + [f"{name}:{HTTPS}" for name in names]

    def host_of(self, did: str) -> Host:
        return self.hosts[self.network.accounts[did].home]

    def secure(self, directory: Path) -> None:
        """Handles and did:web are served by https, too, when the hosts come up. Who asks has to
        trust the authority. Ports as low as that may need a right."""
        server, self.authority = certified(self.network.names, directory)
        for host in self.pds:
            host.tls = server

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
