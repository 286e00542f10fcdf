"""The log of decisions: a list to filter and a file to take away, both to read only."""

import csv
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from comments import audit, moderation
from comments.models import Comment, Decision, Thread
from comments.threads import open_thread
from newsroom.accounts.models import User
from newsroom.articles.models import Article
from newsroom.reading import ArticleTarget

pytestmark = pytest.mark.django_db

LOG, FILE = "/admin/comments/decision/", "/admin/comments/decision/log.csv"
NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def thread(article: Article) -> Thread:
    return open_thread(ArticleTarget(article))


@pytest.fixture
def desk(moderator: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(moderator)


@pytest.fixture
def log(thread: Thread) -> Callable[..., Decision]:
    """A line of the log as the door writes it, at a time of our choice, on a comment of its own."""

    def write(**differing: Any) -> Decision:
        said = Comment.objects.create(
            thread=thread,
            source="Words that belong to Mira.",
            name="Mira Reader",
            email="mira@example.org",
            submitted_at=NOON - timedelta(minutes=90),
        )
        fields = {"made_at": NOON, "action": "approve", "before": "pending", "after": "approved"}
        return Decision.objects.create(comment=said, **fields | differing)

    return write


def rows(answer: HttpResponse) -> list[dict[str, str]]:
    return list(csv.DictReader(b"".join(answer.streaming_content).decode().splitlines()))


def listed(page: HttpResponse) -> list[int]:
    return [decision.pk for decision in page.context["cl"].result_list]


def test_the_file_tells_every_line_and_nothing_of_the_reader(log, desk, moderator, thread, settings) -> None:
    settings.TIME_ZONE = "Asia/Tehran"
    machine = log(rule="screening", action="spam", after="spam", made_at=NOON - timedelta(hours=1))
    person = log(by=moderator, action="reject", after="rejected", reason="off-topic", note="“Words”, and more")
    removal = log(by=moderator, action="remove", before="approved", after="removed", made_at=NOON + DAY)
    answer = desk.get(FILE)
    assert (answer.streaming, answer["Content-Type"]) == (True, "text/csv; charset=utf-8")
    assert answer["Content-Disposition"] == 'attachment; filename="decisions.csv"'
    told = rows(answer)
    same = {
        "thread": f"{thread.pk}",
        "received_at": "2026-06-10T14:00:00+03:30",
        "has_note": "0",
        "reason": "",
        "undone": "0",
    }
    assert told == [
        same
        | {
            "id": f"{machine.pk}",
            "made_at": "2026-06-10T14:30:00+03:30",
            "comment": f"{machine.comment_id}",
            "kind": "machine",
            "by": "",
            "rule": "screening",
            "action": "spam",
            "before": "pending",
            "after": "spam",
        },
        same
        | {
            "id": f"{person.pk}",
            "made_at": "2026-06-10T15:30:00+03:30",
            "comment": f"{person.comment_id}",
            "kind": "person",
            "by": "moderator",
            "rule": "",
            "action": "reject",
            "before": "pending",
            "after": "rejected",
            "reason": "off-topic",
            "has_note": "1",
        },
        same
        | {
            "id": f"{removal.pk}",
            "made_at": "2026-06-11T15:30:00+03:30",
            "comment": f"{removal.comment_id}",
            "kind": "removal",
            "by": "",
            "rule": "",
            "action": "remove",
            "before": "approved",
            "after": "removed",
        },
    ]
    text = b"".join(desk.get(FILE).streaming_content).decode()
    assert not [word for word in ("Words", "Mira", "mira@", "Story 1") if word in text]


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "＝1"])
def test_no_cell_is_a_formula(log, desk, person, name: str) -> None:
    log(by=person("someone"))
    User.objects.filter(username="someone").update(username=name)
    log(rule=name)
    text = b"".join(desk.get(FILE).streaming_content).decode()
    found = list(csv.DictReader(text.splitlines(keepends=True)))
    assert {(row["by"], row["rule"]) for row in found} == {(f"'{name}", ""), ("", f"'{name}")}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", "abcdef"),
        ("kind=person", "ade"),
        ("kind=machine", "bc"),
        ("kind=removal", "f"),
        ("action__exact=spam", "bd"),
        ("reason=off-topic", "e"),
        ("reason=-", "abcdf"),
        ("since=2026-06-11&until=2026-06-12", "cd"),
        ("since=2026-06-11&until=2026-06-11", "c"),
        ("since=2026-06-11&until=2026-06-12&kind=machine", "c"),
        ("since=&until=&kind=machine", "bc"),
        ("since=2026-06-12&until=2026-06-11", ""),
        ("since=yesterday&until=2026-06-11", ""),
        ("since=0001-01-01&until=9999-12-31", ""),
    ],
)
def test_the_list_and_the_file_have_the_same_filters(log, desk, moderator, asked: str, found: str) -> None:
    lines = {
        "a": log(by=moderator, made_at=NOON),
        "b": log(rule="screening", action="spam", after="spam", made_at=NOON),
        "c": log(rule="import", made_at=NOON.replace(day=11, hour=0, minute=0)),
        "d": log(action="spam", after="spam", made_at=NOON.replace(day=12, hour=23, minute=59)),
        "e": log(
            by=moderator, action="reject", after="rejected", reason="off-topic", made_at=NOON.replace(day=13)
        ),
        "f": log(by=moderator, action="remove", before="approved", after="removed", made_at=NOON.replace(day=14)),
    }
    expected = sorted(line.pk for name, line in lines.items() if name in found)
    page = desk.get(f"{LOG}?{asked}")
    assert sorted(listed(page)) == expected
    assert sorted(int(row["id"]) for row in rows(desk.get(f"{FILE}?{asked}"))) == expected


