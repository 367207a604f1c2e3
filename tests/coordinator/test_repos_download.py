"""Asking a host for a repo."""

import pytest

from indexer import config
from indexer.coordinator.repos.download import MOST_ERROR_BYTES, Unusable, asking
from tests.coordinator import asking as clients
from tests.coordinator.strangers import Stranger, answer


async def test_a_refusal_without_end_is_read_no_further_than_it_could_mean_anything():
    whole = answer(400, bytes(2 * MOST_ERROR_BYTES), Content_Length=10**9)
    async with clients.asking(Stranger([whole, 60]), clients.ONCE) as (client, url):
        with pytest.raises(Unusable, match="answered 400"):
            async with asking(client, url.partition("/x?")[0], "did:web:a", config.load({}).repos):
                pass
