"""Mails of the comments: to authors, why a comment was turned down; to moderators, that comments wait."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from comments import checks, house, letters, moderation, tasks
from comments.models import Comment, House, Letter, Thread
from comments.states import State
from newsroom.accounts.models import User
from newsroom.tasks import run_due
from tests.conftest import sentence

LATER = timedelta(seconds=11)


@pytest.fixture
def settle(db: None) -> Callable[..., None]:
    def what(**settled) -> None:
        House.objects.update_or_create(pk=1, defaults=settled)
        house.forget()

    return what


@pytest.fixture
def turned_down(written, moderator, registered, settle) -> Callable[..., Comment]:
    """A comment by an account that a moderator turned down, with the letter about it due."""

    def make(action: str = "reject", text: str = "Tea & <i>cake</i>?", **why) -> Comment:
        settle(tell_authors=True)
        author = User.objects.filter(username="reader").first() or registered()
        comment = written(text, html="<p>Tea &amp; <em>cake</em>?</p>", author=author)
        moderation.decide(comment, action, by=moderator, **{"reason": "off-topic", "note": "Rude!"} | why)
        with time_machine.travel(timezone.now() + LATER):
            tasks.settle()
        return comment

    return make


@pytest.fixture
def refusing(monkeypatch) -> list[bool]:
    """A mail server that refuses everything, until it is told not to."""
    refuses, take = [True], EmailBackend.send_messages

    def send(backend: EmailBackend, messages: list) -> int:
        if refuses[0]:
            raise OSError("the mail server is away")
        return take(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send)
    return refuses


def after(wait: timedelta = LATER) -> int:
    with time_machine.travel(timezone.now() + wait):
        return tasks.send_letters()


# --- the statement of reasons -----------------------------------------------------------------------------


def test_an_author_is_told_what_was_decided_why_and_what_to_do(turned_down, article) -> None:
    turned_down()
    assert (after(), after()) == (1, 0)
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["reader@example.org"], "Your comment was turned down")
    [(html, kind)] = sent.alternatives
    for text in (sent.body, html):
        for said in (
            article.title,
            "The reason: Not about the article.",
            "A person decided so on",
            "You can ask once for a second look by another person",
            "http://testserver/comments/mine/",
        ):
            assert said in text
        for never in ("Rude!", "moderator", sentence(1, 1)):
            assert never not in text
    assert kind == "text/html"
    assert "Tea & <i>cake</i>?" in sent.body
    assert "<p>Tea &amp; <em>cake</em>?</p>" in html


def test_spam_is_called_advertising_and_no_more(turned_down) -> None:
    turned_down("spam", reason="unlawful")
    after()
    assert "It was taken for advertising." in mail.outbox[0].body
    assert "Against the law" not in mail.outbox[0].body


def test_a_title_in_the_mail_is_text(turned_down) -> None:
    Thread.objects.all().delete()
    comment = turned_down()
    Thread.objects.update(title="<script>Tea & more</script>")
    after()
    assert comment.thread_id
    assert "“<script>Tea & more</script>”" in mail.outbox[0].body
    assert "&lt;script&gt;Tea &amp; more&lt;/script&gt;" in mail.outbox[0].alternatives[0][0]


def test_the_letter_is_in_the_language_of_the_thread(turned_down) -> None:
    turned_down()
    Thread.objects.update(language="fa")
    after()
    assert '<html lang="fa" dir="rtl">' in mail.outbox[0].alternatives[0][0]
    turned_down()
    Thread.objects.update(language="xx")
    after()
    assert '<html lang="en" dir="ltr">' in mail.outbox[1].alternatives[0][0]


@pytest.mark.parametrize("action", ["approve", "remove"])
def test_a_letter_that_is_not_true_any_more_is_not_sent(turned_down, moderator, action) -> None:
    comment = Comment.objects.get(pk=turned_down().pk)
    by = comment.author if action == "remove" else moderator
    moderation.decide(comment, action, by=by)
    assert (after(), mail.outbox, Letter.objects.count()) == (0, [], 0)


def test_an_address_that_is_confirmed_no_more_gets_nothing(turned_down) -> None:
    turned_down()
    User.objects.get(username="reader").emailaddress_set.update(verified=False)
    assert (after(), mail.outbox) == (0, [])


# --- a mail server that refuses ---------------------------------------------------------------------------


def test_a_letter_is_tried_again_and_then_given_up(turned_down, refusing, signed_in, person) -> None:
    turned_down()
    start, tried = timezone.now() + LATER, []
    for minutes in range(0, 1200, 5):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            before = Letter.objects.get().tries
            tasks.send_letters()
            tried += [minutes] if Letter.objects.get().tries > before else []
    assert tried == [0, 5, 15, 45, 165, 525]
    refusing[0] = False
    assert (after(timedelta(days=30)), mail.outbox) == (0, [])
    admin = signed_in(person("chief", "Owner", is_staff=True))
    listed = admin.get("/admin/comments/letter/")
    assert listed.status_code == 200
    assert "Given up" in listed.content.decode()
    number = Letter.objects.get().pk
    assert admin.get(f"/admin/comments/letter/{number}/change/").status_code == 200
    assert admin.post(f"/admin/comments/letter/{number}/change/", {"tries": 0}).status_code == 403
    assert admin.get("/admin/comments/letter/add/").status_code == 403


def test_a_letter_goes_out_when_the_server_is_back(turned_down, refusing) -> None:
    turned_down()
    assert after() == 0
    refusing[0] = False
    assert after() == 0
    assert after(timedelta(minutes=6)) == 1
    assert Letter.objects.get().sent_at is not None


def test_a_letter_that_another_process_has_claimed_is_not_sent(turned_down) -> None:
    turned_down()
    seen = Letter.objects.get()
    Letter.objects.update(tries=1)
    assert letters._send(seen, timezone.now() + LATER) is False
    assert mail.outbox == []


# --- the alarm --------------------------------------------------------------------------------------------


@pytest.fixture
def overdue(written) -> Callable[..., Comment]:
    return lambda hours=5, **differing: written(submitted_at=timezone.now() - timedelta(hours=hours), **differing)


def test_moderators_are_told_once_a_day_that_comments_wait(overdue, settle, person, moderator) -> None:
    second = person("second", "Moderator", is_staff=True, email="second@example.org")
    person("reader", email="reader@example.org")
    person("gone", "Moderator", is_staff=True, is_active=False, email="gone@example.org")
    person("elsewhere", "Section moderator", is_staff=True, email="elsewhere@example.org")
    here = person("here", "Section moderator", is_staff=True, email="here@example.org")
    here.comment_sections.create(section="harbour")
    settle(alarm_hours=4)
    overdue(3)
    assert (tasks.alarm(), tasks.send_letters()) == (0, 0)
    overdue(5), overdue(30)
    assert (tasks.alarm(), tasks.alarm()) == (2, 0)
    assert after() == 2
    assert sorted(sent.to[0] for sent in mail.outbox) == [here.email, second.email]
    assert mail.outbox[0].body.startswith("2 comments have waited for a moderator for more than 4 hours.")
    assert "http://testserver/admin/comments/desk/" in mail.outbox[0].body
    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        assert tasks.alarm() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert tasks.alarm() == 2


def test_no_alarm_of_what_was_decided_before_the_mail_went(overdue, settle, person) -> None:
    second = person("second", "Moderator", is_staff=True, email="second@example.org")
    settle(alarm_hours=4)
    comment = overdue()
    assert tasks.alarm() == 1
    moderation.decide(comment, "approve", by=second)
    assert (after(), mail.outbox) == (0, [])


@pytest.mark.parametrize("hours", [None, 4])
def test_no_alarm_unless_the_owner_wants_one_and_somebody_waits(overdue, settle, person, hours) -> None:
    person("second", "Moderator", is_staff=True, email="second@example.org")
    settle(alarm_hours=hours)
    if hours:
        overdue(9, state=State.APPROVED), overdue(9, screened_at=None)
    else:
        overdue(9)
    assert tasks.alarm() == 0
    assert not Letter.objects.exists()


def test_where_nobody_has_an_address_the_alarm_is_not_spent(overdue, settle, moderator) -> None:
    settle(alarm_hours=4)
    overdue()
    assert tasks.alarm() == 0
    assert House.objects.get().alarmed_at is None


# --- the site ---------------------------------------------------------------------------------------------


def test_what_is_due_settles_and_sends_in_one_round(written, moderator, registered, settle) -> None:
    settle(tell_authors=True)
    moderation.decide(written(author=registered()), "reject", by=moderator)
    with time_machine.travel(timezone.now() + LATER):
        done = run_due()
    assert (done["decisions settled"], done["letters sent"], len(mail.outbox)) == (1, 1, 1)


def test_a_path_that_cannot_be_imported_is_named_by_the_check(settings) -> None:
    settings.COMMENTS = {"CONFIRMED_ADDRESS": "nowhere.at_all"}
    assert [one.id for one in checks.check_settings(None)] == ["comments.E005"]
