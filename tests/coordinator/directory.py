"""A directory's log, made up, and a directory that gives it away page by page."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import orjson

from tests.coordinator.people import KEY, Web
from tests.coordinator.strangers import answer

BEGINNING = datetime(2024, 1, 1, tzinfo=UTC)


def line(did, *handles, at=0, nullified=False, pds="https://pds.test", key=KEY, **operation):
    """`at` in milliseconds, or a moment."""
    moment = at if isinstance(at, datetime) else BEGINNING + timedelta(milliseconds=at)
    known = {
        "type": "plc_operation",
        "alsoKnownAs": [f"at://{handle}" for handle in handles],
        "verificationMethods": {"atproto": key},
        "services": {"atproto_pds": {"type": "AtprotoPersonalDataServer", "endpoint": pds}},
    }
    return orjson.dumps(
        {
            "did": did,
            "operation": known | operation,
            "nullified": nullified,
            "createdAt": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
    )


def tombstone(did, at):
    return line(did, at=at, type="plc_tombstone")


def log_of(*lines):
    return b"".join(one + b"\n" for one in lines)


class Directory(Web):
    """`log` holds its lines; `fails` what it answers in place of its next pages."""

    def __init__(self, log=()):
        super().__init__()
        self.log = list(log)
        self.fails = []

    def page(self, address):
        if self.fails:
            return self.fails.pop(0)
        asked = parse_qs(urlsplit(f"//{address}").query)
        after, count = asked["after"][0], int(asked["count"][0])
        later = [one for one in self.log if moment_of(one) > after]
        return answer(body=b"\n".join(later[:count]))


def moment_of(one):
    return re.search(rb'"createdAt":"([^"]*)"', one)[1].decode()
