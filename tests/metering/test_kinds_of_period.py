"""Each kind of period as a reader meets it: page after page, over the days of the calendar."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from metering.models import Meter, Read
from newsroom.articles.models import Article
from tests.journeys.test_six_articles import numbers_told

BERLIN = ZoneInfo("Europe/Berlin")
KINDS = ("session", "day", "week", "month", "rolling")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_berlin(settings) -> None:
    settings.TIME_ZONE = "Europe/Berlin"


@pytest.fixture
def articles(write: Callable[..., Article]) -> list[Article]:
    return [write(number, published_at=datetime(2020, 1, 1, tzinfo=UTC)) for number in range(1, 8)]


@pytest.fixture
def clock() -> Iterator[Callable[[str], None]]:
    """`clock("2026-01-31T23:50")` sets the clock on the wall in Berlin."""
    with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC), tick=False) as traveller:
        yield lambda shown: traveller.move_to(datetime.fromisoformat(shown).replace(tzinfo=BERLIN))


def the_owner_sets(**values: object) -> None:
    Meter.objects.update_or_create(pk=1, defaults=values)


def seen(client: Client, article: Article) -> tuple[str, str]:
    """The reason, and the numbers that the page tells."""
    page = client.get(article.get_absolute_url()).content.decode()
    return page.split('data-reason="')[1].split('"')[0], numbers_told(page).removeprefix("You have read ")


def opens_five_and_meets_the_wall(client: Client, articles: list[Article]) -> None:
    reasons = [seen(client, article)[0] for article in articles[:6]]
    assert reasons == ["read_spent"] * 5 + ["registration_wall"]


@pytest.mark.parametrize(
    ("settings_of_the_meter", "before", "last", "first"),
    [
        ({"period": "session", "days": 1}, "2026-01-30T12:00", "2026-01-31T11:59:59", "2026-01-31T12:00"),
        ({"period": "session", "days": 30}, "2026-01-31T12:00", "2026-03-02T11:59:59", "2026-03-02T12:00"),
        ({"period": "day"}, "2026-01-31T00:00", "2026-01-31T23:59:59", "2026-02-01T00:00"),
        ({"period": "day"}, "2026-03-29T00:30", "2026-03-29T23:59:59", "2026-03-30T00:00"),
        ({"period": "day"}, "2026-10-25T00:30", "2026-10-25T23:59:59", "2026-10-26T00:00"),
        ({"period": "week"}, "2026-11-16T00:00", "2026-11-22T23:59:59", "2026-11-23T00:00"),
        ({"period": "week", "first_weekday": 5}, "2026-11-16T00:00", "2026-11-20T23:59:59", "2026-11-21T00:00"),
        ({"period": "month"}, "2026-01-01T00:00", "2026-01-31T23:59:59", "2026-02-01T00:00"),
        ({"period": "month"}, "2028-02-01T00:00", "2028-02-29T23:59:59", "2028-03-01T00:00"),
        ({"period": "month"}, "2026-12-31T23:00", "2026-12-31T23:59:59", "2027-01-01T00:00"),
        ({"period": "rolling", "days": 7}, "2026-03-25T12:00", "2026-04-01T11:59:59", "2026-04-01T12:00"),
    ],
)
def test_the_wall_stands_to_the_last_second_and_not_into_the_next_period(
    settings_of_the_meter, before: str, last: str, first: str, clock, client: Client, articles
) -> None:
    the_owner_sets(**settings_of_the_meter)
    clock(before)
    opens_five_and_meets_the_wall(client, articles)
    clock(last)
    assert seen(client, articles[5]) == ("registration_wall", "5 of 5 free articles")
    clock(first)
    assert seen(client, articles[5]) == ("read_spent", "1 of 5 free articles")


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_opened_stays_open_for_24_hours_whatever_the_period(
    kind: str, clock, client: Client, articles
) -> None:
    the_owner_sets(period=kind, days=1)
    clock("2026-05-31T23:59:59")  # a Sunday, the last day of a week and of a month
    opens_five_and_meets_the_wall(client, articles)
    clock("2026-06-01T23:59:58")
    assert [seen(client, article)[0] for article in articles[:5]] == ["already_open"] * 5
    assert Read.objects.count() == 5


def test_in_rolling_days_each_article_comes_back_on_its_own(clock, client: Client, articles) -> None:
    the_owner_sets(period="rolling", days=7, limit=3)
    for day, article in zip((1, 3, 5), articles, strict=False):
        clock(f"2026-06-0{day}T12:00")
        seen(client, article)
    page = client.get(articles[3].get_absolute_url()).content.decode()
    assert "each counts for 7 days. You can open another one from 8 June 2026 on." in page
    assert "the oldest counts until 8 June 2026" in page
    clock("2026-06-08T12:00")
    assert seen(client, articles[3]) == ("read_spent", "3 of 3 free articles")
    assert seen(client, articles[0]) == ("registration_wall", "3 of 3 free articles")
    clock("2026-06-10T12:00")
    assert seen(client, articles[0]) == ("read_spent", "3 of 3 free articles")
    assert [seen(client, article)[0] for article in articles[2:4]] == ["already_open"] * 2


def test_the_owner_changes_the_period_and_the_next_page_counts_by_it(clock, client: Client, articles) -> None:
    clock("2026-06-01T12:00")
    opens_five_and_meets_the_wall(client, articles)
    clock("2026-06-03T12:00")
    the_owner_sets(period="day")
    assert seen(client, articles[5]) == ("read_spent", "1 of 5 free articles")
    assert seen(client, articles[0]) == ("already_open", "1 of 5 free articles")
    the_owner_sets(period="month")
    assert seen(client, articles[6]) == ("registration_wall", "5 of 5 free articles")


def test_monday_s_reads_are_not_in_the_way_when_days_become_weeks(clock, client: Client, articles) -> None:
    the_owner_sets(period="day")
    clock("2026-06-01T12:00")  # a Monday: the day and the week begin with the same midnight
    opens_five_and_meets_the_wall(client, articles)
    clock("2026-06-03T12:00")
    the_owner_sets(period="week")
    opens_five_and_meets_the_wall(client, articles)


@pytest.mark.parametrize(
    ("kind", "lifetime"),
    [
        ("session", timedelta(days=7)),
        ("day", timedelta(hours=24)),
        ("week", timedelta(days=6, hours=12)),
        ("month", timedelta(days=29, hours=12)),
        ("rolling", timedelta(days=7)),
    ],
)
def test_the_cookie_lives_as_long_as_what_it_opened(
    kind: str, lifetime: timedelta, clock, client: Client, articles
) -> None:
    the_owner_sets(period=kind, days=7)
    clock("2026-06-01T12:00")
    client.get(articles[0].get_absolute_url())
    assert client.cookies["reader"]["max-age"] == int(lifetime.total_seconds())


def test_a_shorter_period_does_not_shorten_the_life_of_what_is_open(clock, client: Client, articles) -> None:
    the_owner_sets(period="session", days=30)
    clock("2026-06-01T12:00")
    client.get(articles[0].get_absolute_url())
    the_owner_sets(period="day")
    clock("2026-06-02T12:00")
    client.get(articles[1].get_absolute_url())
    assert client.cookies["reader"]["max-age"] == int(timedelta(days=29).total_seconds())


def test_an_owner_chooses_the_period_in_the_admin(person, signed_in) -> None:
    owner = signed_in(person("owner", "Owner", is_staff=True))
    address = owner.get("/admin/metering/meter/")["Location"]
    form = owner.get(address).content.decode()
    for said in ("calendar month", "rolling days: each article counts", "Saturday", "time zone of the site"):
        assert said in form
    sent = {
        "name": "The meter",
        "is_on": "on",
        "limit": 3,
        "on_failure": "open",
        "teaser_paragraphs": 3,
        "teaser_percent": 40,
        "search_crawlers": "teaser",
    }
    refused = owner.post(address, sent | {"period": "lunar", "days": 0, "first_weekday": 7}).content.decode()
    assert refused.count('class="errorlist"') >= 3
    assert owner.post(address, sent | {"period": "week", "days": 30, "first_weekday": 5}).status_code == 302
    meter = Meter.objects.get()
    assert (meter.limit, meter.period, meter.days, meter.first_weekday) == (3, "week", 30, 5)
