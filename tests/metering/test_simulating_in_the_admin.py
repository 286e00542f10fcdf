"""The owner tries other settings on the last 30 days, before saving them."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client

from metering.models import Meter, PolicyVersion, Read, Rule, Wall
from newsroom.articles.models import Article

pytestmark = pytest.mark.django_db

SIMULATOR = "/admin/metering/meter/simulate/"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
AS_SAVED = {"limit": "5", "registered_limit": "10", "period": "session", "days": "30", "first_weekday": "0"}


@pytest.fixture
def articles(write) -> list[Article]:
    """Published long before all that happens here."""
    return [write(number, published_at=datetime(2026, 1, number, tzinfo=UTC)) for number in range(1, 8)]


@pytest.fixture
def owner(person, signed_in) -> Client:
    Meter.objects.get_or_create(pk=1)
    return signed_in(person("owner", "Owner", is_staff=True))


@pytest.fixture
def weeks(articles: list[Article]) -> None:
    """A fortnight ago one reader opened five articles and met two walls; a week ago two opened three and one."""
    for days_ago, number in ((14, 7), (7, 3), (7, 1)):
        reader = Client()
        for article in articles[:number]:
            with time_machine.travel(NOON - timedelta(days=days_ago), tick=False):
                reader.get(article.get_absolute_url())


def tried(client: Client, **differing: str) -> tuple[list[str], dict[str, tuple[str, str]]]:
    """What the page says in words, and the table: each figure as saved and as proposed."""
    with time_machine.travel(NOON, tick=False):
        page = client.get(SIMULATOR, AS_SAVED | differing).content.decode()
    result = page.split('id="result-heading"')[1].split("</section>")[0]
    rows = re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td><td>(.*?)</td>', result)
    told = [unescape(one) for one in re.findall(r"<p>(.*?)</p>", result)]
    return told, {unescape(name): (now, proposed) for name, now, proposed in rows}


def typed(client: Client, address: str) -> dict[str, Any]:
    """What the form at this address would send as it stands."""
    form = client.get(address).context["adminform"].form
    values = {field.name: field.value() for field in form}
    return {name: value for name, value in values.items() if value is not None and value is not False}


def test_a_lower_limit_is_told_in_words_and_figures(owner: Client, weeks: None) -> None:
    told, table = tried(owner, limit="2")
    assert told == [
        "With these settings 2 of 3 readers would have met a wall (66.7%).",
        "With the settings as they are saved it is 1 of 3 readers (33.3%).",
        "4 articles fewer would have been opened.",
        "Reads are there from Nov. 8, 2026 on; what was before is not known.",
    ]
    assert table == {
        "Readers with a metered view": ("3", "3"),
        "Readers who would have met a wall": ("1", "2"),
        "Stop rate": ("33.3%", "66.7%"),
        "Articles opened": ("9", "5"),
        "Walls, one for each reader, article and period": ("2", "6"),
        "Reads that took place and would not have": ("0", "4"),
        "Walls that stood and would not have": ("0", "0"),
    }


def test_a_higher_limit_means_at_least_so_many_more(owner: Client, weeks: None) -> None:
    told, table = tried(owner, limit="6")
    assert told[0] == "With these settings 1 of 3 readers would have met a wall (33.3%)."
    assert told[2] == ("At least 1 article more would have been opened: who went away at a wall asked no further.")
    assert table["Articles opened"] == ("9", "10")
    assert table["Walls that stood and would not have"] == ("0", "1")
    assert tried(owner, limit="", registered_limit="")[1]["Stop rate"] == ("33.3%", "0.0%")


def test_nothing_is_saved_and_the_same_settings_change_nothing(owner: Client, weeks: None) -> None:
    before = (Meter.objects.values().get(), Read.objects.count(), Wall.objects.count())
    told, table = tried(owner)
    assert told[:2] == [
        "With these settings 1 of 3 readers would have met a wall (33.3%).",
        "With the settings as they are saved it is 1 of 3 readers (33.3%).",
    ]
    assert all(now == proposed for now, proposed in table.values())
    tried(owner, limit="1")
    assert (Meter.objects.values().get(), Read.objects.count(), Wall.objects.count()) == before
    assert not PolicyVersion.objects.exists()


def test_what_is_typed_in_the_settings_is_tried_without_saving_it(owner: Client, weeks: None) -> None:
    address = "/admin/metering/meter/1/change/"
    page = owner.get(address).content.decode()
    button = re.search(r'<input type="submit" formmethod="post" formaction="(.*?)" value="(.*?)">', page)
    assert button
    assert button[2] == "Try these settings on the last 30 days"
    sent = owner.post(button[1], typed(owner, address) | {"limit": "2", "registered_limit": ""})
    assert sent.status_code == 302
    assert sent["Location"] == (
        f"{SIMULATOR}?meter=1&limit=2&registered_limit=&period=session&days=30&first_weekday=0"
    )
    with time_machine.travel(NOON, tick=False):
        assert "2 of 3 readers would have met a wall" in owner.get(sent["Location"]).content.decode()
    assert Meter.objects.get().limit == 5


def test_what_cannot_be_meant_is_refused_as_in_the_settings(owner: Client, weeks: None) -> None:
    page = owner.get(SIMULATOR, AS_SAVED | {"registered_limit": "2"}).content.decode()
    assert "Readers who register would have fewer free articles than those who do not." in page
    assert "result-heading" not in page
    assert "result-heading" not in owner.get(SIMULATOR, AS_SAVED | {"period": "year"}).content.decode()
    assert owner.get(SIMULATOR, {"meter": "77"}).status_code == 404
    assert "What this cannot know" in owner.get(SIMULATOR).content.decode()


def test_each_meter_is_tried_on_its_own_reads(owner: Client, weeks: None, articles, section) -> None:
    strict = Meter.objects.create(name="Strict", limit=2, registered_limit=None)
    Rule.objects.create(name="Harbour", section=str(section.pk), meter=strict)
    reader = Client()
    for article in articles[:3]:
        with time_machine.travel(NOON - timedelta(days=1), tick=False):
            reader.get(article.get_absolute_url())
    told, _table = tried(owner, meter=str(strict.pk), limit="3", registered_limit="")
    assert told[:2] == [
        "With these settings 0 of 1 reader would have met a wall (0.0%).",
        "With the settings as they are saved it is 1 of 1 reader (100.0%).",
    ]
    assert tried(owner)[0][1] == "With the settings as they are saved it is 1 of 3 readers (33.3%)."


def test_where_nobody_came_it_says_so(owner: Client) -> None:
    told, table = tried(owner, limit="2")
    assert told == ["Nobody asked this meter for an article in the last 30 days, so there is nothing to replay."]
    assert table["Stop rate"] == ("–", "–")


def test_the_simulator_is_the_owners(moderator, editor, signed_in) -> None:
    for who in (moderator, editor):
        assert signed_in(who).get(SIMULATOR, AS_SAVED).status_code == 403
        assert signed_in(who).post(SIMULATOR, AS_SAVED).status_code == 403
    assert Client().get(SIMULATOR).status_code == 302
