"""Which rule governs each published article, and how many are governed alike."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from metering.models import Meter, Rule
from newsroom.articles.models import Article, Author, Section, Tag

pytestmark = pytest.mark.django_db

COVERAGE = "/admin/metering/meter/coverage/"


@pytest.fixture
def owner(person, signed_in) -> Client:
    Meter.objects.get_or_create(pk=1)
    return signed_in(person("owner", "Owner", is_staff=True))


def tables(page: str) -> list[list[list[str]]]:
    """The bodies of the tables: how many of each, and the list."""
    return [
        [
            [unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]
            for row in body.split("<tr>")[1:]
        ]
        for body in re.findall(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    ]


def shown(client: Client, **query: object) -> tuple[dict[str, str], list[list[str]]]:
    """How many of each, and the list without the dates."""
    found = tables(client.get(COVERAGE, query).content.decode())
    sums = {name: number for name, number in found[0] if number != "0"}
    return sums, [[row[0], *row[2:]] for row in (found[1] if len(found) > 1 else [])]


def test_every_article_says_what_governs_it(owner: Client, write, section: Section) -> None:
    below = Section.objects.create(name="Pilots", slug="pilots", parent=section)
    deepest = Section.objects.create(name="Night pilots", slug="night-pilots", parent=below)
    elsewhere = Section.objects.create(name="Theatre", slug="theatre")
    fair, ada = Tag.objects.create(name="Fair", slug="fair"), Author.objects.create(name="Ada", slug="ada")
    further = Meter.objects.create(name="Investigations", limit=1, registered_limit=None)
    resting = Meter.objects.create(name="Old", is_on=False)
    Rule.objects.create(name="Harbour", priority=1, section=str(section.pk), meter=further)
    Rule.objects.create(name="Fairs", effect="exclude", tag=str(fair.pk))
    Rule.objects.create(name="Ada’s", priority=2, author=str(ada.pk), meter=resting)
    Meter.objects.filter(pk=1).update(covers_the_rest=False)
    write(1, section=elsewhere)
    write(2, policy="free")
    write(3, policy="subscribers")
    write(4, section=deepest)
    write(5).tags.add(fair)
    write(6).authors.add(ada)
    write(7, status="draft")
    write(8, published_at=datetime.now(UTC) + timedelta(days=1))
    sums, rows = shown(owner)
    assert sums == {
        "counted by “Investigations”": "1",
        "free, marked by an editor": "1",
        "for subscribers only": "1",
        "open to everybody by a rule": "1",
        "open: no rule covers it": "1",
        "open: its meter is switched off": "1",
    }
    assert rows == [
        ["Story 1", "open: no rule covers it", "–", ""],
        ["Story 2", "free, marked by an editor", "the article itself", ""],
        ["Story 3", "for subscribers only", "the article itself", ""],
        ["Story 4", "counted by “Investigations”", "rule “Harbour”", ""],
        ["Story 5", "open to everybody by a rule", "rule “Fairs”", ""],
        ["Story 6", "open: its meter is switched off", "rule “Ada’s”", ""],
    ]


def test_the_gate_says_the_same(owner: Client, write, section: Section) -> None:
    tag = Tag.objects.create(name="Fair", slug="fair")
    Rule.objects.create(name="Fairs", effect="exclude", tag=str(tag.pk))
    open_to_all, counted = write(1), write(2)
    open_to_all.tags.add(tag)
    assert [row[1] for row in shown(owner)[1]] == ["open to everybody by a rule", "counted by “The site's meter”"]
    for article, reason in ((open_to_all, "unmetered"), (counted, "read_spent")):
        assert f'data-reason="{reason}"' in Client().get(article.get_absolute_url()).content.decode()


def test_what_a_rule_on_trial_would_change_stands_beside_it(owner: Client, article: Article) -> None:
    from_then = datetime.now(UTC) + timedelta(days=1)
    further = Meter.objects.create(name="Strict", limit=0, registered_limit=None)
    Rule.objects.create(name="Soon", meter=further, walls_from=from_then)
    assert shown(owner)[1] == [
        ["Story 1", "counted by “The site's meter”", "the site's default", "rule “Soon” · counted by “Strict”"]
    ]


def test_one_outcome_is_chosen_and_the_list_goes_on_over_pages(owner: Client, write) -> None:
    for number in range(1, 104):
        write(number, policy="free" if number > 101 else "metered")
    sums, rows = shown(owner, only="free")
    assert sums == {"counted by “The site's meter”": "101", "free, marked by an editor": "2"}
    assert [row[0] for row in rows] == ["Story 102", "Story 103"]
    assert len(shown(owner, only="metered-1")[1]) == 100
    assert [row[0] for row in shown(owner, only="metered-1", page=2)[1]] == ["Story 101"]
    assert "only=metered-1&amp;page=2" in owner.get(COVERAGE, {"only": "metered-1"}).content.decode()
    assert len(shown(owner, only="nonsense", page="nonsense")[1]) == 100
    assert shown(owner, only="excluded")[1] == []


def test_more_articles_cost_no_more_queries_and_no_text(owner: Client, write, section: Section) -> None:
    tag, author = Tag.objects.create(name="Fair", slug="fair"), Author.objects.create(name="Ada", slug="ada")
    below = Section.objects.create(name="Pilots", slug="pilots", parent=section)
    Rule.objects.create(name="Fairs", effect="exclude", tag=str(tag.pk), author=str(author.pk))
    Rule.objects.create(name="Elsewhere", section="999999")

    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            owner.get(COVERAGE)
        return [query["sql"] for query in captured.captured_queries if "articles_" in query["sql"]]

    def publish(*numbers: int) -> None:
        for number in numbers:
            one = write(number, section=below)
            one.tags.add(tag)
            one.authors.add(author)

    publish(1)
    first = queries()
    publish(2, 3, 4)
    later = queries()
    assert (len(first), len(later)) == (4, 4)
    assert not [sql for sql in later if '"body"' in sql or '"words"' in sql]


def test_a_meter_that_is_off_is_said(owner: Client, article: Article) -> None:
    assert "The meter is switched off" not in owner.get(COVERAGE).content.decode()
    Meter.objects.update(is_on=False)
    assert "The meter is switched off" in owner.get(COVERAGE).content.decode()
    assert shown(owner)[0] == {"counted by “The site's meter”": "1"}


def test_the_coverage_is_the_owners(moderator, editor, signed_in) -> None:
    assert signed_in(moderator).get(COVERAGE).status_code == 403
    assert signed_in(editor).get(COVERAGE).status_code == 403
    assert Client().get(COVERAGE).status_code == 302
