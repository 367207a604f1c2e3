"""They are wrong: what came from the network and may not be used. Where we are wrong, crash."""


class Invalid(ValueError):
    """`reason` is one snake_case word out of few, for counting and for the quarantine; `detail`
    tells a person what was wrong and where."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class BadFraming(Invalid):
    """Bytes that are no frame: nothing that follows them on the same connection can be trusted."""

    def __init__(self, detail: str) -> None:
        super().__init__("bad_frame", detail)
