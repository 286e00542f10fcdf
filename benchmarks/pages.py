"""The article page with its thread beside a bare Django view that returns the same bytes.

Once in this process through Django's WSGI handler (CPU time, nothing else in the way), and once
served by gunicorn, each from a server of its own (requests a second, and CPU time of the server).
The ratio is what is claimed; milliseconds and rates are of the machine that ran it.
"""

import io
import os
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks import serving
from benchmarks.urls import SAME_BYTES

COMMENTS = (0, 10, 1000)
ROUNDS, PER_ROUND = 15, 40
SERVED_ROUNDS, SERVED_PER_ROUND, BROWSERS = 7, 400, 4


def run() -> None:
    articles = _publish()
    bare_site = _site(settings.STANDARD_MIDDLEWARE)
    site = _site(settings.MIDDLEWARE)
    print("article page with its thread, anonymous, one process, warm cache (CPU time per request)")
    print(f"{'page':<34}{'ms':>8}{'bare ms':>9}{'ratio':>7}   queries: cold, warm, cold new read")
    for article, comments in zip(articles, COMMENTS, strict=True):
        address = article.get_absolute_url()
        status, body, cookies = _get(site, address, {})
        if status != 200:
            raise RuntimeError(f"{address} answered {status}")
        SAME_BYTES["page"] = body
        mine, theirs = _in_turns(
            lambda address=address, cookies=cookies: _get(site, address, cookies),
            lambda: _get(bare_site, "/bare/", {}),
        )
        counts = (
            _queries(lambda address=address, cookies=cookies: _get(site, address, cookies), cold=True),
            _queries(lambda address=address, cookies=cookies: _get(site, address, cookies), cold=False),
            _queries(lambda address=address: _get(site, address, {}), cold=True),
        )
        name = f"re-read, {comments} comments"
        told = ", ".join(str(count) for count in counts)
        print(f"{name:<34}{mine * 1000:>8.3f}{theirs * 1000:>9.3f}{theirs / mine:>7.2f}   {told}")

    _served(articles[1].get_absolute_url())


def _served(address: str) -> None:
    """The page with ten comments and the bare view, each from its own gunicorn (one process, four threads)."""
    kept = Path(os.environ["BENCH_FOLDER"]) / "page.html"
    kept.write_bytes(SAME_BYTES["page"])
    with serving.server() as site, serving.server(BENCH_MIDDLEWARE="standard", BENCH_PAGE=str(kept)) as bare:
        _body, cookies = serving.first_visit(site, address)
        rates: tuple[list[float], list[float]] = ([], [])
        costs: tuple[list[float], list[float]] = ([], [])
        serving.load(site, address, cookies, SERVED_PER_ROUND, BROWSERS)
        serving.load(bare, "/bare/", "", SERVED_PER_ROUND, BROWSERS)
        for _ in range(SERVED_ROUNDS):
            for number, (server, path, sent) in enumerate(((site, address, cookies), (bare, "/bare/", ""))):
                rate, cost = serving.load(server, path, sent, SERVED_PER_ROUND, BROWSERS)
                rates[number].append(rate)
                costs[number].append(cost)
        mine, theirs = (statistics.median(found) for found in rates)
        my_cost, their_cost = (statistics.median(found) for found in costs)
    print("\nthe same page with 10 comments, served by gunicorn, re-read")
    print(f"{'requests a second':<34}{mine:>8.0f}{theirs:>9.0f}{mine / theirs:>7.2f}")
    spent = f"{my_cost * 1000:>8.3f}{their_cost * 1000:>9.3f}{their_cost / my_cost:>7.2f}"
    print(f"{'CPU of the server, ms a request':<34}{spent}")


def _publish() -> list[Any]:
    """One article for each size of thread, with ten paragraphs, two tags, an author and a correction."""
    from comments.models import Comment, Thread
    from comments.states import State
    from comments.threads import open_thread
    from newsroom.articles.models import Article, Author, Correction, Section, Tag
    from newsroom.reading import ArticleTarget

    section = Section.objects.create(name="World", slug="world")
    tags = [Tag.objects.create(name=name, slug=name) for name in ("harbour", "school")]
    author = Author.objects.create(name="A. Writer", slug="writer")
    now, published = timezone.now(), []
    for number, comments in enumerate(COMMENTS, start=1):
        article = Article.objects.create(
            code=number,
            title=f"Article {number}",
            lead="What it is about, in one sentence.",
            body="".join(f"<p>{f'Paragraph {n} of the article. ' * 12}</p>" for n in range(10)),
            section=section,
            status="published",
            published_at=now - timedelta(days=1),
        )
        article.tags.set(tags)
        article.authors.set([author])
        Correction.objects.create(article=article, text="An earlier version had the wrong day.")
        if comments:
            thread = open_thread(ArticleTarget(article))
            Comment.objects.bulk_create(
                Comment(
                    thread=thread,
                    name=f"Reader {n}",
                    source="A comment of ordinary length. " * 6,
                    html=f"<p>{'A comment of ordinary length. ' * 6}</p>",
                    state=State.APPROVED,
                    submitted_at=now - timedelta(minutes=n),
                )
                for n in range(comments)
            )
            Thread.objects.filter(pk=thread.pk).update(approved=comments)
        published.append(article)
    return published


def _site(middleware: list[str]) -> WSGIHandler:
    with override_settings(MIDDLEWARE=middleware):
        return WSGIHandler()


def _get(site: WSGIHandler, address: str, cookies: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
    """One request through a WSGI handler: status, body, and the cookies that a browser would have now."""
    told: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]]) -> None:
        told["status"], told["headers"] = int(status.split(maxsplit=1)[0]), headers

    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": address,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    response = site(environ, start_response)
    body = b"".join(response)
    response.close()
    kept = dict(cookies)
    for name, value in told["headers"]:
        if name == "Set-Cookie":
            kept |= {key: morsel.value for key, morsel in SimpleCookie(value).items()}
    return told["status"], body, kept


def _in_turns(first: Callable[[], Any], second: Callable[[], Any]) -> tuple[float, float]:
    """Median CPU seconds per call of each, measured in alternating rounds after a warm-up."""
    times: tuple[list[float], list[float]] = ([], [])
    for act in (first, second):
        for _ in range(PER_ROUND):
            act()
    for _ in range(ROUNDS):
        for act, taken in zip((first, second), times, strict=True):
            start = time.process_time()
            for _ in range(PER_ROUND):
                act()
            taken.append((time.process_time() - start) / PER_ROUND)
    return statistics.median(times[0]), statistics.median(times[1])


def _queries(act: Callable[[], Any], *, cold: bool) -> int:
    if cold:
        cache.clear()
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)
