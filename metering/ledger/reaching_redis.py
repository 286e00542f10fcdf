"""Reaching Redis: no longer than a question may take, and what it means where there is no answer."""

from typing import Any

from redis import Redis, exceptions
from redis.backoff import NoBackoff
from redis.connection import AbstractConnection, ConnectionPool
from redis.retry import Retry

from metering.conf import conf
from metering.ledger import timebox

AWAY = (
    exceptions.ConnectionError,  # nobody there, broken off, still loading, too many connections
    exceptions.TimeoutError,
    exceptions.OutOfMemoryError,
    exceptions.ReadOnlyError,  # a replica, after a failover
    exceptions.MasterDownError,
)
MISCONFIGURED = (exceptions.AuthenticationError, exceptions.AuthorizationError)
"""Connection errors by their class, but time does not heal them."""

BUSY = ("BUSY", "MISCONF", "NOREPLICAS")
"""How answers begin that have no class of their own: a script runs too long, nothing can be written to
the disk, too few replicas answer."""


class InTime(AbstractConnection):
    """Beside a class of connections: each step waits no longer than is left of the question that it belongs to.

    The library limits each step by itself, and there are many: to connect, to greet, to ask, to be answered.
    """

    def _connect(self) -> Any:
        self.socket_connect_timeout = self.socket_timeout = timebox.seconds_left()
        return super()._connect()  # type: ignore[safe-super]

    def send_packed_command(self, *args: Any, **kwargs: Any) -> None:
        self._limit()
        super().send_packed_command(*args, **kwargs)

    def read_response(self, *args: Any, **kwargs: Any) -> Any:
        self._limit()
        return super().read_response(*args, **kwargs)

    def _limit(self) -> None:
        if self._sock:
            self._sock.settimeout(timebox.seconds_left())


def client() -> Redis:
    """For the Redis of `METERING["REDIS_URL"]`; connects when it is asked for something."""
    # One retry, at once: after a restart of the server each kept connection is broken once. Who has not
    # answered in time is not asked again.
    retry = Retry(NoBackoff(), 1, supported_errors=(exceptions.ConnectionError,))
    pool = ConnectionPool.from_url(conf().redis_url, decode_responses=True, retry=retry)
    pool.connection_class = type("ConnectionInTime", (InTime, pool.connection_class), {})
    return Redis.from_pool(pool)


def is_away(error: Exception) -> bool:
    """Will it pass? A wrong password, a key of another program, a command that is not allowed will not."""
    if isinstance(error, AWAY):
        return not isinstance(error, MISCONFIGURED)
    return isinstance(error, exceptions.ResponseError) and str(error).startswith(BUSY)


question = timebox.question((exceptions.RedisError,), is_away)
"""For what is asked of Redis: `LedgerUnavailable` where that is away, or does not answer in time."""


@question
def greet() -> None:
    """Connects, names the password and the database, and says hello; raises what Redis has against it."""
    with client() as redis:
        redis.ping()
