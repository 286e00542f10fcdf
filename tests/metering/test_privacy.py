"""What the meter keeps of a reader: shown, given out, erased, forgotten in time."""

import json

import pytest
from django.test import Client

from metering import privacy, readers
from metering.models import GiftOpening, Meter, Read, Rule, Wall
from metering.tasks import forget_old_walls
from newsroom.articles.models import Article

pytestmark = pytest.mark.django_db


def open_all(client: Client, articles: list[Article]) -> list[str]:
    return [client.get(f"/api/v1/articles/{one.code}/").json()["access"]["reason"] for one in articles]


def kept(client: Client) -> dict[str, list[dict[str, str]]]:
    answer = client.get("/meter/data/")
    assert answer["Content-Disposition"] == 'attachment; filename="meter.json"'
    assert answer["Cache-Control"] == "private, no-store"
    return json.loads(answer.content)


def test_a_stranger_is_given_what_the_browser_stands_for(articles) -> None:
    client = Client()
    open_all(client, articles[:6])
    data = kept(client)
    assert [one["article"] for one in data["reads"]] == [f"Story {number}" for number in range(1, 6)]
    assert [(one["article"], one["code"]) for one in data["walls"]] == [("Story 6", Wall.objects.get().code)]
    assert kept(Client()) == {"reads": [], "walls": [], "gifts_opened": [], "gifts_made": []}


def test_a_stranger_erases_everything_and_the_cookie_with_it(articles) -> None:
    client, other = Client(), Client()
    open_all(client, articles[:6])
    open_all(other, articles[:2])
    cookie = client.cookies["reader"].value
    answer = client.post("/meter/erase/", follow=True)
    assert "You have read 0 of 5 free articles" in answer.content.decode()
    assert client.cookies["reader"].value == ""
    assert (Read.objects.count(), Wall.objects.count(), GiftOpening.objects.count()) == (2, 0, 0)
    client.cookies["reader"] = cookie
    assert kept(client)["reads"] == []


def test_an_account_erases_the_names_and_keeps_the_number(articles, registered) -> None:
    client = Client()
    open_all(client, articles[:2])
    client.force_login(registered("reader"))
    open_all(client, articles[2:5])
    client.post("/meter/erase/")
    page = client.get("/meter/").content.decode()
    assert "You have read 5 of 10 free articles" in page
    assert "Open to you now" not in page
    assert open_all(client, articles[:1]) == ["read_spent"]
    assert not Read.objects.filter(piece__in=[f"articles.article:{one.pk}" for one in articles[1:]]).exists()


def test_a_wall_that_is_met_again_after_erasing_is_found_by_its_code(write, registered) -> None:
    client, articles = Client(), [write(number) for number in range(1, 12)]
    client.force_login(registered("reader"))
    open_all(client, articles)
    met = Wall.objects.get().code
    client.post("/meter/erase/")
    assert Wall.objects.count() == 0
    assert open_all(client, articles[10:]) == ["paywall"]
    assert Wall.objects.get().code == met


def test_erasing_is_not_a_way_to_more_articles(write, registered) -> None:
    client, articles = Client(), [write(number) for number in range(1, 15)]
    client.force_login(registered("reader"))
    open_all(client, articles[:10])
    client.post("/meter/erase/")
    assert open_all(client, articles[10:12]) == ["paywall", "paywall"]


def test_an_owner_can_give_out_and_erase_what_belongs_to_an_account(articles, registered, signed_in) -> None:
    reader = registered("reader")
    open_all(signed_in(reader), articles[:3])
    assert [one["article"] for one in privacy.held_of(reader)["reads"]] == ["Story 1", "Story 2", "Story 3"]
    privacy.erase_of(reader)
    key = readers.account_key(reader)
    assert [name.split(":")[0] for name in Read.objects.filter(reader=key).values_list("piece", flat=True)] == [
        "forgotten"
    ] * 3


def test_erasing_is_a_post(client: Client) -> None:
    assert client.get("/meter/erase/").status_code == 405


def test_a_further_meter_that_has_counted_stands_on_the_readers_page(client: Client, articles, section) -> None:
    Meter.objects.get_or_create(pk=1)
    further = Meter.objects.create(name="Investigations", limit=2, registered_limit=None)
    client.get(articles[0].get_absolute_url())
    assert "Investigations" not in client.get("/meter/").content.decode()
    Rule.objects.create(name="All", meter=further)
    client.get(articles[1].get_absolute_url())
    page = client.get("/meter/").content.decode()
    assert "Investigations" in page
    assert "You have read 1 of 2 free articles" in page
    assert "You have read 1 of 5 free articles" in page


def test_walls_are_forgotten_one_period_after_theirs_and_newcomers_after_a_day(articles, time_machine) -> None:
    Meter.objects.update_or_create(pk=1, defaults={"brake": 9})
    time_machine.move_to("2030-03-01 12:00+00:00")
    Article.objects.update(published_at="2030-01-01T00:00Z")
    client = Client()
    open_all(client, articles[:6])
    time_machine.move_to("2030-03-02 00:00+00:00")
    assert forget_old_walls() == 1
    time_machine.move_to("2030-04-30 11:59+00:00")
    assert forget_old_walls() == 0
    time_machine.move_to("2030-04-30 12:01+00:00")
    assert (forget_old_walls(), Wall.objects.count()) == (1, 0)
