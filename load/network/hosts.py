"""Who is there, each at an address of its own."""

from collections.abc import Mapping

from load.network.asked import Live
from load.network.faults import Faults
from load.network.host import Host
from load.network.network import Network
from load.network.pds import Pds
from load.network.plc import Plc

_PLC, _RELAY, _LABELER, _PDS = "127.0.1.1", "127.0.2.1", "127.0.3.1", "127.0.4.{}"


def hosts_of(
    network: Network, faults: Faults, pds: int, live: Mapping[str, Mapping[str, Live]]
) -> dict[str, Host]:
    """By name; `live` are the streams of those who have any."""

    def host(name: str, address: str, service: Plc | Pds) -> Host:
        return Host(name, address, service, network, faults, live.get(name))

    hosts = [
        host("plc", _PLC, Plc(network)),
        host("relay", _RELAY, Pds(network, None)),
        host("labeler", _LABELER, Pds(network, "labeler")),
    ]
    for number in range(pds):
        name = f"pds{number}"
        hosts.append(host(name, _PDS.format(number + 1), Pds(network, name)))
    return {host.name: host for host in hosts}
