"""An indexer that does not do its work is no success."""

from pathlib import Path

import pytest

from load.chaos.service import IndexerFailed, Service


async def nothing() -> None:
    pass


async def test_one_that_cannot_begin_is_given_up_with_its_last_words(tmp_path: Path) -> None:
    environment = {"DATABASE_URL": "postgresql://127.0.0.1:1/none", "RELAY_URL": "nonsense:::"}
    service = Service(tmp_path, environment, lambda: 1, nothing, most_unbegun=1)
    with pytest.raises(IndexerFailed, match="ended with 1"):
        await service.run()
    assert service.starts == 2
    assert service.life is not None and "nonsense" in service.life.said()
