"""The history of the policy: who changed what and when, and the way back."""

from itertools import pairwise

import pytest

from metering import governing
from metering.models import Meter, PolicyVersion, Rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(person):
    return person("owner")


def told() -> list[tuple[str, list[tuple[str, str, str, str]]]]:
    """Each version, oldest first, with what it changed."""
    versions = list(PolicyVersion.objects.order_by("pk"))
    return [
        (
            str(after.by or ""),
            [
                (one.what, one.field, one.before, one.after)
                for one in governing.differences(before.state, after.state)
            ],
        )
        for before, after in pairwise(versions)
    ]


def set_limit(limit: int, owner) -> None:
    with governing.change(by=owner):
        Meter.objects.filter(pk=1).update(limit=limit)


def test_each_change_says_who_made_it_and_what_was_before(owner) -> None:
    set_limit(3, owner)
    with governing.change(by=owner):
        Rule.objects.create(name="Weather", effect="exclude", tag="7")
    assert told() == [
        ("owner", [("The site's meter", "free articles", "5", "3")]),
        ("owner", [("Weather", "", "was not there", "is there")]),
    ]


def test_what_changes_nothing_leaves_no_version(owner) -> None:
    set_limit(3, owner)
    set_limit(3, owner)
    assert PolicyVersion.objects.count() == 2  # the one before the first change, and the change


def test_a_change_that_fails_leaves_nothing(owner) -> None:
    def change_and_fail() -> None:
        with governing.change(by=owner):
            Meter.objects.filter(pk=1).update(limit=3)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()
    assert (PolicyVersion.objects.count(), Meter.objects.filter(limit=3).count()) == (0, 0)


def test_a_revert_brings_back_all_that_was_said(owner) -> None:
    with governing.change(by=owner):
        further = Meter.objects.create(name="Investigations", limit=1, registered_limit=None)
        first = Rule.objects.create(name="First", priority=1, meter=further)
        Rule.objects.create(name="Second", priority=2, section="12")
    version = PolicyVersion.objects.latest("pk")
    with governing.change(by=owner):
        Rule.objects.filter(pk=first.pk).delete()
        Rule.objects.filter(name="Second").update(priority=1)
        Rule.objects.create(name="Third", priority=2)
        Meter.objects.filter(pk=further.pk).update(limit=9, period="month")
        Meter.objects.filter(pk=1).update(limit=None, registered_limit=None)
    governing.revert(version, by=owner)
    assert governing.state() == version.state
    assert list(Rule.objects.values_list("name", "priority", "meter")) == [
        ("Second", 2, 1),
        ("First", 1, further.pk),
    ]
    assert PolicyVersion.objects.latest("pk").note.startswith("Back to what held from ")


def test_a_revert_leaves_the_lists_of_institutions_and_crawlers_as_they_are(owner) -> None:
    set_limit(3, owner)
    first = PolicyVersion.objects.earliest("pk")
    Meter.objects.update(institutions_edition="now", crawlers_edition="now too")
    governing.revert(first, by=owner)
    meter = Meter.objects.get()
    assert (meter.limit, meter.institutions_edition, meter.crawlers_edition) == (5, "now", "now too")


def test_a_meter_that_has_counted_reads_outlives_a_revert_at_rest(client, articles, owner) -> None:
    set_limit(4, owner)
    before = PolicyVersion.objects.latest("pk")
    with governing.change(by=owner):
        further = Meter.objects.create(name="Investigations", limit=1, registered_limit=None)
        Rule.objects.create(name="All", meter=further)
    client.get(articles[0].get_absolute_url())
    governing.revert(before, by=owner)
    assert list(Meter.objects.values_list("name", flat=True)) == ["The site's meter", "Investigations"]
    page = client.get(articles[0].get_absolute_url()).content.decode()
    assert 'data-reason="already_open"' in page


def test_a_version_of_an_earlier_release_can_be_shown_and_gone_back_to(owner) -> None:
    """It may speak of a field that is gone, and be silent of one that has come since."""
    set_limit(3, owner)
    earlier = PolicyVersion.objects.order_by("pk")[0]
    site = earlier.state["meters"]["1"]
    site["grace"] = 7
    del site["brake"]
    earlier.save()
    told = governing.differences(earlier.state, governing.state())
    assert [(one.field, one.before, one.after) for one in told] == [
        ("free articles", "5", "3"),
        ("grace", "7", "empty"),
    ]
    governing.revert(earlier, by=owner)
    assert Meter.objects.get().limit == 5
