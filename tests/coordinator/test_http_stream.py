"""Answers too large to be held at once."""

import pytest

from indexer.coordinator.http import TooBig, TooSlow, Unreachable
from tests.coordinator.asking import HASTY, ONCE, asking
from tests.coordinator.strangers import Stranger, answer


async def test_a_whole_body_comes_in_pieces_after_as_many_tries_as_it_takes_to_begin():
    whole = bytes(1_000_000)
    async with (
        asking(Stranger(None, answer(500), answer(body=whole))) as (client, url),
        client.stream(url, most_bytes=len(whole), within_s=5) as stream,
    ):
        pieces = [piece async for piece in stream.chunks]
    assert stream.status == 200
    assert b"".join(pieces) == whole
    assert max(map(len, pieces)) < 300_000


@pytest.mark.parametrize(
    "does, error",
    [
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + bytes(1001), TooBig),
        ([answer(body=b"half", Content_Length=9), 60], TooSlow),
        ([answer(Content_Length=999), *[0.02, b"x"] * 99], TooSlow),
        ([answer(body=b"half", Content_Length=9), None], Unreachable),
    ],
)
async def test_a_stream_that_goes_wrong_ends_and_is_not_begun_again(does, error):
    stranger = Stranger(does)
    async with asking(stranger, HASTY) as (client, url):
        with pytest.raises(error):
            async with client.stream(url, most_bytes=1000, within_s=0.3) as stream:
                assert [piece async for piece in stream.chunks]
    assert len(stranger.heard) == 1


async def test_what_goes_wrong_with_whoever_reads_is_not_the_hosts_failure():
    async with asking(Stranger(answer(body=b"good")), ONCE) as (client, url):
        for _ in range(ONCE.rest_after + 1):
            with pytest.raises(OSError, match="disk"):
                async with client.stream(url, most_bytes=10, within_s=5):
                    raise OSError("disk full")
        assert (await client.get(url, most_bytes=10)).status == 200


async def test_a_silence_ends_a_stream_long_before_its_time():
    stranger = Stranger([answer(body=b"half", Content_Length=9), 60])
    async with asking(stranger, HASTY) as (client, url):
        with pytest.raises(TooSlow):
            async with client.stream(url, most_bytes=1000, within_s=50) as stream:
                assert [piece async for piece in stream.chunks]
