"""Which shard owns a DID. Nothing else knows.

CRC-32 of the DID, the same in every run and on every host, puts it into one of 256 partitions;
a shard owns a range of them, so that the number of shards may change between runs.
"""

from itertools import pairwise
from zlib import crc32

PARTITIONS = 256


def partition(did: str) -> int:
    return crc32(did.encode()) % PARTITIONS


def ranges(shards: int) -> list[range]:
    """The partitions of each shard, as even as can be."""
    if not 1 <= shards <= PARTITIONS:
        raise ValueError(f"{shards} shards: there can be 1 to {PARTITIONS}")
    cuts = [PARTITIONS * index // shards for index in range(shards + 1)]
    return [range(low, high) for low, high in pairwise(cuts)]


class Dispatch:
    def __init__(self, shards: int) -> None:
        self._owners = [shard for shard, part in enumerate(ranges(shards)) for _ in part]

    def shard(self, did: str | None) -> int:
        """What names nobody goes to shard 0, which will refuse it with the reason."""
        return 0 if did is None else self._owners[partition(did)]
