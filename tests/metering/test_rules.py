"""The owner's rules: what they cover, in which order they are asked, and what readers notice of them."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from metering import pieces
from metering.models import Meter, Read, Rule
from metering.policy import UNMETERED, Policy
from metering.rules import EXCLUDE, Rulebook, in_order
from metering.rules import Rule as Asked
from newsroom.articles.models import Article, Author, Section, Tag

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def piece(**differing: Any) -> Any:
    fields = {
        "policy": pieces.METERED,
        "sections": ["12", "3"],
        "tags": ["7"],
        "authors": ["5"],
        "published_at": NOW - timedelta(days=10),
        "url": "/news/7001/%D8%AE%D8%A8%D8%B1/",
    }
    return SimpleNamespace(**fields | differing)


@pytest.mark.parametrize(
    ("rule", "covers"),
    [
        ({}, True),
        ({"section": "12"}, True),
        ({"section": "3"}, True),  # a section above
        ({"section": "4"}, False),
        ({"tag": "7"}, True),
        ({"tag": "8"}, False),
        ({"author": "5"}, True),
        ({"author": "6"}, False),
        ({"section": "12", "tag": "8"}, False),  # all conditions must hold
        ({"older_than": 10}, True),
        ({"older_than": 11}, False),
        ({"younger_than": 10}, False),
        ({"younger_than": 11}, True),
        ({"path": "/news/"}, True),
        ({"path": "/news/7001/خبر/"}, True),
        ({"path": "/new"}, True),
        ({"path": "/sport/"}, False),
        ({"path": "*/خبر/"}, True),
        ({"path": "/news/*/[a]"}, False),  # nothing but the star is a sign of its own
    ],
)
def test_a_rule_covers_what_fits_all_its_conditions(rule: dict[str, Any], covers: bool) -> None:
    assert Asked(name="a rule", **rule).covers(piece(), now=NOW) is covers


def test_a_piece_without_a_date_has_no_age() -> None:
    assert not Asked(name="old", older_than=0).covers(piece(published_at=None), now=NOW)


def test_a_rule_asks_a_piece_only_for_what_it_speaks_of() -> None:
    assert Asked(name="section", section="12").covers(SimpleNamespace(sections=["12"]), now=NOW)


SITE = Policy()
SPORT = Asked(name="Sport", section="12", priority=5, meter=2)
WEATHER = Asked(name="Weather", tag="7", effect=EXCLUDE)
ALL = Asked(name="All", priority=1, meter=3)
METERS = {2: {"limit": 1}, 3: {"limit": 9}}


@pytest.mark.parametrize(
    ("rules", "differing", "kind", "rule", "limit"),
    [
        ([], {}, pieces.METERED, "", 5),
        ([ALL, SPORT], {}, pieces.METERED, "Sport", 1),  # the highest priority
        ([ALL, SPORT, WEATHER], {}, UNMETERED, "Weather", 5),  # an exclusion goes before all
        ([ALL, SPORT], {"sections": ["4"]}, pieces.METERED, "All", 9),
        ([SPORT], {"sections": ["4"]}, pieces.METERED, "", 5),  # the site's default
        ([WEATHER], {"policy": pieces.SUBSCRIBERS}, pieces.SUBSCRIBERS, "", 5),  # the article's own word
        ([SPORT], {"policy": pieces.FREE}, pieces.FREE, "", 5),
    ],
)
def test_the_order_of_rules(
    rules: list[Asked], differing: dict[str, Any], kind: str, rule: str, limit: int
) -> None:
    book = Rulebook(rules=in_order(rules), meters=METERS)
    terms = book.terms(piece(**differing), SITE, now=NOW)
    assert (terms.kind, terms.rule, terms.policy.limit, terms.observed) == (kind, rule, limit, None)


def test_where_the_site_counts_only_what_a_rule_names_the_rest_is_open() -> None:
    book = Rulebook(rules=(SPORT,), covers_the_rest=False, meters=METERS)
    kinds = [book.terms(piece(sections=[key]), SITE, now=NOW).kind for key in ("12", "4")]
    assert kinds == [pieces.METERED, UNMETERED]


def test_the_sites_switch_is_the_switch_of_all_meters() -> None:
    book = Rulebook(rules=(SPORT,), meters={2: {"limit": 1, "is_on": True}})
    assert not book.terms(piece(), Policy(is_on=False), now=NOW).policy.is_on


def test_a_rule_on_trial_stands_beside_what_is_in_force_until_its_day() -> None:
    day = NOW + timedelta(days=1)
    on_trial = Asked(name="Sport", section="12", priority=5, meter=2, walls_from=day)
    book = Rulebook(rules=in_order([on_trial, ALL]), meters=METERS)
    terms = book.terms(piece(), SITE, now=NOW)
    assert (terms.rule, terms.observed and terms.observed.rule) == ("All", "Sport")
    terms = book.terms(piece(), SITE, now=day)
    assert (terms.rule, terms.observed) == ("Sport", None)


# Through the admin's models and real pages.


def told(client: Client, article: Article) -> str:
    page = client.get(article.get_absolute_url()).content.decode()
    return page.split('data-reason="')[1].split('"')[0]


@pytest.fixture
def meter(db: None) -> Meter:
    """A further meter: one article in each period, registered or not."""
    Meter.objects.get_or_create(pk=1)
    return Meter.objects.create(name="Investigations", limit=1, registered_limit=None)


def test_a_section_and_what_is_below_it_has_a_meter_of_its_own(client: Client, articles, meter: Meter) -> None:
    above = Section.objects.create(name="Investigations", slug="investigations")
    below = Section.objects.create(name="Harbour files", slug="harbour-files", parent=above)
    Article.objects.filter(pk__in=[articles[0].pk, articles[1].pk]).update(section=below)
    Rule.objects.create(name="Investigations", section=str(above.pk), meter=meter)
    reasons = [told(client, article) for article in articles]
    assert reasons == ["read_spent", "paywall", *["read_spent"] * 5]
    assert list(Read.objects.order_by("pk").values_list("meter__name", flat=True)) == [
        "Investigations",
        *["The site's meter"] * 5,
    ]
    assert told(client, articles[0]) == "already_open"


def test_tag_and_author_and_a_rule_that_opens(client: Client, articles, meter: Meter) -> None:
    tag = Tag.objects.create(name="weather", slug="weather")
    author = Author.objects.create(name="A. Writer", slug="a-writer")
    articles[0].tags.add(tag)
    articles[1].authors.add(author)
    articles[2].authors.add(author)
    Rule.objects.create(name="Weather", tag=str(tag.pk), effect=EXCLUDE)
    Rule.objects.create(name="A. Writer", author=str(author.pk), meter=meter)
    assert [told(client, article) for article in articles[:4]] == [
        "unmetered",
        "read_spent",
        "paywall",
        "read_spent",
    ]


def test_what_was_opened_stays_open_when_a_rule_moves_it_to_another_meter(client, articles, meter: Meter) -> None:
    assert told(client, articles[0]) == "read_spent"
    Rule.objects.create(name="All", meter=meter)
    assert [told(client, article) for article in articles[:3]] == ["already_open", "read_spent", "paywall"]


def test_a_change_of_the_rules_holds_from_the_next_page_on(client: Client, articles, meter: Meter) -> None:
    rule = Rule.objects.create(name="All", meter=meter)
    assert [told(client, article) for article in articles[:2]] == ["read_spent", "paywall"]
    Meter.objects.filter(pk=meter.pk).update(limit=2)
    assert [told(client, article) for article in articles[1:3]] == ["read_spent", "paywall"]
    rule.is_on = False
    rule.save()
    assert told(client, articles[2]) == "read_spent"
    Rule.objects.update(is_on=True, effect=EXCLUDE)
    assert told(client, articles[6]) == "unmetered"
    Rule.objects.all().delete()
    assert told(client, articles[6]) == "read_spent"


def test_rules_cost_three_queries_when_they_change_and_none_after_that(client, articles, meter: Meter) -> None:
    Rule.objects.create(name="All", meter=meter)

    def of_the_meter() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(articles[0].get_absolute_url())
        return sum("metering_" in query["sql"] for query in captured.captured_queries)

    of_the_meter()
    assert of_the_meter() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"path": "news/"}, "path", "begins with a slash"),
        ({"older_than": 30, "younger_than": 30}, "younger_than", "both that old and that young"),
        ({"effect": "exclude", "walls_from": NOW}, "walls_from", "nothing to observe"),
        ({"priority": 7}, "__all__", "has this priority already"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused_in_words(values: dict[str, Any], field: str, words: str) -> None:
    Meter.objects.get_or_create(pk=1)
    Rule.objects.create(name="The other", priority=7)
    with pytest.raises(ValidationError) as refused:
        Rule(name="New", meter_id=1, **values).full_clean()
    assert words in " ".join(refused.value.message_dict[field])


@pytest.mark.django_db
@pytest.mark.parametrize(("limit", "registered"), [(5, 4), (None, 10)])
def test_registered_readers_cannot_be_given_less_than_everybody(limit: int | None, registered: int) -> None:
    with pytest.raises(ValidationError) as refused:
        Meter(limit=limit, registered_limit=registered).full_clean()
    assert list(refused.value.message_dict) == ["registered_limit"]


# Rules that are only tried.


def test_a_new_rule_counts_and_reports_without_walling(client: Client, articles, meter: Meter) -> None:
    day = datetime.now(UTC) + timedelta(days=2)
    Meter.objects.filter(pk=1).update(covers_the_rest=False)
    Rule.objects.create(name="All", meter=meter, walls_from=day)
    answers = [client.get(f"/api/v1/articles/{article.code}/").json()["access"] for article in articles[:3]]
    assert [(answer["outcome"], answer["reason"], answer.get("would_be")) for answer in answers] == [
        ("open", "unmetered", None),
        ("open", "unmetered", "wall"),
        ("open", "unmetered", "wall"),
    ]
    assert list(Read.objects.values_list("piece", "slot")) == [(f"articles.article:{articles[0].pk}", None)]
    assert list(meter.walls.order_by("pk").values_list("is_observed", "rule")) == [(True, "All")] * 2
    assert (
        "data-meter>All articles are free to read" in client.get(articles[1].get_absolute_url()).content.decode()
    )


def test_while_a_rule_is_tried_the_others_decide(client: Client, articles, meter: Meter) -> None:
    day = datetime.now(UTC) + timedelta(days=2)
    Rule.objects.create(name="All", meter=meter, walls_from=day)
    assert [told(client, article) for article in articles] == [*["read_spent"] * 5, *["registration_wall"] * 2]
    assert sorted(Read.objects.values_list("meter", flat=True)) == [1] * 5 + [meter.pk]
    assert sorted(meter.walls.values_list("piece", flat=True)) == sorted(
        f"articles.article:{article.pk}" for article in articles[1:5]
    )


def test_the_readers_own_page_shows_a_further_meter_only_while_it_counts(client, articles, meter: Meter) -> None:
    def is_shown() -> bool:
        return "<bdi>Investigations</bdi>" in client.get("/meter/").content.decode()

    rule = Rule.objects.create(name="All", meter=meter, walls_from=datetime.now(UTC) + timedelta(days=2))
    assert told(client, articles[0]) == "read_spent"
    assert not is_shown()  # on trial
    rule.walls_from = None
    rule.save()
    assert told(client, articles[1]) == "read_spent"
    assert is_shown()
    meter.is_on = False
    meter.save()
    assert not is_shown()


def test_a_whole_meter_can_be_tried_before_it_walls_and_begins_with_nothing_used(
    client: Client, articles, time_machine
) -> None:
    day = datetime.now(UTC) + timedelta(days=2)
    Meter.objects.update_or_create(pk=1, defaults={"walls_from": day})
    reasons = [told(client, article) for article in articles]
    assert reasons == ["unmetered"] * 7
    assert Read.objects.made().count() == 5
    time_machine.move_to(day)
    reasons = [told(client, article) for article in articles]
    assert reasons == [*["read_spent"] * 5, *["registration_wall"] * 2]


def test_a_trial_uses_up_nothing_of_the_same_meter(client: Client, articles, section) -> None:
    other = Section.objects.create(name="Council", slug="council")
    Article.objects.filter(pk__in=[article.pk for article in articles[:4]]).update(section=other)
    Meter.objects.update_or_create(pk=1, defaults={"covers_the_rest": False, "limit": 2})
    Rule.objects.create(name="In force", section=str(section.pk), priority=1)
    day = datetime.now(UTC) + timedelta(days=2)
    Rule.objects.create(name="On trial", section=str(other.pk), priority=2, walls_from=day)
    reasons = [told(client, article) for article in articles]
    assert reasons == [*["unmetered"] * 4, *["read_spent"] * 2, "registration_wall"]
    assert "You have read 2 of 2" in client.get("/meter/").content.decode()
    assert "Story 1<" not in client.get("/meter/").content.decode()


def test_a_trial_does_not_shorten_the_life_of_what_is_open_in_earnest(client: Client, articles) -> None:
    Meter.objects.get_or_create(pk=1)
    daily = Meter.objects.create(name="Daily", limit=1, registered_limit=None, period="day")
    Rule.objects.create(name="On trial", meter=daily, walls_from=datetime.now(UTC) + timedelta(days=2))
    assert told(client, articles[0]) == "read_spent"
    assert client.cookies["reader"]["max-age"] > timedelta(days=29).total_seconds()
