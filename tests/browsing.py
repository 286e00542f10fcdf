"""A real browser on a really served site."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from tests import services

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, headless; without one the test is skipped or fails."""
    if not services.CHROMIUM:
        services.missing("no Chromium is installed", required_by="REQUIRE_BROWSER")
    # The driver keeps an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=services.CHROMIUM, args=FLAGS)
            yield browser
            browser.close()
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Visitor:
    """One person at a browser of their own; anything the page's security policy refuses is kept as a fault."""

    def __init__(self, browser: Browser, url: str, **context: object) -> None:
        self.url = url
        self.faults: list[str] = []
        self.page: Page = browser.new_context(base_url=url, **context).new_page()  # type: ignore[arg-type]
        self.page.on("console", lambda message: self._hear(message.type, message.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error":
            self.faults.append(text)

    def log_in(self, username: str, password: str = "newsroom", *, path: str = "/admin/login/") -> None:
        self.page.goto(path)
        self.page.get_by_label("Username").fill(username)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Log in").click()

    def text(self, selector: str = "body") -> str:
        return " ".join(self.page.locator(selector).first.inner_text().split())
