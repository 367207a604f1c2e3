"""A small network of our own: directory, PDSs, relay, labeler, DNS, and faults on demand.

world = made(seed=1, commits=400)
async with running(world.network, pds=3) as there:
    ...  # there.environment, there.hosts["pds0"].asked, there.names
"""

from load.network.network import Network
from load.network.running import Running, running
from load.network.sources import World, made, recorded

__all__ = ["Network", "Running", "World", "made", "recorded", "running"]
