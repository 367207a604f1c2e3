"""Two families of error: they are wrong (`Invalid`), and we are wrong (everything else)."""


class Invalid(ValueError):
    """Something from the network that may not be used.

    `reason` is one snake_case word out of few, for counting; `detail` says what was wrong and where.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class BadFraming(Invalid):
    """Bytes that are no frame. What follows on the same connection cannot be trusted either."""

    def __init__(self, detail: str) -> None:
        super().__init__("bad_frame", detail)
