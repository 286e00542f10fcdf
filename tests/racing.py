"""One reader asks for many articles at the same moment: articles, two kinds of browser, what the ledger says."""

import json
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar, DefaultCookiePolicy
from threading import Barrier

import httpx

from tests.served import Site

HIDDEN = "This stands at the very end of article"


def articles(number: int) -> str:
    """What `served.site` prepares: so many articles, with the news codes 1 and up and an end that none shares."""
    return f"""
from django.utils import timezone
from newsroom.articles.models import Article, Section
section = Section.objects.create(name="World", slug="world")
for n in range(1, {number} + 1):
    Article.objects.create(
        code=n, title=f"Article {{n}}", slug="a", section=section, status="published",
        published_at=timezone.now(), body="<p>One.</p>" * 8 + f"<p>{HIDDEN} {{n}}.</p>")
"""


def browser(site: Site) -> httpx.Client:
    """A browser with as many tabs as are wanted, and one jar of cookies for all of them."""
    return httpx.Client(base_url=site.url, timeout=60, limits=httpx.Limits(max_connections=None))


def replaying(site: Site, cookies: httpx.Cookies) -> httpx.Client:
    """A browser that sends these cookies with every request, whatever it is given meanwhile."""
    keeps_nothing = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    sent = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return httpx.Client(
        base_url=site.url,
        timeout=60,
        limits=httpx.Limits(max_connections=None),
        headers={"Cookie": sent},
        cookies=keeps_nothing,
    )


def gets_whole(browser: httpx.Client, code: int) -> bool:
    """Asks for an article: did its whole text come?"""
    return f"{HIDDEN} {code}." in browser.get(f"/news/{code}/a/").raise_for_status().text


def one_by_one(browser: httpx.Client, codes: Iterable[int]) -> list[int]:
    """The codes of the articles whose whole text came, asked for one after another."""
    return [code for code in codes if gets_whole(browser, code)]


def all_at_once(browser: httpx.Client, codes: Sequence[int]) -> list[int]:
    """The codes of the articles whose whole text came, asked for by as many threads at the same moment."""
    start = Barrier(len(codes))

    def get(code: int) -> bool:
        start.wait()
        return gets_whole(browser, code)

    with ThreadPoolExecutor(len(codes)) as threads:
        return [code for code, is_whole in zip(codes, threads.map(get, codes), strict=True) if is_whole]


def in_the_ledger(site: Site, cookies: Sequence[str]) -> list[list[str]]:
    """The pieces that each of the readers with these cookies holds open, as the site's ledger has them."""
    accounts = "from django.utils import timezone; from metering.ledger import the_ledger; "
    accounts += "from metering.readers import Pass; import json; "
    accounts += f"keys = [Pass.read(cookie).key for cookie in {list(cookies)!r}]; "
    accounts += "held = [the_ledger().look([key], now=timezone.now()).opened for key in keys]; "
    accounts += "print(json.dumps([sorted(one.piece for one in opened) for opened in held]))"
    return json.loads(site.manage("shell", "-v", "0", "-c", accounts))
