"""The code on every wall: once per reader, article and period, and an editor sees by it why."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from metering import support
from metering.models import Meter, Wall
from newsroom.articles.models import Article

pytestmark = pytest.mark.django_db


def code_on(page: str) -> str:
    return re.search(r'class="wall-code">.*?<bdi dir="ltr">([0-9A-Z-]+)<', page, re.DOTALL)[1]


@pytest.fixture
def walled(articles) -> Client:
    client = Client()
    for article in articles[:5]:
        client.get(article.get_absolute_url())
    return client


def test_every_wall_has_a_code_that_finds_its_decision(walled: Client, articles) -> None:
    code = code_on(walled.get(articles[5].get_absolute_url()).content.decode())
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", code)
    wall = support.find(f" {code.lower().replace('-', ' ')} ")
    assert wall is not None
    assert (wall.piece, wall.reason, wall.used, wall.limit) == (
        f"articles.article:{articles[5].pk}",
        "registration_wall",
        5,
        5,
    )
    assert wall.facts == {
        "piece_policy": "metered",
        "is_signed_in": False,
        "is_registered": False,
        "has_cookie": True,
        "came_with_gift": False,
        "crawler": "",
    }
    assert support.find("00000-00000") is None
    assert support.find("") is None


def test_one_row_for_a_reader_an_article_and_a_period(walled: Client, articles) -> None:
    sixth = articles[5]
    codes = {code_on(walled.get(sixth.get_absolute_url()).content.decode()) for _ in range(3)}
    codes.add(code_on(walled.get(f"{sixth.get_absolute_url()}print/").content.decode()))
    assert len(codes) == 1
    assert code_on(walled.get(articles[6].get_absolute_url()).content.decode()) not in codes
    assert Wall.objects.count() == 2


def test_two_readers_have_two_codes_on_the_same_printed_page(articles) -> None:
    codes = set()
    for _ in range(2):
        client = Client()
        for article in articles[:5]:
            client.get(article.get_absolute_url())
        codes.add(code_on(client.get(articles[5].get_absolute_url()).content.decode()))
    assert len(codes) == 2


@pytest.mark.parametrize("period", ["session", "rolling", "day", "week", "month"])
@pytest.mark.parametrize("is_signed_in", [False, True])
def test_each_period_has_a_wall_of_its_own_that_is_kept_for_one_period_more(
    period: str, is_signed_in: bool, write, registered, time_machine
) -> None:
    time_machine.move_to(datetime(2026, 11, 2, 12, tzinfo=UTC), tick=False)
    articles = [write(number) for number in range(1, 5)]
    site, _new = Meter.objects.get_or_create(pk=1)
    site.period, site.days, site.limit, site.registered_limit = period, 7, 1, 1
    site.save()
    client = Client()
    if is_signed_in:
        client.force_login(registered("reader"))
    codes = []
    for first in (0, 2):
        for article in (articles[first], articles[3], articles[3]):
            page = client.get(article.get_absolute_url()).content.decode()
        codes.append(code_on(page))
        wall = Wall.objects.get(code=codes[-1])
        lasts = {"day": 1, "month": 31}.get(period, 7)
        assert timedelta(days=lasts) < wall.forget_at - wall.met_at <= timedelta(days=2 * lasts)
        time_machine.move_to(wall.resets_at + timedelta(hours=25), tick=False)
    assert len(set(codes)) == 2
    assert Wall.objects.count() == 2


def test_a_wall_met_at_the_end_of_an_accounts_session_is_kept_as_long_as_the_others(
    articles, registered, signed_in, time_machine
) -> None:
    Meter.objects.update_or_create(pk=1, defaults={"registered_limit": 1, "limit": 1, "days": 7})
    client, start = signed_in(registered("reader")), datetime.now(UTC)
    time_machine.move_to(start, tick=False)
    client.get(articles[0].get_absolute_url())
    time_machine.move_to(start + timedelta(days=6, hours=23), tick=False)
    client.get(articles[1].get_absolute_url())
    assert Wall.objects.get().forget_at == start + timedelta(days=14)


def test_all_who_come_without_a_cookie_share_the_row_of_the_day(article: Article) -> None:
    Meter.objects.update_or_create(pk=1, defaults={"limit": 0})
    codes = {code_on(Client().get(article.get_absolute_url()).content.decode()) for _ in range(5)}
    assert len(codes) == 1
    assert list(Wall.objects.values_list("reader", "code")) == [("", codes.pop())]


def test_a_head_a_prefetch_and_the_read_only_twin_leave_no_row(walled: Client, articles) -> None:
    sixth = articles[5]
    walled.head(sixth.get_absolute_url())
    walled.get(sixth.get_absolute_url(), headers={"Sec-Purpose": "prefetch"})
    walled.get(f"{sixth.get_absolute_url()}comments/")
    assert Wall.objects.count() == 0


def test_a_wall_shown_again_costs_what_it_costs_to_list_the_open_articles(walled: Client, articles) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            walled.get(articles[5].get_absolute_url())
        return len([query for query in captured.captured_queries if "metering_" in query["sql"]])

    assert [queries(), queries()] == [2, 1]


def test_a_wall_lists_what_is_open_to_this_reader_and_no_other(walled: Client, articles) -> None:
    other = Client()
    for article in [*articles[2:5], *articles[5:]]:
        other.get(article.get_absolute_url())
    Meter.objects.update(limit=0)
    for client, titles in ((walled, {1, 2, 3, 4, 5}), (other, {3, 4, 5, 6, 7})):
        unread = articles[0] if client is other else articles[6]
        page = client.get(unread.get_absolute_url()).content.decode()
        listed = page.split('class="wall-opened"')[1].split("</div>")[0]
        assert {number for number in range(1, 8) if f"Story {number}<" in listed} == titles


def test_a_wall_that_cannot_be_written_down_is_shown_and_tried_again_after_a_while(
    walled: Client, articles, caplog
) -> None:
    def seen() -> str:
        return code_on(walled.get(articles[5].get_absolute_url()).content.decode())

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE metering_wall RENAME TO elsewhere")
        code = seen()
        assert seen() == code
        assert len(caplog.records) == 1  # nobody waited for it twice
        cursor.execute("ALTER TABLE elsewhere RENAME TO metering_wall")
    cache.clear()
    assert seen() == code
    assert support.find(code) is not None
