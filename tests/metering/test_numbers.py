"""What the owner reads of each day, and that it stays when the rows behind it are gone."""

import csv
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from metering import daily
from metering.models import DayNumbers, Meter, Read, Rule, Wall
from newsroom.accounts.models import User
from newsroom.articles.models import Article
from newsroom.subscriptions.models import Subscription
from newsroom.tasks import run_due
from tests.newsroom.test_converting import MIRA

pytestmark = pytest.mark.django_db

NUMBERS = "/admin/metering/meter/numbers/"
FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)
HOUR = timedelta(hours=1)


@pytest.fixture
def articles(write) -> list[Article]:
    """Published long before all that happens here."""
    return [write(number, published_at=datetime(2026, 1, number, tzinfo=UTC)) for number in range(1, 8)]


@pytest.fixture
def owner(person, signed_in) -> Client:
    return signed_in(person("owner", "Owner", is_staff=True))


def at(day: date, hour: int, minute: int = 0) -> Any:
    return time_machine.travel(datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC), tick=False)


def opens(client: Client, *articles: Article) -> Client:
    for article in articles:
        client.get(article.get_absolute_url())
    return client


def counted(day: date) -> dict[str, int]:
    """All numbers of a day that are not 0."""
    row = DayNumbers.objects.values().get(day=day)
    return {name: number for name, number in row.items() if name not in ("id", "day", "counted_at") and number}


def table(page: str) -> Iterator[list[str]]:
    """The rows of the table, the newest day first."""
    body = page.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]
    for row in body.split("<tr>")[1:]:
        yield [unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]


def test_two_days_of_readers_reads_walls_and_what_came_of_them(articles: list[Article], write) -> None:
    exclusive = write(30, policy="subscribers", published_at=datetime(2026, 2, 1, tzinfo=UTC))
    with at(FRIDAY, 20):
        keen = opens(Client(), *articles)  # five reads, two walls
        opens(Client(), *articles[:3])
        mira = opens(Client(), *articles[:6])
    with at(SATURDAY, 9):
        opens(keen, articles[0], articles[6])  # open already; a wall of this period
        opens(Client(), articles[0])
        opens(Client(), exclusive)
        opens(Client(), exclusive)  # who they are, nobody knows
        mira.post("/accounts/signup/", MIRA)
        Subscription.objects.create(person=User.objects.get(email="mira@example.org"))
    with at(SATURDAY, 23, 59):
        assert run_due()["days of the meter counted"] == 2
    assert counted(FRIDAY) == {"readers": 3, "reads": 13, "walls": 3, "stopped": 2}
    assert counted(SATURDAY) == {
        "readers": 1,
        "reads": 1,
        "walls_without_cookie": 1,
        "registrations": 1,
        "subscriptions": 1,
    }
    assert DayNumbers.objects.get(day=FRIDAY).stop_rate == 2 / 3


def test_counting_again_changes_nothing_and_is_not_done_all_the_time(articles: list[Article]) -> None:
    with at(FRIDAY, 20):
        opens(Client(), *articles)
        assert [daily.count(now=datetime.now(UTC)) for _ in range(2)] == [2, 0]
        first = counted(FRIDAY)
    with at(FRIDAY, 20, 5):
        assert daily.count(now=datetime.now(UTC)) == 2
    assert counted(FRIDAY) == first == {"readers": 1, "reads": 5, "walls": 2, "stopped": 1}


def test_what_is_erased_or_forgotten_has_happened_all_the_same(articles: list[Article]) -> None:
    with at(FRIDAY, 20):
        reader = opens(Client(), *articles)
        run_due()
    with at(FRIDAY, 21):
        reader.post("/meter/erase/")
        Wall.objects.all().delete()
        Read.objects.all().delete()
        run_due()
    assert counted(FRIDAY) == {"readers": 1, "reads": 5, "walls": 2, "stopped": 1}


