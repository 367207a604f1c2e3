"""Where an indexer is asked, and what becomes of what it is not."""

import asyncio

import pytest

from indexer import web
from indexer.terminal.asking import Asker, read_place


@pytest.mark.parametrize("text", ["127.0.0.1:9400", "http://127.0.0.1:9400/", "//127.0.0.1:9400"])
def test_an_address_is_what_people_write(text: str) -> None:
    assert read_place(text) == ("127.0.0.1", 9400)


def test_an_address_in_brackets_is_one_too() -> None:
    assert read_place("[::1]:9400") == ("::1", 9400)


@pytest.mark.parametrize("text", ["nowhere", "", "host:", ":9400", "host:port", "host:99999"])
def test_what_is_no_address_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="is no address"):
        read_place(text)


async def test_what_answers_and_is_no_indexer_is_said() -> None:
    async with web.serving("127.0.0.1", 0, list) as port:
        asker = Asker("127.0.0.1", port)
        assert await asyncio.to_thread(asker.ask) is None
    assert asker.trouble == f"no indexer answers at 127.0.0.1:{port} (it says 404 Not Found)"
