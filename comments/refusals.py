"""What readers are told when something of theirs is not taken in."""


class Refused(Exception):  # noqa: N818  a refusal, not an error
    """What a reader sent and was not taken. `errors` names the fields and says why, in the reader's words."""

    status = 422

    def __init__(self, **errors: str) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


class Forbidden(Refused):
    """Nothing is wrong with the text; this reader may not post it here."""

    status = 403


class TooLarge(Refused):
    """More than anybody would type; it is not even looked at."""

    status = 413


class AlreadyDoneError(Refused):
    """What is asked for has happened before, or what it is about has gone."""

    status = 409


class TooManyError(Refused):
    """Too many within the hour; `retry_after` is in seconds."""

    status = 429

    def __init__(self, retry_after: int, **errors: str) -> None:
        super().__init__(**errors)
        self.retry_after = retry_after
