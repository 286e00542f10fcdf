"""`manage.py meter_selftest`: does any surface give away what stands behind the wall?"""

import http.cookiejar
import urllib.error
import urllib.request
from argparse import ArgumentParser
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.test import Client

from metering import gate, selftest
from metering.conf import conf
from metering.models import Read
from metering.readers import Pass
from metering.selftest import Fetch

SECONDS = 20
LARGEST_ANSWER = 10_000_000


class Command(BaseCommand):
    help = (
        "Takes sentences from behind the teaser of real pieces and asks for them on every surface, as a stranger, "
        "a feed reader and a forged crawler whose free articles are used up. Ends with 1 if one is found."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--base-url", help="ask this site over HTTP; unset: ask the code in this process")
        parser.add_argument("--pieces", type=int, default=20, help="how many pieces to look behind (20)")

    def handle(self, *args: object, base_url: str | None, pieces: int, **options: object) -> None:
        visitors = _OverHttp(base_url) if base_url else _InProcess()
        try:
            found = selftest.run(visitors.new_reader, gate.policy_in_force(), count=pieces)
        finally:
            visitors.clean_up()
        for leak in found.leaks:
            self.stderr.write(f"LEAK {leak.piece} at {leak.address} to a {leak.visitor}: “{leak.sentence[:80]}”")
        told = f"{found.pieces} pieces looked behind, {found.requests} requests, {len(found.leaks)} leaks."
        if not found.pieces:
            raise CommandError(
                "There is no piece behind a wall to look for: publish more metered ones than the limit."
            )
        if found.leaks:
            raise CommandError(told)
        self.stdout.write(told)


class _InProcess:
    """Readers that ask the code itself; what they read is taken out of the ledger again."""

    def __init__(self) -> None:
        self.clients: list[Client] = []
        self.host = next((host.lstrip(".") for host in settings.ALLOWED_HOSTS if host != "*"), "localhost")

    def new_reader(self) -> Fetch:
        client = Client(raise_request_exception=False, headers={"host": self.host})
        self.clients.append(client)

        def fetch(address: str, agent: str) -> str:
            answer = client.get(address, follow=True, secure=True, headers={"user-agent": agent})
            return b"".join(answer).decode("utf-8", "replace")  # streams as well

        return fetch

    def clean_up(self) -> None:
        cookies = (client.cookies.get(conf().cookie_name) for client in self.clients)
        known = [own.key for cookie in cookies if cookie and (own := Pass.read(cookie.value))]
        Read.objects.filter(reader__in=known).delete()


class _OverHttp:
    """Readers that ask a served site, each with cookies of its own."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/") + "/"
        if urlsplit(self.base_url).scheme not in ("http", "https"):
            raise CommandError(f"--base-url {base_url}: an address that begins with http:// or https://")

    def new_reader(self) -> Fetch:
        jar = http.cookiejar.CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

        def fetch(address: str, agent: str) -> str:
            request = urllib.request.Request(  # noqa: S310  the scheme is checked above
                urljoin(self.base_url, address.lstrip("/")), headers={"User-Agent": agent or "Mozilla/5.0"}
            )
            try:
                with browser.open(request, timeout=SECONDS) as answer:
                    return answer.read(LARGEST_ANSWER).decode("utf-8", "replace")
            except urllib.error.HTTPError as error:
                return error.read(LARGEST_ANSWER).decode("utf-8", "replace")
            except (urllib.error.URLError, TimeoutError) as error:
                raise CommandError(f"{request.full_url} does not answer: {error}") from error

        return fetch

    def clean_up(self) -> None:
        """Its reads stay in the ledger of that site, as those of any reader."""
