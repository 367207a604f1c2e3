"""Who somebody is, asked of a directory, hosts and a DNS that say what they like."""

import pytest

from indexer.coordinator.resolver import Identity
from tests.coordinator.people import ALICE, KEY, living_people


@pytest.fixture
async def people(database_url):
    async with living_people(database_url) as people:
        yield people


async def test_a_did_is_resolved_with_its_handle_stored_and_shown(people):
    people.publish(ALICE, "Alice.test")
    people.name("alice.test", ALICE)
    await people.exist(ALICE)
    found = await people.resolve(ALICE)
    assert found == Identity(ALICE, "alice.test", "https://pds.test", KEY, None, None)
    assert await people.shown(ALICE) == "alice.test"
    row = await people.pool.fetchrow("SELECT * FROM identities")
    assert (row["handle"], row["claimed"], row["signing_key"]) == ("alice.test", "alice.test", KEY)
    assert row["handle_checked_at"] >= row["resolved_at"]
