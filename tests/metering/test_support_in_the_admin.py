"""A reader reads out a code, and an editor sees the whole decision: not who the reader is."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from metering import governing
from metering.models import Meter, PolicyVersion, Rule, Wall
from newsroom.articles.models import Article

pytestmark = pytest.mark.django_db

WALLS = "/admin/metering/wall/"


@pytest.fixture
def desk(editor, signed_in) -> Client:
    return signed_in(editor)


@pytest.fixture
def owner(person, signed_in) -> Client:
    return signed_in(person("owner", "Owner", is_staff=True))


@pytest.fixture
def walled_at(articles: list[Article]) -> Callable[..., Wall]:
    """Opens articles until the wall stands before the given one; answers its row."""

    def meet(article: Article, client: Client | None = None, **headers: str) -> Wall:
        reader = client or Client()
        for one in [one for one in articles if one != article][:5]:
            reader.get(one.get_absolute_url())
        reader.get(article.get_absolute_url(), headers=headers)
        return Wall.objects.latest("pk")

    return meet


def shown(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def decision(client: Client, wall: Wall) -> list[tuple[str, str]]:
    """The steps as they stand on the wall's page."""
    page = client.get(f"{WALLS}{wall.pk}/change/").content.decode()
    found = re.findall(r"<strong>(.*?)</strong> <span>(.*?)</span></li>", page)
    return [(unescape(asked), unescape(told)) for asked, told in found]


def test_a_code_as_it_was_read_out_leads_to_the_decision(desk: Client, articles, walled_at) -> None:
    wall = walled_at(articles[5])
    typed = wall.code.lower().replace("-", " ").replace("0", "o")
    found = desk.get(WALLS, {"q": typed})
    assert (found.status_code, found["Location"]) == (302, f"{WALLS}{wall.pk}/change/")
    page = desk.get(found["Location"]).content.decode()
    assert f'<a href="{articles[5].get_absolute_url()}">Story 6</a>' in page
    assert "5 of 5 free articles were used." in shown(page)
    assert decision(desk, wall) == [
        ("Is the meter off, or does no rule cover the article?", "No: the site's default covers the article."),
        ("Staff, or the article's author?", "No: the reader was not signed in."),
        ("A subscriber?", "No: the reader was not signed in."),
        ("Is the article free?", "No: it is metered."),
        ("A valid gift link?", "No: none came along."),
        ("The address of an institution?", "No."),
        ("A verified crawler?", "No."),
        ("Is the article for subscribers only?", "No."),
        ("Opened already?", "No: not in this period, and not in the 24 hours before."),
        ("Are reads left?", "No. 5 of 5 free articles were used."),
        ("Would registering give more?", "Yes: the wall asks to register."),
    ]


def test_who_the_reader_is_stands_nowhere(owner: Client, registered, signed_in, articles, walled_at) -> None:
    reader = signed_in(registered("rafi"))
    Meter.objects.update_or_create(pk=1, defaults={"registered_limit": 5})
    wall = walled_at(articles[5], reader)
    Wall.objects.update(account="f" * 64)
    for page in (owner.get(WALLS), owner.get(f"{WALLS}{wall.pk}/change/")):
        told = page.content.decode()
        assert not [secret for secret in (wall.reader, "f" * 64, "rafi") if secret in told]
    assert decision(owner, wall)[1:3] == [
        ("Staff, or the article's author?", "No: the account is neither."),
        ("A subscriber?", "No: the account had no running subscription."),
    ]
    assert decision(owner, wall)[-1] == (
        "Would registering give more?",
        "No: the reader is registered. The wall asks to subscribe.",
    )


def test_an_article_for_subscribers_ends_the_order_of_decision_early(desk: Client, write) -> None:
    article = write(20, policy="subscribers")
    Client().get(article.get_absolute_url())
    wall = Wall.objects.get()
    assert (
        decision(desk, wall)[0][1]
        == "No: an editor has marked the article for subscribers, so rules were not asked."
    )
    assert decision(desk, wall)[-1] == (
        "Is the article for subscribers only?",
        "Yes: the wall, and no read spent.",
    )


