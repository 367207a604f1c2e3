"""An endpoint is a scheme, a host, and perhaps a port; nothing else is one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.protocol.endpoint import parse_endpoint


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        ("https://pds.example", "https://pds.example"),
        ("https://pds.example/", "https://pds.example"),
        ("HTTPS://PDS.Example", "https://pds.example"),
        ("https://pds.example:443", "https://pds.example"),
        ("https://pds.example:0443/", "https://pds.example"),
        ("https://pds.example:80", "https://pds.example:80"),
        ("http://pds.example:80", "http://pds.example"),
        ("http://localhost:2583", "http://localhost:2583"),
        ("https://10.0.0.1", "https://10.0.0.1"),
        ("https://xn--bcher-kva.example:65535", "https://xn--bcher-kva.example:65535"),
    ],
)
def test_one_endpoint_has_one_spelling(text: str, endpoint: str) -> None:
    assert parse_endpoint(text) == endpoint
    assert parse_endpoint(endpoint) == endpoint


@pytest.mark.parametrize(
    "value",
    [
        *(None, 7, b"https://pds.example", ["https://pds.example"], {}, ""),
        *(
            "pds.example",
            "//pds.example",
            "https:pds.example",
            "https://",
            "https:///",
            "https://.",
        ),
        *("ftp://pds.example", "wss://pds.example", "javascript:alert(1)", "file:///etc/passwd"),
        *(
            "https://pds.example//",
            "https://pds.example/xrpc",
            "https://pds.example/?",
            "https://a?b",
        ),
        *("https://pds.example#a", "https://pds.example\\@evil.example", "https://a b.example"),
        *("https://u@pds.example", "https://u:p@pds.example", "https://:@pds.example"),
        *("https://pds.example:", "https://pds.example:0", "https://pds.example:65536"),
        *("https://pds.example:-1", "https://pds.example:1e3", "https://pds.example:\u0663"),
        *("https://pds.example.", "https://.pds.example", "https://pds..example", "https://-a.b"),
        *("https://[::1]", "https://[::ffff:127.0.0.1]", "https://a%2eb", "https://a_b.example"),
        *("https://pds.example\n", "https://pds.example\r\nHost: a", " https://pds.example", "\0"),
        *(
            "https://\uff50\uff44\uff53.example",
            "https://PD\u017f.example",
            "https://pds.example\u3002",
            "https://\u212a.example",
        ),
        *("https://" + "a" * 64 + ".example", "https://" + "a." * 124 + "example"),
        "https://" + "a" * 1_000_000,
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_no_endpoint_is_none(value: object) -> None:
    assert parse_endpoint(value) is None


@given(st.text() | st.from_regex(r"https?://[^/]*(:[0-9]*)?/?"))
def test_an_endpoint_can_always_be_parsed_once_more(text: str) -> None:
    endpoint = parse_endpoint(text)
    assert endpoint is None or parse_endpoint(endpoint) == endpoint
