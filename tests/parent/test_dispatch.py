"""A DID has one owner, which no restart and no host changes."""

import pytest

from indexer.parent.dispatch import PARTITIONS, Dispatch, partition, ranges

DIDS = [f"did:plc:{n:024d}" for n in range(4000)]


def test_the_partition_of_a_did_is_fixed_for_ever() -> None:
    assert partition("did:plc:z72i7hdynmk6r22z27h6tvur") == 252
    assert partition("did:web:example.com") == 213


@pytest.mark.parametrize("shards", [1, 2, 3, 7, 256])
def test_every_partition_has_one_owner_and_owners_have_ranges(shards: int) -> None:
    parts = ranges(shards)
    assert [part for owned in parts for part in owned] == list(range(PARTITIONS))
    assert {len(owned) for owned in parts} <= {PARTITIONS // shards, PARTITIONS // shards + 1}


@pytest.mark.parametrize("shards", [0, 257])
def test_more_shards_than_partitions_cannot_be(shards: int) -> None:
    with pytest.raises(ValueError, match=f"{shards} shards"):
        ranges(shards)


def test_dids_spread_evenly() -> None:
    dispatch = Dispatch(4)
    owners = [dispatch.shard(did) for did in DIDS]
    assert all(900 < owners.count(shard) < 1100 for shard in range(4))


def test_who_names_nobody_goes_to_the_first() -> None:
    assert Dispatch(4).shard(None) == 0
