"""What moderators see of somebody: how many comments were approved or turned down, since when."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from comments import records
from comments.models import Comment, Note, Restriction
from comments.records import Record
from comments.states import State
from comments.threads import open_thread
from newsroom.articles.models import Article
from newsroom.reading import ArticleTarget

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
def said(article: Article) -> Callable[..., Comment]:
    thread = open_thread(ArticleTarget(article))

    def say(state: State = State.PENDING, **differing) -> Comment:
        return Comment.objects.create(thread=thread, source="x", html="x", state=state, **differing)

    return say


@pytest.mark.django_db
def test_what_an_account_wrote_is_one_record_whatever_browser_it_used(said, registered) -> None:
    mira = registered("mira")
    first = said(State.APPROVED, author=mira, author_key="a" * 64, submitted_at=MONDAY)
    said(State.REJECTED, author=mira, author_key="b" * 64)
    said(State.SPAM, author=mira)
    said(State.SPAM, author=mira)
    said(State.APPROVED, author=registered("dara"), author_key="a" * 64)
    assert records.record_of(first) == Record(approved=1, rejected=1, spam=2, since=MONDAY)


@pytest.mark.django_db
def test_a_guest_is_a_browser_and_never_a_name_or_an_address(said, registered) -> None:
    guest = said(State.APPROVED, author_key="a" * 64, name="Mira", email="mira@example.org", submitted_at=MONDAY)
    said(State.REJECTED, author_key="b" * 64, name="Mira", email="mira@example.org")
    said(State.REJECTED, author_key="a" * 64, author=registered("mira"))
    assert records.record_of(guest) == Record(approved=1, since=MONDAY)


@pytest.mark.django_db
def test_of_whom_nothing_tells_who_it_was_there_is_no_record(said) -> None:
    imported = said(State.APPROVED, name="Mira")
    said(State.APPROVED, name="Mira")
    assert records.record_of(imported) == Record()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("named", "met"),
    [
        ({"author_key": "a" * 64}, True),
        ({"author_key": "b" * 64}, False),
        ({"email": "mira@example.org"}, True),
        ({"email": "other@example.org"}, False),
        ({"domain": "example.org"}, True),
        ({"domain": "ample.org"}, False),
        ({"address_hash": "n" * 64}, True),
        ({"email": "mira@example.org", "until": MONDAY}, False),
        ({"email": "mira@example.org", "lifted_at": MONDAY}, False),
    ],
)
def test_a_ban_in_force_shows_whatever_it_names(said, named, met: bool) -> None:
    comment = said(author_key="a" * 64, email="Mira@EXAMPLE.org", address_hash="n" * 64)
    Restriction.objects.create(effect="ban", **named)
    assert records.record_of(comment).is_restricted is met
    Restriction.objects.update(effect="watch")
    found = records.record_of(comment)
    assert (found.is_restricted, found.is_watched) == (False, met)


@pytest.mark.django_db
def test_a_ban_of_an_accounts_own_address_shows_too(said, registered) -> None:
    comment = said(author=registered("mira"))
    Restriction.objects.create(email="mira@example.org")
    assert records.record_of(comment).is_restricted


@pytest.mark.django_db
def test_what_is_empty_meets_nobody(said) -> None:
    Restriction.objects.create(author_key="b" * 64)
    Restriction.objects.create(email="mira@example.org")
    assert records.record_of(said(author_key="a" * 64)) == Record(since=Comment.objects.get().submitted_at)
    assert not records.record_of(said()).is_restricted


@pytest.mark.django_db
def test_notes_on_a_person_are_counted_and_those_on_comments_are_not(said, registered, moderator) -> None:
    mira = registered("mira")
    comment, guest = said(author=mira), said(author_key="a" * 64)
    Note.objects.create(account=mira, text="Writes as Dara too.", by=moderator)
    Note.objects.create(account=mira, author_key="a" * 64, text="Again.", by=moderator)
    Note.objects.create(author_key="a" * 64, text="Polite.", by=moderator)
    Note.objects.create(comment=guest, text="Look at this.", by=moderator)
    found = records.records_of([comment, guest])
    assert (found[comment.pk].notes, found[guest.pk].notes) == (2, 1)


@pytest.mark.django_db
def test_thirty_records_cost_as_many_queries_as_one(said, registered, django_assert_num_queries) -> None:
    shown = []
    for number in range(30):
        author = registered(f"reader{number}") if number % 2 else None
        hour = timezone.now() - timedelta(hours=number)
        shown.append(
            said(author=author, author_key=f"{number:064}", email=f"{number}@example.org", submitted_at=hour)
        )
    for page in (shown[:2], shown):
        with django_assert_num_queries(2):
            found = records.records_of(page)
        assert {number: one.since for number, one in found.items()} == {one.pk: one.submitted_at for one in page}
    assert records.records_of([]) == {}
