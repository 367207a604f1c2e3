"""Whether the directory of accounts answers, and what its clock says of ours."""

import time
from email.utils import parsedate_to_datetime

from aiohttp import ClientError, ClientSession, ClientTimeout

from indexer.doctor.finding import Finding, better, well, wrong

PATIENCE_S = 15.0
NOBODY = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"
OFF_S, FAR_OFF_S = 5.0, 60.0  # commits from further ahead than five minutes are refused
SYNCHRONIZE = "synchronize it (NTP): what is stored as the time of arrival is ours"


async def look(plc_url: str) -> list[Finding]:
    url = f"{plc_url.rstrip('/')}/{NOBODY}"
    limit = ClientTimeout(total=PATIENCE_S)
    try:
        async with ClientSession(timeout=limit) as session, session.get(url) as answer:
            now, status, date = time.time(), answer.status, answer.headers.get("Date")
    except (ClientError, TimeoutError, OSError) as error:
        said = str(error) or type(error).__name__
        return [wrong("directory", f"{plc_url} cannot be reached: {said}", "check PLC_URL")]
    if status not in (200, 404, 410):
        found = f"{plc_url} answers HTTP {status} when it is asked for an account"
        return [better("directory", found, "check PLC_URL; it may limit us")]
    return [well("directory", f"{plc_url} answers"), *_clock(now, date)]


def _clock(now: float, date: str | None) -> list[Finding]:
    try:
        theirs = parsedate_to_datetime(date or "").timestamp()
    except ValueError:
        return []
    return [clock("clock", now - theirs, "the directory's")]


def clock(about: str, ahead_s: float, whose: str) -> Finding:
    """`ahead_s` is how far we are ahead of them."""
    found = f"{abs(ahead_s):.0f} s {'ahead of' if ahead_s > 0 else 'behind'} {whose}"
    if abs(ahead_s) > FAR_OFF_S:
        return wrong(about, found, SYNCHRONIZE)
    if abs(ahead_s) > OFF_S:
        return better(about, found, SYNCHRONIZE)
    return well(about, f"as {whose}")