@pytest.mark.parametrize("period", ["day", "session", "rolling"])
def test_a_day_is_written_down_before_the_shortest_period_purges_its_rows(
    articles: list[Article], period: str
) -> None:
    Meter.objects.update_or_create(pk=1, defaults={"period": period, "days": 1})
    with at(FRIDAY, 0, 1):
        opens(Client(), *articles)
    with at(SATURDAY, 23, 59):
        run_due()
        assert counted(FRIDAY) == {"readers": 1, "reads": 5, "walls": 2, "stopped": 1}
    with at(date(2026, 11, 24), 12):
        run_due()
        assert not Read.objects.exists()
    assert counted(FRIDAY) == {"readers": 1, "reads": 5, "walls": 2, "stopped": 1}


def test_days_on_which_beat_stood_still_are_counted_when_it_runs_again(articles: list[Article]) -> None:
    with at(FRIDAY, 20):
        run_due()
    with at(SATURDAY, 20):
        opens(Client(), *articles)
    with at(date(2026, 11, 25), 8):
        assert run_due()["days of the meter counted"] == 6
    assert counted(SATURDAY) == {"readers": 1, "reads": 5, "walls": 2, "stopped": 1}
    assert counted(date(2026, 11, 23)) == {}


def test_a_day_is_one_of_the_sites_time_zone(articles: list[Article], settings) -> None:
    settings.TIME_ZONE = "Asia/Tehran"  # three and a half hours ahead
    with at(FRIDAY, 20, 29):
        reader = opens(Client(), articles[0])
    with at(FRIDAY, 20, 30):
        opens(reader, articles[1], articles[2])
        run_due()
    assert counted(FRIDAY) == {"readers": 1, "reads": 1}
    assert counted(SATURDAY) == {"readers": 1, "reads": 2}


def test_subscribers_staff_free_articles_and_ai_crawlers_are_left_out(
    articles: list[Article], write, editor, signed_in, person
) -> None:
    free = write(31, policy="free", published_at=datetime(2026, 2, 1, tzinfo=UTC))
    with at(FRIDAY, 20):
        subscriber = person("subscriber")
        Subscription.objects.create(person=subscriber)
        opens(signed_in(subscriber), *articles)
        opens(signed_in(editor), *articles)
        opens(Client(), free)
        opens(Client(headers={"User-Agent": "Mozilla/5.0 (compatible; GPTBot/1.2)"}), *articles)
        run_due()
    assert counted(FRIDAY) == {}


def test_an_account_and_its_device_count_a_read_once(articles: list[Article], registered, signed_in) -> None:
    with at(FRIDAY, 20):
        opens(signed_in(registered()), *articles[:3])
        run_due()
    assert Read.objects.count() == 6
    assert counted(FRIDAY) == {"readers": 1, "reads": 3}


def test_the_walls_of_a_rule_on_trial_stand_apart(owner: Client, articles: list[Article], section) -> None:
    Meter.objects.update_or_create(pk=1)
    strict = Meter.objects.create(name="Strict", limit=2, registered_limit=None)
    from_then = datetime(2026, 12, 1, tzinfo=UTC)
    Rule.objects.create(name="Harbour", section=str(section.pk), meter=strict, walls_from=from_then)
    with at(FRIDAY, 20):
        opens(Client(), *articles[:5])
        run_due()
    assert counted(FRIDAY) == {"readers": 1, "reads": 5, "observed_walls": 3, "observed_stopped": 1}
    with at(SATURDAY, 12):
        page = owner.get(NUMBERS).content.decode()
    assert "<title>20 Nov, Walls of rules on trial: 3</title>" in page
    assert list(table(page))[1] == ["11/20/2026", "1", "5", "0", "0", "0", "0.0%", "0", "0", "3", "1"]