def test_a_brake_and_a_hard_wall_say_what_they_are(desk: Client, articles: list[Article]) -> None:
    Meter.objects.update_or_create(pk=1, defaults={"brake": 1})
    Client().get(articles[0].get_absolute_url())
    Client().get(articles[1].get_absolute_url())
    told = "Too many new readers came from this neighbourhood on that day: registering was asked for."
    assert decision(desk, Wall.objects.latest("pk"))[-1] == ("Are reads left?", told)
    Meter.objects.update(brake=None, limit=0, registered_limit=None)
    Client().get(articles[2].get_absolute_url())
    assert decision(desk, Wall.objects.latest("pk"))[-2:] == [
        ("Are reads left?", "No. The meter gives no free articles."),
        ("Would registering give more?", "No: registered readers have no more. The wall asks to subscribe."),
    ]


def test_the_policy_that_held_then_is_named_and_linked(owner: Client, desk: Client, articles, walled_at) -> None:
    wall = walled_at(articles[5])
    address = f"{WALLS}{wall.pk}/change/"
    assert "the present one: nothing has been changed yet" in shown(owner.get(address).content.decode())
    with governing.change(by=None):
        Meter.objects.update(limit=3)
    as_it_was = PolicyVersion.objects.earliest("pk")
    assert f'href="/admin/metering/policyversion/{as_it_was.pk}/change/"' in owner.get(address).content.decode()
    assert "policyversion" not in desk.get(address).content.decode()  # editors may not follow it
    later = Client()
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
        newer = walled_at(articles[6], later)
    page = owner.get(f"{WALLS}{newer.pk}/change/").content.decode()
    assert f'href="/admin/metering/policyversion/{PolicyVersion.objects.latest("pk").pk}/change/"' in page


def test_a_wall_of_a_rule_on_trial_says_that_nobody_saw_it(owner: Client, section, articles) -> None:
    Meter.objects.update_or_create(pk=1)
    strict = Meter.objects.create(name="Strict", limit=0, registered_limit=None)
    from_then = datetime.now(UTC) + timedelta(days=1)
    rule = Rule.objects.create(name="Harbour", section=str(section.pk), meter=strict, walls_from=from_then)
    Client().get(articles[0].get_absolute_url())
    wall = Wall.objects.get()
    page = owner.get(f"{WALLS}{wall.pk}/change/").content.decode()
    assert "Nobody saw this wall: a rule that was on trial would have shown it." in page
    assert f'<a href="/admin/metering/rule/{rule.pk}/change/">Harbour</a>' in page
    assert decision(owner, wall)[0][1] == "No: the rule “Harbour” covers the article."


def test_an_unknown_code_is_said_and_an_unpublished_article_is_not_shown(
    desk: Client, articles, walled_at
) -> None:
    wall = walled_at(articles[5])
    page = desk.get(WALLS, {"q": "00000 00000"}).content.decode()
    assert "No wall has the code 00000 00000." in page
    assert wall.code not in page
    Article.objects.filter(pk=articles[5].pk).update(status="draft")
    told = shown(desk.get(f"{WALLS}{wall.pk}/change/").content.decode())
    assert f"articles.article:{articles[5].pk}, not there any more" in told
    assert "Story 6" not in told


def test_walls_are_for_editors_and_owners_and_nobody_changes_them(
    desk: Client, moderator, signed_in, articles, walled_at
) -> None:
    wall = walled_at(articles[5])
    for address in (WALLS, f"{WALLS}?q={wall.code}", f"{WALLS}{wall.pk}/change/"):
        assert signed_in(moderator).get(address).status_code == 403
    assert desk.post(f"{WALLS}{wall.pk}/change/", {"code": "x"}).status_code == 403
    assert desk.post(f"{WALLS}{wall.pk}/delete/", {"post": "yes"}).status_code == 403
    assert desk.get(f"{WALLS}add/").status_code == 403


def test_a_page_of_walls_costs_as_many_queries_as_one_wall(desk: Client, articles, walled_at) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            desk.get(WALLS)
        return len(captured)

    walled_at(articles[5])
    one = queries()
    walled_at(articles[6])
    walled_at(articles[0])
    assert queries() == one
