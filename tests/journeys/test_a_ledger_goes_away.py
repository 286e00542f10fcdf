"""The site as it is served, while the store of its reads is locked, killed and started again."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import environ
import httpx
import psycopg
import pytest

from tests import racing, served, services
from tests.ledgers import on_postgresql, on_sqlite

SECONDS = 0.5
ARTICLES = racing.articles(20)

pytestmark = pytest.mark.services


def told(browser: httpx.Client, code: int) -> str:
    answer = browser.get(f"/api/v1/articles/{code}/").raise_for_status()
    assert answer.headers["Cache-Control"] == "private, no-store"
    return answer.json()["access"]["reason"]


def outages(site: served.Site) -> str:
    return site.ask("sorted(Outage.objects.values_list('kind', 'last_error'))")


@pytest.mark.parametrize("in_a_transaction", [False, True], ids=["autocommit", "ATOMIC_REQUESTS"])
def test_a_locked_postgresql_is_waited_for_no_longer_than_the_setting_says(
    in_a_transaction, tmp_path: Path
) -> None:
    with on_postgresql(tmp_path) as environment:
        url = environment["database_url"]
        environment["database_url"] = f"{url}?ATOMIC_REQUESTS={in_a_transaction}"
        with (
            served.site(**environment, prepare=ARTICLES, METER_LEDGER_SECONDS=str(SECONDS)) as site,
            racing.browser(site) as browser,
        ):
            assert [told(browser, code) for code in (1, 2)] == ["read_spent"] * 2
            where = environ.Env.db_url_config(url)
            with psycopg.connect(host=where["HOST"], user=where["USER"], dbname=where["NAME"]) as other:
                other.execute("LOCK TABLE metering_meter IN ACCESS EXCLUSIVE MODE")
                for code in range(1, 9):
                    asked = time.monotonic()
                    page = browser.get(f"/news/{code}/a/")  # with its thread, its form, its masthead
                    assert (page.status_code, f"{racing.HIDDEN} {code}." in page.text) == (200, True)
                    assert time.monotonic() - asked < SECONDS + 2
                other.rollback()
            time.sleep(2.5)  # until nobody leaves it alone any more, and the kept connection is closed for certain
            assert [told(browser, code) for code in range(1, 8)] == (
                ["already_open"] * 2 + ["read_spent"] * 3 + ["registration_wall"] * 2
            )
            assert "canceling statement due to statement timeout" in outages(site)


def test_a_redis_that_is_killed_and_started_again_under_load_costs_no_page_and_no_read(tmp_path: Path) -> None:
    keeps_all = ("--appendonly", "yes", "--appendfsync", "always")
    with (
        services.own_redis(*keeps_all) as redis,
        on_sqlite(tmp_path) as environment,
        served.site(**environment | {"METER_LEDGER": "redis", "REDIS_URL": redis.url}, prepare=ARTICLES) as site,
        racing.browser(site) as browser,
    ):
        assert racing.gets_whole(browser, 1)
        with racing.replaying(site, browser.cookies) as forgetful, ThreadPoolExecutor(8) as tabs:
            pages = [tabs.submit(told, forgetful, 1 + number % 20) for number in range(400)]
            time.sleep(0.3)
            redis.stop()
            time.sleep(1.0)
            redis.start()
            answers = [page.result() for page in pages]
            assert set(answers) <= {"read_spent", "already_open", "registration_wall", "meter_unavailable"}
            assert answers.count("read_spent") <= 4
            time.sleep(2.5)
            now = [told(forgetful, code) for code in range(1, 21)]
        assert now.count("already_open") + now.count("read_spent") == 5
        assert now.count("registration_wall") == 15
        [held] = racing.in_the_ledger(site, [browser.cookies["reader"]])
        assert len(held) == 5
        assert "meter_unavailable" in answers
        assert "forgotten" not in outages(site)
