"""What becomes of a request to a stranger who answers badly, slowly, or not at all."""

import gc
import gzip

import pytest
from aiohttp import StreamReader
from prometheus_client import REGISTRY

from indexer.coordinator.http import Forbidden, TooBig, TooSlow, Unreachable, Unreadable, opened
from load.network.names import naming
from tests.coordinator.asking import HASTY, LIMITS, NAME, ONCE, asking
from tests.coordinator.strangers import Stranger, answer, certified, living


def counted(outcome):
    return REGISTRY.get_sample_value("indexer_http_requests_total", {"outcome": outcome}) or 0


@pytest.mark.parametrize("status", [200, 204, 304, 400, 401, 404, 410, 501])
async def test_an_answer_is_an_answer_whatever_its_status(status):
    before = counted("answered")
    stranger = Stranger(answer(status, Content_Type="text/plain", Set_Cookie="a=b", X_Other="1"))
    async with asking(stranger) as (client, url):
        for _ in range(LIMITS.rest_after + 1):
            given = await client.get(url, most_bytes=10)
    assert (given.status, given.body) == (status, b"")
    assert given.headers == {"content-type": "text/plain"}
    assert len(stranger.heard) == LIMITS.rest_after + 1
    assert counted("answered") == before + LIMITS.rest_after + 1