def test_the_list_leads_to_the_file_of_what_it_shows(log, desk) -> None:
    kept = log(rule="screening")
    log(rule="screening", made_at=NOON + DAY)
    page = desk.get(f"{LOG}?since=2026-06-10&until=2026-06-10&kind=machine").content.decode()
    [link] = [part.split('"')[0] for part in page.split('href="')[1:] if part.startswith(FILE)]
    assert [row["id"] for row in rows(desk.get(link.replace("&amp;", "&")))] == [str(kept.pk)]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("since=2026-06-12&until=2026-06-11", "The first day comes after the last one."),
        ("since=yesterday&until=2026-06-11", "Enter a valid date."),
        ("since=2026-06-12", "This field is required."),
    ],
)
def test_days_that_are_none_are_told(log, desk, asked: str, words: str) -> None:
    assert words in desk.get(f"{LOG}?{asked}").content.decode()


def test_the_list_shows_who_and_why_and_escapes_what_a_reader_wrote(log, desk, moderator) -> None:
    line = log(by=moderator, action="reject", after="rejected", reason="off-topic", note="<b>About football</b>")
    Comment.objects.update(source="<script>alert(1)</script>")
    page = desk.get(LOG).content.decode()
    for shown in ("moderator", "Not about the article", "&lt;b&gt;About football", "&lt;script&gt;alert"):
        assert shown in page
    assert "<script>alert" not in page
    assert "Not about the article" in desk.get(f"{LOG}{line.pk}/change/").content.decode()


def test_nobody_writes_in_the_log(log, desk, person, signed_in) -> None:
    line = log(rule="screening")
    owner = signed_in(person("root", is_staff=True, is_superuser=True))
    for who in (desk, owner):
        assert who.get(f"{LOG}{line.pk}/change/").status_code == 200
        for address in (f"{LOG}add/", f"{LOG}{line.pk}/change/", f"{LOG}{line.pk}/delete/"):
            assert who.post(address, {"action": "spam", "post": "yes"}).status_code == 403
        assert who.post(FILE).status_code == 405
        who.post(LOG, {"action": "delete_selected", "_selected_action": line.pk, "post": "yes"})
    assert Decision.objects.values("action", "after").get() == {"action": "approve", "after": "approved"}


def test_moderators_editors_and_owners_read_the_log_and_others_do_not(log, person, signed_in) -> None:
    log(rule="screening")
    answers = {}
    for group in ("Moderator", "Section moderator", "Editor", "Owner", "nobody"):
        client = signed_in(person(f"one-{group}", group, is_staff=True))
        answers[group] = [client.get(address).status_code for address in (LOG, FILE)]
    assert answers == {
        "Moderator": [200, 200],
        "Section moderator": [200, 200],
        "Editor": [200, 200],
        "Owner": [200, 200],
        "nobody": [403, 403],
    }
    for stranger in (Client(), signed_in(person("reader"))):
        assert [stranger.get(address).status_code for address in (LOG, FILE)] == [302, 302]


def test_a_long_log_takes_no_more_memory_than_a_short_one(log, django_assert_num_queries) -> None:
    line = log(rule="screening")

    def peak_of(lines: int) -> int:
        some = [
            Decision(comment=line.comment, made_at=NOON, rule="screening", action="spam") for _ in range(lines)
        ]
        Decision.objects.bulk_create(some, batch_size=1000)
        del some
        tracemalloc.start()
        with django_assert_num_queries(1):
            sizes = [part.count("\n") for part in audit.as_csv(Decision.objects.all())]
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert sum(sizes) == Decision.objects.count() + 1
        return peak

    short, long = peak_of(4000), peak_of(12_000)
    assert long < 1.2 * short


def test_what_was_undone_stays_in_the_log_and_says_so(desk, moderator, thread) -> None:
    said = Comment.objects.create(thread=thread, source="Hello", html="<p>Hello</p>")
    hasty = moderation.decide(said, "spam", by=moderator)
    [undoing] = moderation.undo(hasty, by=moderator)
    kept = moderation.decide(Comment.objects.get(), "approve", by=moderator)
    assert [(line["action"], line["undone"]) for line in rows(desk.get(FILE))] == [
        ("spam", "1"),
        ("undo", "0"),
        ("approve", "0"),
    ]
    page = desk.get(LOG)
    assert "Spam (undone)" in page.content.decode()
    assert listed(page) == [kept.pk, undoing.pk, hasty.pk]
    assert listed(desk.get(f"{LOG}?undone=0")) == [kept.pk]
    assert listed(desk.get(f"{LOG}?undone=1")) == [hasty.pk]