def test_the_page_shows_each_day_with_gaps_where_nothing_is_known(owner: Client, articles: list[Article]) -> None:
    with at(FRIDAY, 20):
        opens(Client(), *articles)
        opens(Client(), articles[0])
    with at(SATURDAY, 12):
        run_due()
        page = owner.get(NUMBERS).content.decode()
    rows = list(table(page))
    assert len(rows) == 30
    assert rows[0] == ["11/21/2026 so far", "0", "0", "0", "0", "0", "–", "0", "0"]
    assert rows[1] == ["11/20/2026", "2", "6", "2", "0", "1", "50.0%", "0", "0"]
    assert rows[2:] == [[one[0], "not known"] for one in rows[2:]]
    assert (rows[2][0], rows[29][0]) == ("11/19/2026", "10/23/2026")
    assert "<title>20 Nov, Reads: 6</title>" in page
    assert "<title>20 Nov, Readers who met a wall: 50%</title>" in page
    assert "<title>19 Nov, Walls: not known</title>" in page
    assert "on trial" not in page.split('id="notes-heading"')[0]
    sums = re.findall(r"<td>(.*?)</td>", page.split("<tfoot>")[1])
    assert sums == ["–", "6", "2", "0", "–", "–", "0", "0"]
    assert page.count('role="img"') == 3
    assert "style=" not in page


def test_ninety_days_and_a_file_of_them(owner: Client, articles: list[Article]) -> None:
    with at(FRIDAY, 20):
        opens(Client(), *articles)
        run_due()
        assert len(list(table(owner.get(NUMBERS, {"days": 90}).content.decode()))) == 90
        assert len(list(table(owner.get(NUMBERS, {"days": "many"}).content.decode()))) == 30
        answer = owner.get("/admin/metering/meter/numbers.csv", {"days": 90})
    lines = list(csv.DictReader(answer.content.decode().splitlines()))
    assert len(lines) == 90
    assert set(lines[0].values()) == {lines[0]["day"], ""}
    assert lines[-1] == {
        "day": "2026-11-20",
        "readers": "1",
        "reads": "5",
        "walls": "2",
        "stopped": "1",
        "walls_without_cookie": "0",
        "registrations": "0",
        "subscriptions": "0",
        "observed_walls": "0",
        "observed_stopped": "0",
        "stop_rate": "1.0",
    }


def test_days_that_nobody_counts_are_said(owner: Client) -> None:
    with at(FRIDAY, 20):
        assert "No day has been counted yet." in owner.get(NUMBERS).content.decode()
        run_due()
        assert "today is not over" in owner.get(NUMBERS).content.decode()
    with at(FRIDAY, 22):
        assert "The days were last counted at Nov. 20, 2026, 8 p.m." in owner.get(NUMBERS).content.decode()


def test_the_page_asks_for_all_days_at_once(owner: Client, articles: list[Article]) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            owner.get(NUMBERS)
        return len([query for query in captured.captured_queries if "metering_" in query["sql"]])

    with at(FRIDAY, 20):
        opens(Client(), *articles)
        run_due()
    with at(date(2026, 11, 23), 12):
        run_due()
        assert queries() == 1


def test_numbers_are_the_owners(moderator, editor, signed_in, owner: Client) -> None:
    for address in (NUMBERS, "/admin/metering/meter/numbers.csv"):
        assert signed_in(moderator).get(address).status_code == 403
        assert signed_in(editor).get(address).status_code == 403
        assert Client().get(address).status_code == 302
        assert owner.post(address).status_code == 405


def test_after_a_year_a_day_is_forgotten() -> None:
    DayNumbers.objects.create(day=date(2025, 11, 18), counted_at=datetime.now(UTC))
    DayNumbers.objects.create(day=date(2025, 11, 19), counted_at=datetime.now(UTC))
    with at(FRIDAY, 0, 1):
        assert run_due()["old days of the meter forgotten"] == 1
    assert DayNumbers.objects.earliest("day").day == date(2025, 11, 19)
