"""Names and addresses of machines, asked for in a side thread so that no reader waits for them long."""

import socket
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Thread
from typing import Protocol, TypeVar

Answer = TypeVar("Answer")

AT_ONCE = 8
"""Look-ups under way in one process. When all hang, the next asker is told so at once."""

_free = BoundedSemaphore(AT_ONCE)

NO_NAME = {1, 4}
"""What a reverse look-up says of an address without a name: HOST_NOT_FOUND, NO_DATA."""

NO_ADDRESS = {getattr(socket, name) for name in ("EAI_NONAME", "EAI_NODATA") if hasattr(socket, name)}


class UnansweredError(OSError):
    """The name server did not say yes or no."""


class Resolver(Protocol):
    """Who asks the DNS. Both answer emptily for a clear no, and raise `UnansweredError` for none."""

    def names_of(self, address: str) -> Iterable[str]: ...

    def addresses_of(self, name: str) -> Iterable[str]: ...


class SystemResolver:
    """The resolver of the operating system."""

    def names_of(self, address: str) -> Iterable[str]:
        try:
            name, aliases, _addresses = socket.gethostbyaddr(address)
        except socket.herror as error:
            if error.errno in NO_NAME:
                return []
            raise UnansweredError(str(error)) from error
        return [name, *aliases]

    def addresses_of(self, name: str) -> Iterable[str]:
        try:
            found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            if error.errno in NO_ADDRESS:
                return []
            raise UnansweredError(str(error)) from error
        return {str(address[0]) for *_how, address in found}


def within(seconds: float, work: Callable[[], Answer], *, otherwise: Answer) -> Answer:
    """The answer if it comes in time. If it does not, the work goes on, for whoever it tells besides."""
    if not _free.acquire(blocking=False):
        return otherwise
    answers: SimpleQueue[Answer] = SimpleQueue()

    def run() -> None:
        try:
            answers.put(work())
        finally:
            _free.release()

    try:
        # A thread of a pool would keep the process from ending while the DNS hangs.
        Thread(target=run, name="crawler-dns", daemon=True).start()
    except RuntimeError:  # no more threads to be had
        _free.release()
        return otherwise
    try:
        return answers.get(timeout=seconds)
    except Empty:
        return otherwise
