import pytest

from tests.coordinator.people import living_people


@pytest.fixture
async def people(database_url):
    async with living_people(database_url) as people:
        yield people