async def test_nothing_of_ours_is_told_and_no_cookie_comes_back(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    stranger = Stranger(answer(Set_Cookie="a=b; Path=/"))
    async with asking(stranger) as (client, url):
        await client.get(url, most_bytes=10)
        await client.get(url, most_bytes=10)
    names = {line.split(":")[0].lower() for line in stranger.heard[1].splitlines()[1:] if line}
    assert names == {"host", "user-agent", "accept", "accept-encoding"}
    assert "Accept-Encoding: identity" in stranger.heard[1]


FAILING = {
    "hangs up at once": (None, Unreachable),
    "is cut off in its headers": ([b"HTTP/1.1 200 OK\r\nContent-", None], Unreachable),
    "is cut off in its body": (
        [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", None],
        Unreachable,
    ),
    "promises more than it sends": (
        answer(body=b"half", Content_Length=9, Connection="close"),
        TooSlow,
    ),
    "sends more than it promises": (
        answer(body=b"good", Connection="close") + b"HTTP/1.1 200 OK\r\n\r\nbad",
        Unreachable,
    ),
    "is cut off in a chunk": (
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf", None],
        Unreachable,
    ),
    "speaks no HTTP": (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", Unreachable),
    "has headers without end": (
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 100_000 + b"\r\n\r\n",
        Unreachable,
    ),
    "says two lengths": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        Unreachable,
    ),
    "says nothing": ([60], TooSlow),
    "drips its headers": ([b"HTTP/1.1 200 OK\r\n", *[0.03, b"X: y\r\n"] * 99], TooSlow),
    "drips its body": ([answer(Content_Length=99), *[0.03, b"x"] * 99], TooSlow),
    "says 100 for ever": ([0.001, b"HTTP/1.1 100 Continue\r\n\r\n"] * 9999, TooSlow),
    "answers 500": (answer(500), Unreachable),
    "answers 503": (answer(503), Unreachable),
    "answers 429": (answer(429), Unreachable),
}


@pytest.mark.parametrize("how", FAILING)
async def test_what_fails_is_tried_again_and_then_given_up(how):
    does, error = FAILING[how]
    stranger = Stranger(does)
    before = counted(error.outcome)
    async with asking(stranger, HASTY) as (client, url):
        with pytest.raises(error) as caught:
            await client.get(url, most_bytes=100)
    # The client library tries by itself once more where a connection ends without an answer.
    assert len(stranger.heard) in (HASTY.retries + 1, 2 * HASTY.retries + 2)
    assert counted(error.outcome) == before + 1
    assert str(caught.value).startswith(f"{NAME}: ")
    assert "secret" not in str(caught.value)


async def test_what_was_read_before_it_failed_is_let_go_without_the_collector():
    """Bursts of answers that were too big left the process half as large again."""
    stranger = Stranger(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + bytes(100_000))
    gc.collect()
    gc.disable()
    try:
        async with asking(stranger) as (client, url):
            for _ in range(LIMITS.rest_after):
                with pytest.raises(TooBig):
                    await client.get(url, most_bytes=10)
            readers = [held for held in gc.get_objects() if type(held) is StreamReader]
    finally:
        gc.enable()
    assert len(readers) <= 1, "the last one's may yet be in the loop's hands"


async def test_what_failed_may_go_well_at_last():
    stranger = Stranger(answer(500), None, answer(502), answer(body=b"yes"))
    async with asking(stranger) as (client, url):
        assert (await client.get(url, most_bytes=3)).body == b"yes"


async def test_nobody_there_is_unreachable():
    async with naming() as (names, dns):
        names.says[NAME] = [["127.0.0.1"]]
        async with opened(LIMITS, [f"{NAME}:1"], dns=dns) as client:
            with pytest.raises(Unreachable, match="no connection"):
                await client.get(f"http://{NAME}:1/", most_bytes=1)
            with pytest.raises(Unreachable, match="no address"):
                await client.get("https://nobody.example.com/", most_bytes=1)


BIG = {
    "says so": answer(body=b"", Content_Length=10**12),
    "says nothing of it": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 11,
    "comes in chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    + b"6\r\nabcdef\r\n" * 2,
    "never ends": [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", *[b"x" * 9] * 9999],
}


@pytest.mark.parametrize("how", BIG)
async def test_what_is_too_big_is_not_read_nor_asked_for_again(how):
    stranger = Stranger(BIG[how])
    async with asking(stranger) as (client, url):
        with pytest.raises(TooBig):
            await client.get(url, most_bytes=10)
    assert len(stranger.heard) == 1


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, gzip"])
async def test_no_bomb_goes_off_for_nothing_is_decompressed(coding):
    bomb = gzip.compress(gzip.compress(bytes(10_000_000)))
    stranger = Stranger(answer(body=bomb, Content_Encoding=coding))
    async with asking(stranger) as (client, url):
        with pytest.raises(Unreadable):
            await client.get(url, most_bytes=1_000_000)
    assert len(stranger.heard) == 1


async def test_few_redirects_are_followed():
    to = [answer(301, Location="/a"), answer(302, Location="b"), answer(307, Location="?c")]
    async with asking(Stranger(*to, answer(body=b"end"))) as (client, url):
        assert (await client.get(url, most_bytes=3)).body == b"end"


REDIRECTS = {
    "to itself": ("/x", Forbidden),
    "to a private address": ("https://127.0.0.1/", Forbidden),
    "to another port": ("//pds.test:22/", Forbidden),
    "to http elsewhere": ("http://example.com/", Forbidden),
    "to a name with a private address": ("https://inner.example.com/", Forbidden),
    "to a file": ("file:///etc/passwd", Forbidden),
    "with a password": ("https://a:b@example.com/", Forbidden),
    "to no URL": ("https://[", Forbidden),
    "to nothing": ("", Forbidden),
}


@pytest.mark.parametrize("how", REDIRECTS)
async def test_a_redirect_is_judged_like_a_first_url(how):
    location, error = REDIRECTS[how]
    stranger = Stranger(answer(302, Location=location))
    async with naming() as (names, dns), living(stranger) as port:
        names.says |= {NAME: [["127.0.0.1"]], "inner.example.com": [["10.0.0.1"]]}
        async with opened(LIMITS, [f"{NAME}:{port}"], dns=dns) as client:
            with pytest.raises(error):
                await client.get(f"http://{NAME}:{port}/x", most_bytes=1)
    assert len(stranger.heard) == (1 + LIMITS.redirects if how == "to itself" else 1)


async def test_a_redirect_without_a_place_is_unreadable():
    async with asking(Stranger(answer(302))) as (client, url):
        with pytest.raises(Unreadable):
            await client.get(url, most_bytes=1)


async def test_the_name_is_kept_for_tls_and_for_the_host(tmp_path):
    server, ours = certified(NAME, tmp_path)
    stranger = Stranger(answer(body=b"yes"))
    async with asking(stranger, server_tls=server, tls=ours) as (client, url):
        assert (await client.get(url, most_bytes=3)).body == b"yes"
    assert f"Host: {NAME}:" in stranger.heard[0]


@pytest.mark.parametrize("name, trusted", [(NAME, False), ("other.test", True)])
async def test_a_certificate_must_be_good_and_of_that_name(name, trusted, tmp_path):
    server, ours = certified(name, tmp_path)
    stranger = Stranger(answer())
    tls = ours if trusted else True
    async with asking(stranger, ONCE, server_tls=server, tls=tls) as (client, url):
        with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
            await client.get(url, most_bytes=3)
    assert not stranger.heard
