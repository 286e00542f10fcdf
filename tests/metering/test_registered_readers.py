"""Readers with an account: what they have read on any device, and the higher limit."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from metering.models import Meter, Read
from newsroom.articles.models import Article
from newsroom.subscriptions.models import Subscription

pytestmark = pytest.mark.django_db


def told(client: Client, article: Article) -> tuple[str, int, int]:
    answer = client.get(f"/api/v1/articles/{article.code}/").json()["access"]
    return answer["reason"], answer["used"], answer["limit"]


@pytest.fixture
def read_six(articles, write) -> list[Article]:
    return [*articles, *(write(number) for number in range(8, 14))]


def test_five_of_five_becomes_five_of_ten_at_once(client: Client, articles, registered) -> None:
    for article in articles[:5]:
        told(client, article)
    assert told(client, articles[5]) == ("registration_wall", 5, 5)
    client.force_login(registered("reader"))
    assert told(client, articles[0]) == ("already_open", 5, 10)
    assert told(client, articles[5]) == ("read_spent", 6, 10)


def test_the_open_set_is_the_union_of_the_devices_and_the_accounts(read_six, registered) -> None:
    reader, phone, desk = registered("reader"), Client(), Client()
    for article in read_six[:3]:
        told(phone, article)
    for article in read_six[2:6]:
        told(desk, article)
    phone.force_login(reader)
    desk.force_login(reader)
    assert told(phone, read_six[0]) == ("already_open", 3, 10)
    assert told(desk, read_six[5]) == ("already_open", 6, 10)  # the third article was read on both
    assert told(phone, read_six[5]) == ("already_open", 6, 10)
    assert told(desk, read_six[0]) == ("already_open", 6, 10)


def test_the_union_holds_on_a_third_device_and_never_shows_more_than_the_limit(write, registered) -> None:
    reader, articles = registered("reader"), [write(number) for number in range(1, 20)]
    devices = [Client(), Client(), Client()]
    for number, device in enumerate(devices):
        for article in articles[number * 5 : number * 5 + 5]:
            told(device, article)
        device.force_login(reader)
        told(device, articles[number * 5])
    new = Client()
    new.force_login(reader)
    assert [told(new, article)[0] for article in articles[:15]] == ["already_open"] * 15
    assert told(new, articles[16]) == ("paywall", 10, 10)


def test_who_signs_in_on_a_device_and_reads_no_more_there_has_shared_it_all_the_same(read_six, registered) -> None:
    reader, phone, desk = registered("reader"), Client(), Client()
    for article in read_six[:5]:
        told(phone, article)
    phone.force_login(reader)
    told(phone, read_six[0])
    desk.force_login(reader)
    assert told(desk, read_six[1]) == ("already_open", 5, 10)


def test_logging_out_leaves_the_device_what_was_read_on_it(read_six, registered) -> None:
    client = Client()
    told(client, read_six[0])
    client.force_login(registered("reader"))
    for article in read_six[1:7]:
        told(client, article)
    client.post("/accounts/logout/")
    assert told(client, read_six[6]) == ("already_open", 5, 5)
    assert told(client, read_six[8])[0] == "registration_wall"
    assert Read.objects.made().count() == 7


def test_a_read_is_counted_once_though_two_keys_know_of_it(articles, registered, signed_in) -> None:
    client = signed_in(registered("reader"))
    told(client, articles[0])
    assert list(Read.objects.order_by("pk").values_list("is_copy", "is_registered")) == [
        (False, True),
        (True, True),
    ]


def test_an_address_that_is_not_confirmed_gives_no_more_than_anybody_has(articles, person) -> None:
    client = Client()
    for article in articles[:5]:
        told(client, article)
    client.force_login(person("reader"))
    assert told(client, articles[5]) == ("registration_wall", 5, 5)


def test_two_accounts_on_one_device_do_not_see_each_others_reads_but_the_devices(articles, registered) -> None:
    client = Client()
    client.force_login(registered("first"))
    told(client, articles[0])
    client.post("/accounts/logout/")
    client.force_login(registered("second"))
    assert told(client, articles[0]) == ("already_open", 1, 10)


def test_what_one_account_read_on_a_shared_browser_does_not_follow_the_next_one_home(articles, registered) -> None:
    shared, home = Client(), Client()
    shared.force_login(registered("first"))
    for article in articles[:5]:
        told(shared, article)
    shared.post("/accounts/logout/")
    second = registered("second")
    shared.force_login(second)
    told(shared, articles[0])
    home.force_login(second)
    assert told(home, articles[0]) == ("read_spent", 1, 10)


@pytest.mark.parametrize("period", ["session", "rolling", "day", "week", "month"])
def test_the_accounts_reads_come_back_as_the_period_says(
    period: str, write, registered, signed_in, time_machine
) -> None:
    Meter.objects.update_or_create(pk=1, defaults={"period": period, "days": 7, "registered_limit": 6})
    articles = [write(number) for number in range(1, 15)]
    start = datetime(2026, 11, 2, 12, tzinfo=UTC)
    reader = registered("reader")
    for number, article in enumerate(articles[:6]):
        time_machine.move_to(start + timedelta(hours=number), tick=False)
        Article.objects.update(published_at=start)
        assert told(signed_in(reader), article)[0] == "read_spent"  # each on a device of its own
    assert told(signed_in(reader), articles[6]) == ("paywall", 6, 6)
    resets_at = signed_in(reader).get(f"/api/v1/articles/{articles[6].code}/").json()["access"]["resets_at"]
    time_machine.move_to(datetime.fromisoformat(resets_at) - timedelta(seconds=1), tick=False)
    assert told(signed_in(reader), articles[6])[0] == "paywall"
    time_machine.move_to(datetime.fromisoformat(resets_at), tick=False)
    assert told(signed_in(reader), articles[6])[0] == "read_spent"
    expected = {"rolling": ("paywall", 6, 6)}.get(period, ("read_spent", 2, 6))
    assert told(signed_in(reader), articles[7]) == expected


def test_a_shortened_session_of_an_account_still_ends_at_its_limit(
    write, registered, signed_in, time_machine
) -> None:
    """The old session is over at once; the new one begins with the next read, as every session does."""
    start = datetime(2026, 11, 2, 12, tzinfo=UTC)
    time_machine.move_to(start, tick=False)
    articles, reader = [write(number) for number in range(1, 15)], registered("reader")
    assert told(signed_in(reader), articles[0]) == ("read_spent", 1, 10)
    time_machine.move_to(start + timedelta(days=10), tick=False)
    Meter.objects.update(days=7)
    answers = []
    for number, article in enumerate(articles[1:13]):
        time_machine.move_to(start + timedelta(days=10, hours=number), tick=False)
        answers.append(told(signed_in(reader), article))
    assert answers == [("read_spent", number, 10) for number in range(1, 11)] + [("paywall", 10, 10)] * 2
    assert told(signed_in(reader), articles[0]) == ("already_open", 10, 10)


def test_what_a_signed_in_reader_costs(client: Client, articles, registered) -> None:
    """One query to open again; a new read is written under both keys; the first page after the log-in copies."""

    def of_the_gate(article: Article) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(article.get_absolute_url())
        return sum("metering_" in query["sql"] for query in captured.captured_queries)

    for article in articles[:3]:
        client.get(article.get_absolute_url())
    client.force_login(registered("reader"))
    assert of_the_gate(articles[0]) == 1 + 3
    assert of_the_gate(articles[0]) == 1
    assert of_the_gate(articles[3]) == 3


def test_a_subscriber_whom_the_host_knows_costs_nothing(articles, person, signed_in) -> None:
    subscriber = person("subscriber")
    Subscription.objects.create(person=subscriber, starts_at=datetime(2020, 1, 1, tzinfo=UTC))
    client = signed_in(subscriber)
    client.get(articles[0].get_absolute_url())
    with CaptureQueriesContext(connection) as captured:
        page = client.get(articles[1].get_absolute_url()).content.decode()
    assert 'data-reason="subscriber"' in page
    asked = [query["sql"] for query in captured.captured_queries]
    assert [sql for sql in asked if "metering_" in sql] == []
    assert (
        sum("articles_article_authors" in sql for sql in asked) == 1
    )  # the by-line, not whether it is this reader
