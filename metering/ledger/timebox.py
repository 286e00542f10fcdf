"""How long an answer of a ledger is waited for, all in all, and what becomes of the errors meanwhile."""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from time import monotonic
from typing import ParamSpec, TypeVar

from metering.conf import conf
from metering.ledger.base import LedgerUnavailable

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

SHORTEST = 0.001

_ends: ContextVar[float | None] = ContextVar(
    "when the question that is being asked has to be answered", default=None
)


def question(
    errors: tuple[type[Exception], ...], is_away: Callable[[Exception], bool]
) -> Callable[[Callable[Asked, Answer]], Callable[Asked, Answer]]:
    """Makes functions into questions: each has `LEDGER_SECONDS`, which a question within it shares.

    Of these errors, those that pass by themselves become `LedgerUnavailable`; all others stay as they are.
    """

    def as_question(ask: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
        @wraps(ask)
        def asked(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
            token = None if _ends.get() else _ends.set(monotonic() + conf().ledger_seconds)
            try:
                return ask(*args, **kwargs)
            except errors as error:
                if not is_away(error):
                    raise
                raise LedgerUnavailable(str(error).strip()) from error
            finally:
                if token:
                    _ends.reset(token)

        return asked

    return as_question


def seconds_left() -> float:
    """What is left of the question: a millisecond where nothing is, so that what is asked then ends by itself.

    Outside of any question it is the whole time that one has.
    """
    ends = _ends.get()
    return conf().ledger_seconds if ends is None else max(ends - monotonic(), SHORTEST)


def milliseconds_left() -> int:
    return int(seconds_left() * 1000)
