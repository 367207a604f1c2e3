# ruff: noqa: E501, RUF001 (URLs meant to deceive are long, and look like others)
"""Every way past the guard that is known, and that it is no way."""

import aiohttp
import pytest

from indexer import config
from indexer.coordinator.http import Forbidden, opened
from indexer.coordinator.http.address import why_not_public
from indexer.coordinator.http.connecting import NotPublic, connector
from indexer.coordinator.http.target import read_listed, read_target, redirected
from load.network.names import naming
from tests.coordinator.strangers import Stranger, answer, living

LIMITS = config.load({}).http

PUBLIC = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0
169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0
198.17.255.255 198.20.0.0 198.51.101.0 203.0.114.0 223.255.255.255 2001:200::1
2001:4860:4860::8888 2606:4700:4700::1111 2a00:1450:4001::1 2003::1 2400:cb00::1
""".split()

NOT_PUBLIC = """
0.0.0.0 0.0.0.1 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.100.100.200 100.127.255.255
127.0.0.0 127.0.0.1 127.0.1.3 127.127.127.127 127.255.255.255 168.63.129.16 169.254.0.0
169.254.169.254 169.254.170.2 169.254.169.123 169.254.255.255 172.16.0.0 172.17.0.1 172.31.255.255
192.0.0.1 192.0.0.8 192.0.0.170 192.0.0.192 192.0.0.9 192.0.0.10 192.0.2.1 192.31.196.1
192.52.193.1 192.88.99.1 192.88.99.2 192.168.0.1 192.168.255.255 192.175.48.1 198.18.0.1
198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 233.252.0.1 239.255.255.255 240.0.0.1
255.255.255.254 255.255.255.255
:: ::1 ::7f00:1 ::127.0.0.1 ::10.0.0.1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:169.254.169.254
::ffff:a9fe:a9fe ::ffff:8.8.8.8 0:0:0:0:0:ffff:a00:1 ::ffff:0:127.0.0.1
64:ff9b::127.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b::8.8.8.8 64:ff9b:1::10.0.0.1 100::1 100:0:0:1::1
2001::1 2001:0:7f00:1::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:1::1 2001:1::2 2001:2::1
2001:3::1 2001:4:112::1 2001:10::1 2001:20::1 2001:30::1 2001:db8::1 2002:7f00:1::1
2002:a9fe:a9fe:: 2002:a00:1::1 2002:808:808::1 2620:4f:8000::1 2606:4700::5efe:10.0.0.1
2606:4700::200:5efe:127.0.0.1 3ffe::1 3fff::1 4000::1 5f00::1 fc00::1 fd00::1 fd00:ec2::254
fd20:ce::254 fe80::1 fe80::1%eth0 fe80::a9fe:a9fe febf::1 fec0::1 feff::1 ff01::1 ff02::1 ff05::2
ff0e::1 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 2606:4700:4700::1111%lo
""".split()

NO_ADDRESSES = [
    "",
    "127.1",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "2130706433",
    "localhost",
    "1.1.1.1 ",
    "١.١.١.١",
]

WAYS = [
    # Other schemes, and no scheme.
    *("file:///etc/passwd", "gopher://127.0.0.1:6379/_INFO", "dict://127.0.0.1:11211/stat"),
    *("ftp://example.com/", "ws://example.com/", "wss://example.com/", "jar:https://example.com!/"),
    *("ldap://127.0.0.1/", "tftp://127.0.0.1/", "data:text/plain,hello", "javascript:alert(1)"),
    *("unix:///var/run/docker.sock", "http+unix://%2Fvar%2Frun%2Fdocker.sock/info"),
    *("", "/", "//127.0.0.1/", "example.com", "https:", "https://", "https:///", "https:/127.0.0.1"),
    *("https:127.0.0.1", "https:\\\\127.0.0.1", "netdoc:///etc/passwd", "HTTP://example.com/"),
    *("http://example.com/", "http://example.com:443/", "view-source:https://example.com"),
    # Other ports.
    *("https://example.com:22/", "https://example.com:80/", "https://example.com:0/"),
    *("https://example.com:65536/", "https://example.com:-1/", "https://example.com:+443/"),
    *("https://example.com:443:22/", "https://example.com:００443/", "https://example.com:443a/"),
    *("https://example.com: 443/", "https://example.com:6379%23/", "https://example.com:99999/"),
    # Userinfo, and what readers of URLs disagree on.
    *("https://user@example.com/", "https://user:secret@example.com/", "https://@example.com/"),
    *("https://:@example.com/", "https://example.com@127.0.0.1/", "https://127.0.0.1@example.com/"),
    *("https://a.com:80@127.0.0.1/", "https://127.0.0.1:11211:80/", "https://a.com&@127.0.0.1#@b.com/"),
    *("https://127.0.0.1\\@example.com/", "https://example.com\\@127.0.0.1/", "https://a.com#@127.0.0.1\\"),
    *("https://example.com\\.evil.com/", "https://example.com%00.evil.com/", "https://exa mple.com/"),
    *("https://example.com\t/", "https://example.com\r\nHost: inside/", "https://exam\nple.com/"),
    *(" https://example.com/", "https://example.com/ ", "\x00https://example.com/", "https://a.com/\x7f"),
    *("https://example.com%2f@127.0.0.1/", "https://example.com%23@127.0.0.1/", "https://a.com;@b.com/"),
    *("https://[::1]@example.com/", "https://example.com[::1]/", "https://[example.com]/", "https://a..b.com/"),
    *("https://[::1/", "https://::1]/", "https://::1/", "https://[::1].example.com/", "https://[]/"),
    # Addresses in place of names, in all their spellings, public ones included.
    *("https://127.0.0.1/", "https://127.0.0.1.:443/", "https://127.0.0.1:443/", "https://8.8.8.8/"),
    *("https://127.1/", "https://127.0.1/", "https://127/", "https://0/", "https://0.0.0.0/"),
    *("https://2130706433/", "https://017700000001/", "https://0x7f000001/", "https://0X7F000001/"),
    *("https://0177.0.0.1/", "https://0177.1/", "https://0x7f.1/", "https://0x7f.0x0.0x0.0x1/"),
    *("https://00000177.00000000.00000000.00000001/", "https://0x0000007f.0.0.0x1/"),
    *("https://127.000000000000.1/", "https://4294967297/", "https://2852039166/", "https://425.510.425.510/"),
    *("https://0xA9FEA9FE/", "https://0251.0376.0251.0376/", "https://169.254.43518/", "https://0x41414141A9FEA9FE/"),
    *("https://127.0.0.0x1/", "https://1.2.3/", "https://127。0。0。1/", "https://①②⑦.⓪.⓪.①/"),
    *("https://１２７.0.0.1/", "https://127%2e0%2e0%2e1/", "https://127%E3%80%820.0.1/", "https://%31%32%37.0.0.1/"),
    *("https://[::1]/", "https://[::]/", "https://[0000::1]/", "https://[::ffff:127.0.0.1]/"),
    *("https://[::ffff:7f00:1]/", "https://[0:0:0:0:0:ffff:169.254.169.254]/", "https://[fe80::1%25eth0]/"),
    *("https://[fe80::1%eth0]/", "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://[::1%25lo]:443/"),
    *("https://[fd00:ec2::254]/", "https://[v1.127]/", "https://[2606:4700:4700::1111]/", "https://[::127.1]/"),
    # Names that are not of the public DNS, or not written as one.
    *("https://localhost/", "https://LOCALHOST/", "https://localhost./", "https://foo.localhost/"),
    *("https://metadata/", "https://metadata.google.internal/", "https://printer.local/", "https://a.onion/"),
    *("https://ip6-localhost/", "https://localhost.localdomain/", "https://example.com./", "https://router.lan/"),
    *("https://.example.com/", "https://-a.com/", "https://a-.com/", "https://a_b.com/", "https://*.com/"),
    *("https://ⓔxample.com/", "https://exämple.com/", "https://ⓛocalhost/", "https://localhost%00/"),
    *("https://loc\u00adalhost/", "https://example\u3002com/", "https://℀.com/", "https://a\u2044b.com/"),
    *("https://10.in-addr.arpa/", f"https://{'a' * 64}.com/", f"https://{'a.' * 130}com/"),
    "https://example.com/" + "a" * 8000,
]  # fmt: skip

PLAIN = [
    "https://example.com",
    "https://example.com/",
    "HTTPS://EXAMPLE.com/a/b%20c?d=e&f=g#h",
    "https://example.com:443/",
    "https://xn--exmple-cua.com/xrpc/a.b?did=did:plc:x&collection=a.b.c",
    "https://127.0.0.1.example.com/",
    "https://a.b.c.d.bsky.network/?@",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_public(address):
    assert why_not_public(address) is None


@pytest.mark.parametrize("address", NOT_PUBLIC + NO_ADDRESSES)
def test_an_address_of_any_other_kind_is_not_public(address):
    assert why_not_public(address)


@pytest.mark.parametrize("url", PLAIN)
def test_a_plain_url_may_be_asked(url):
    assert not read_target(url, frozenset()).listed


@pytest.mark.parametrize("url", WAYS)
async def test_no_url_leads_past_the_guard(url):
    async with naming() as (names, dns), opened(LIMITS, dns=dns) as client:
        with pytest.raises(Forbidden):
            await client.get(url, most_bytes=1)
        assert not names.asked


@pytest.mark.parametrize("location", WAYS[1:])
def test_no_redirect_leads_past_the_guard(location):
    start = read_target("https://example.com/a", frozenset())
    if location in ("/",):
        assert redirected(start, location, frozenset()).host == "example.com"
        return
    try:
        target = redirected(start, location, frozenset())
    except Forbidden:
        return
    assert target.host == "example.com", "relative, so it stays where it is"


@pytest.mark.parametrize("address", [text for text in NOT_PUBLIC if "%" not in text])
async def test_no_name_leads_past_the_guard(address):
    async with naming() as (names, dns), opened(LIMITS, dns=dns) as client:
        names.says["pds.example.com"] = [[address]]
        with pytest.raises(Forbidden, match="not public"):
            await client.get("https://pds.example.com/", most_bytes=1)
        assert names.asked.count(("pds.example.com", 1)) == 1, "what is forbidden stays so"


@pytest.mark.parametrize("addresses", [["1.1.1.1", "127.0.0.1"], ["127.0.0.1", "2606:4700::1111"]])
async def test_one_private_address_among_public_ones_refuses_them_all(addresses):
    async with naming() as (names, dns), opened(LIMITS, dns=dns) as client:
        names.says["pds.example.com"] = [addresses]
        with pytest.raises(Forbidden, match=r"127\.0\.0\.1 is not public"):
            await client.get("https://pds.example.com/", most_bytes=1)


def only_the_second(address):
    """Lets 127.0.0.2 stand for a public address, which tests may not connect to."""
    return None if address == "127.0.0.2" else "private"


async def test_what_was_judged_is_what_is_connected_to_though_the_name_is_bound_anew():
    good = Stranger(answer(body=b"good", Connection="close"))
    async with naming() as (names, dns), living(good, "127.0.0.2") as port:
        names.says["rebind.example.com"] = [["127.0.0.2"], ["127.0.0.1"]]
        guarded = connector(dns, only_the_second, 5, tls=True)
        async with aiohttp.ClientSession(connector=guarded) as session:
            url = f"http://rebind.example.com:{port}/"
            async with session.get(url) as response:
                assert await response.read() == b"good"
            assert names.asked.count(("rebind.example.com", 1)) == 1
            with pytest.raises(aiohttp.ClientConnectorError) as caught:
                await session.get(url)
    assert isinstance(caught.value.os_error, NotPublic)
    assert len(good.heard) == 1
    assert f"Host: rebind.example.com:{port}" in good.heard[0]


async def test_an_address_that_never_asks_the_resolver_is_judged_all_the_same():
    inner = Stranger(answer())
    async with naming() as (_, dns), living(inner) as port:
        guarded = connector(dns, why_not_public, 5, tls=True)
        async with aiohttp.ClientSession(connector=guarded) as session:
            with pytest.raises(aiohttp.ClientConnectorError, match="not public"):
                await session.get(f"http://127.0.0.1:{port}/")
    assert not inner.connections


def test_a_listed_host_is_listed_at_its_ports_only():
    listed = read_listed(["pds.test", "plc.test:2582", "[::1]:80", "10.0.0.1:8080", "PDS2.test"])
    for url in ("http://pds.test/", "https://pds.test/", "http://plc.test:2582/", "http://[::1]/",
                "http://[0:0::1]/", "http://10.0.0.1:8080/a", "https://pds2.test"):  # fmt: skip
        assert read_target(url, listed).listed
    for url in ("http://pds.test:8080/", "http://plc.test/", "https://a.pds.test/",
                "http://10.0.0.1/", "http://[::2]/", "http://u@pds.test/"):  # fmt: skip
        with pytest.raises(Forbidden):
            read_target(url, listed)


@pytest.mark.parametrize("entry", ["", "a:b", "a:1:2", "http://a", "a/b", "::1", "a b", "u@a"])
def test_what_is_no_host_cannot_be_listed(entry):
    with pytest.raises(ValueError):
        read_listed([entry])


def test_a_stranger_cannot_send_us_to_a_listed_host():
    listed = read_listed(["plc.test:2582"])
    start = read_target("https://example.com/", listed)
    with pytest.raises(Forbidden, match="only we may name it"):
        redirected(start, "http://plc.test:2582/", listed)
