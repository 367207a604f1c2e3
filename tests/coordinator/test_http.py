"""What becomes of a request to a stranger who answers badly, slowly, or not at all."""

import asyncio
import gzip
from contextlib import asynccontextmanager
from email.utils import formatdate

import msgspec
import pytest
from prometheus_client import REGISTRY

from indexer import config
from indexer.coordinator.http import (
    Forbidden,
    Resting,
    TooBig,
    TooSlow,
    Unreachable,
    Unreadable,
    opened,
)
from indexer.coordinator.http.answer import retry_after
from tests.coordinator.names import naming
from tests.coordinator.strangers import Stranger, answer, certified, living

LIMITS = msgspec.structs.replace(
    config.load({}).http, backoff_first_s=0.001, backoff_max_s=0.01, try_s=5
)
HASTY = msgspec.structs.replace(LIMITS, try_s=0.1, retries=1)
ONCE = msgspec.structs.replace(LIMITS, retries=0)
NAME = "pds.test"


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@asynccontextmanager
async def asking(stranger, limits=LIMITS, server_tls=None, **how):
    """A client, and the URL of the stranger, whom an operator listed by name."""
    async with naming() as (names, dns), living(stranger, tls=server_tls) as port:
        names.says[NAME] = [["127.0.0.1"]]
        async with opened(limits, [f"{NAME}:{port}"], dns=dns, **how) as client:
            yield client, f"{'https' if server_tls else 'http'}://{NAME}:{port}/x?secret=1"


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


async def test_a_host_that_keeps_failing_rests_and_then_one_request_tries_it():
    clock = Clock()
    stranger = Stranger(*[answer(500)] * ONCE.rest_after, [0.1, answer(500)], answer(body=b"yes"))
    async with asking(stranger, ONCE, clock=clock) as (client, url):
        for _ in range(ONCE.rest_after):
            with pytest.raises(Unreachable):
                await client.get(url, most_bytes=3)
        with pytest.raises(Resting) as caught:
            await client.get(url, most_bytes=3)
        assert caught.value.again_in_s == ONCE.rest_s
        assert REGISTRY.get_sample_value("indexer_http_resting_hosts") == 1
        clock.now += ONCE.rest_s
        both = (client.get(url, most_bytes=3) for _ in range(2))
        outcomes = await asyncio.gather(*both, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [Unreachable, Resting]
        clock.now += ONCE.rest_s
        assert (await client.get(url, most_bytes=3)).body == b"yes"
        assert (await client.get(url, most_bytes=3)).body == b"yes"
    assert len(stranger.heard) == ONCE.rest_after + 3


async def test_a_probe_that_is_given_up_leaves_room_for_another():
    clock = Clock()
    limits = msgspec.structs.replace(ONCE, rest_after=1)
    async with asking(Stranger(answer(500), [2], answer()), limits, clock=clock) as (client, url):
        with pytest.raises(Unreachable):
            await client.get(url, most_bytes=3)
        clock.now += limits.rest_s
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.get(url, most_bytes=3), 0.1)
        assert (await client.get(url, most_bytes=3)).status == 200


async def test_a_host_that_names_a_short_rest_is_asked_again_after_it():
    stranger = Stranger(answer(429, Retry_After=0), answer(503, Retry_After=0), answer())
    async with asking(stranger) as (client, url):
        assert (await client.get(url, most_bytes=3)).status == 200


@pytest.mark.parametrize("status", [429, 503])
async def test_a_host_that_names_a_long_rest_is_left_alone_but_not_for_ever(status):
    clock = Clock()
    stranger = Stranger(answer(status, Retry_After=10**8), answer())
    async with asking(stranger, clock=clock) as (client, url):
        with pytest.raises(Unreachable) as caught:
            await client.get(url, most_bytes=3)
        assert caught.value.again_in_s == 10**8
        with pytest.raises(Resting):
            await client.get(url, most_bytes=3)
        clock.now += 3600
        assert (await client.get(url, most_bytes=3)).status == 200
    assert len(stranger.heard) == 2


def test_retry_after_is_a_number_or_a_date_or_nothing():
    assert retry_after({}) is None
    assert retry_after({"Retry-After": "120"}) == 120
    assert retry_after({"Retry-After": "9" * 5000}) == 999999999
    assert retry_after({"Retry-After": formatdate(0, usegmt=True)}) == 0
    assert retry_after({"Retry-After": "Wed, 01 Jan 3000 00:00:00 GMT"}) > 10**9
    for text in ("soon", "-1", "1.5", "²", "Wed, 99 Jan 3000 00:00:00 GMT", "nan", "1e9"):
        assert retry_after({"Retry-After": text}) is None


async def test_few_requests_are_under_way_at_one_host():
    stranger = Stranger([0.05, answer()])
    async with asking(stranger) as (client, url):
        await asyncio.gather(*(client.get(url, most_bytes=3) for _ in range(12)))
    assert stranger.busiest == LIMITS.at_once_per_host


async def test_few_requests_are_under_way_at_all_hosts():
    stranger = Stranger([0.05, answer()])
    async with naming() as (names, dns), living(stranger) as port:
        hosts = [f"pds{n}.test" for n in range(40)]
        names.says |= {host: [["127.0.0.1"]] for host in hosts}
        async with opened(LIMITS, [f"{host}:{port}" for host in hosts], dns=dns) as client:
            urls = [f"http://{host}:{port}/" for host in hosts]
            await asyncio.gather(*(client.get(url, most_bytes=3) for url in urls))
            assert len(client.hosts) == 40
    assert stranger.busiest == LIMITS.at_once


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
