"""With a broker, comments are screened by a worker; without it, by whoever sweeps. None is lost."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.posts import post_many
from tests import served, services
from tests.served import ROOT, Site

ONE_ARTICLE = """
from newsroom.articles.models import Article, Section
section = Section.objects.create(name="World", slug="world")
Article.objects.create(code=1, title="One", slug="one", body="<p>Text.</p>", section=section, status="published")
"""
STATES = "sorted(set(Comment.objects.values_list('state', flat=True)))"
UNSCREENED = "Comment.objects.being_checked().count()"


@contextmanager
def worker(site: Site) -> Iterator[None]:
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "newsroom",
        "worker",
        "--concurrency",
        "1",
        "--loglevel",
        "ERROR",
    ]
    process = subprocess.Popen(
        [*command, "--without-gossip", "--without-mingle", "--pool", "solo"],
        cwd=ROOT, env=site.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_until(site: Site, expression: str, value: str, seconds: float = 40) -> str:
    deadline = time.monotonic() + seconds
    while (found := site.ask(expression)) != value and time.monotonic() < deadline:
        time.sleep(0.5)
    return found


@pytest.mark.services
@pytest.mark.parametrize("kind", ["rabbitmq", "redis"])
def test_a_worker_screens_what_was_posted_before_it_came(kind: str, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'site.sqlite3'}"
    with (
        services.broker_queue(kind) as (url, queue),
        served.site(database, prepare=ONE_ARTICLE, CELERY_BROKER_URL=url, CELERY_QUEUE=queue) as site,
    ):
        answers = post_many(site.url, "/news/1/one/", posts=8, at_once=4)
        assert [(answer.status, answer.is_own) for answer in answers] == [(303, True)] * 8
        assert site.ask(UNSCREENED) == "8"
        with worker(site):
            assert wait_until(site, UNSCREENED, "0") == "0"
        assert site.ask("Comment.objects.count()") == "8"


def test_forty_posts_at_once_with_the_broker_away_are_all_kept_and_swept_up(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'site.sqlite3'}"
    nobody = f"amqp://guest:guest@127.0.0.1:{served.free_port()}//"
    with served.site(database, prepare=ONE_ARTICLE, CELERY_BROKER_URL=nobody) as site:
        answers = post_many(site.url, "/news/1/one/", posts=40, at_once=16)
        assert [(answer.status, answer.is_own) for answer in answers] == [(303, True)] * 40
        assert site.ask(STATES) == "['pending']"
        assert site.ask(UNSCREENED) == "40"
        site.ask("Comment.objects.update(submitted_at='2026-01-01T00:00:00Z')")
        assert "comments screened: 40" in site.manage("run_due")
        assert site.ask(UNSCREENED) == "0"
