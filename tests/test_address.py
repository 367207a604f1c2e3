"""However the relay is written, it is the same relay, and its path is never doubled."""

from pathlib import Path

import pytest

from indexer.address import PATH, read_address


@pytest.mark.parametrize(
    "text",
    [
        "bsky.network",
        " bsky.network ",
        "BSKY.network/",
        "wss://bsky.network",
        "wss://bsky.network/",
        "https://bsky.network",
        "wss://bsky.network:443",
        "bsky.network" + PATH,
        "wss://bsky.network" + PATH,
        "wss://bsky.network" + PATH + "/",
    ],
)
def test_one_relay_has_one_name(text: str) -> None:
    address = read_address(text)
    assert address.service == "bsky.network" + PATH
    assert address.url == "wss://bsky.network" + PATH


@pytest.mark.parametrize(
    ("text", "service", "url"),
    [
        ("ws://localhost:2583", "localhost:2583" + PATH, "ws://localhost:2583" + PATH),
        ("http://localhost:80", "localhost" + PATH, "ws://localhost" + PATH),
        ("ws://[::1]:81", "[::1]:81" + PATH, "ws://[::1]:81" + PATH),
        ("ws://h/under", "h/under" + PATH, "ws://h/under" + PATH),
        ("wss://h?filter=1", "h" + PATH, "wss://h" + PATH + "?filter=1"),
    ],
)
def test_a_relay_elsewhere_has_another(text: str, service: str, url: str) -> None:
    assert read_address(text)[:2] == (service, url)


@pytest.mark.parametrize("text", ["file:/a/b.zst", "file:///a/b.zst"])
def test_a_file_is_a_source_too(text: str) -> None:
    address = read_address(text)
    assert address.file == Path("/a/b.zst")
    assert address.service == "file:/a/b.zst"


@pytest.mark.parametrize(
    "text", ["", "ftp://host", "wss://", "wss://host:port", "wss://u:secret@host"]
)
def test_nonsense_is_refused_and_no_password_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="RELAY_URL") as refused:
        read_address(text)
    assert "secret" not in str(refused.value)
