"""One question to a PDS, and the protocol's own words for what it cannot give."""

from urllib.parse import quote, urlencode

import orjson

from indexer.coordinator.http import Answer, Client

OK = 200
NO_RECORD, NO_REPO = "RecordNotFound", "RepoNotFound"
DECLINED = (
    NO_RECORD,
    NO_REPO,
    "RepoTakendown",
    "RepoSuspended",
    "RepoDeactivated",
    "AccountTakedown",
    "AccountDeactivated",
)
NO_METHOD = ("MethodNotImplemented", "UnknownMethod", "XRPCNotSupported")
NO_METHOD_STATUSES = (404, 501)


class Declined(Exception):
    """An answer: there is nothing to be had, and asking again would bring nothing else."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


class NotServed(Exception):
    """The host does not know what it was asked."""


class Unusable(Exception):
    """What was answered is not what was asked for. It counts as a failure."""


async def ask(client: Client, pds: str, method: str, most_bytes: int, **query: str) -> Answer:
    """What came with status 200. Raises `Declined`, `NotServed`, `Unusable`, `NoAnswer`."""
    url = f"{pds.rstrip('/')}/xrpc/{method}?{urlencode(query, quote_via=quote, safe=':')}"
    answer = await client.get(url, most_bytes=most_bytes)
    if answer.status == OK:
        return answer
    word = _word(answer.body)
    if word in DECLINED:
        raise Declined(word)
    if word in NO_METHOD or answer.status in NO_METHOD_STATUSES:
        raise NotServed(f"answered {answer.status}")
    raise Unusable(f"answered {answer.status}")


def read_json(answer: Answer) -> object:
    """Raises `Unusable`."""
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError as error:
        raise Unusable("answered in no JSON") from error


def _word(body: bytes) -> str:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ""
    match found:
        case {"error": str(word)}:
            return word
    return ""
