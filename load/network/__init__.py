"""A small network of our own: directory, PDSs, relay, labeler, DNS, and faults on demand.

world = made(seed=1, commits=400)
async with running(world.network, pds=3, frames=world.entries) as there:
    there.faults.set(delays.slow(2), "pds0", "*.getRepo", times=3)
    ...
    assert there.hosts["pds0"].asked["com.atproto.sync.getRepo"] == 4
"""

from load.network.environment import environment, settings
from load.network.network import Network
from load.network.running import Running
from load.network.sources import World, made, recorded
from load.network.start import running

__all__ = ["Network", "Running", "World", "environment", "made", "recorded", "running", "settings"]
