"""A small seeded world: people who join, post, like, follow, change their minds and leave.

Nothing here knows of repositories, signatures or frames: a world tells who did what, and when, with
every record already encoded, as records name each other by CID. The same seed tells the same
story.
"""

from load.world.happening import Happening, Write
from load.world.world import World

__all__ = ["Happening", "World", "Write"]
