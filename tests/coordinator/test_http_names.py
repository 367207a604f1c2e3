import pytest

from indexer.coordinator.http.names import resolver
from load.network.names import naming


async def test_the_name_servers_that_are_configured_are_asked() -> None:
    async with naming() as (names, _):
        names.says["a.test"] = [["203.0.113.7"]]
        async with resolver([f"127.0.0.1:{names.port}"]) as dns:
            found = await dns.query_dns("a.test", "A")
        assert [record.data.addr for record in found.answer] == ["203.0.113.7"]


def test_name_servers_have_one_port() -> None:
    with pytest.raises(ValueError, match="several ports"):
        resolver(["127.0.0.1:5300", "127.0.0.2"])
