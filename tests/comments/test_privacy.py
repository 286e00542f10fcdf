"""What is a reader's is given out and erased: all of it, and nothing of anybody else's."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import CharField, EmailField, F, JSONField, TextField
from django.test import Client
from django.utils import timezone

from comments import authors, emptying, importing, moderation, privacy, tallies, targets, transparency
from comments.models import (
    Appeal,
    Comment,
    Decision,
    Letter,
    Note,
    Redaction,
    Report,
    Restriction,
    Thread,
)
from comments.periods import Period
from comments.states import State
from comments.threads import open_thread
from newsroom.accounts.models import User
from newsroom.articles.models import Article
from newsroom.reading import ArticleTarget

pytestmark = pytest.mark.django_db

KEY, OTHER_KEY = "a" * 63 + "1", "b" * 63 + "2"
MARK = "Quenelle"
"""Stands in everything that is Mira's or about her, and nowhere else."""


@pytest.fixture
def thread(article: Article) -> Thread:
    return open_thread(ArticleTarget(article))


@pytest.fixture
def says(thread: Thread) -> Callable[..., Comment]:
    def say(text: str, **differing: Any) -> Comment:
        comment = Comment.objects.create(thread=thread, source=text, html=f"<p>{text}</p>", **differing)
        if comment.state == State.APPROVED:
            Thread.objects.update(approved=F("approved") + 1)
        return comment

    return say


@pytest.fixture
def mira(registered: Callable[..., User]) -> User:
    return registered("mira")


@pytest.fixture
def life(says, mira: User, moderator: User, person) -> dict[str, Comment]:
    """Mira's comments in every state, from everywhere, with all that hangs on them; and others' beside them."""
    reader = person("olaf")
    of_hers = {"author": mira, "author_key": KEY, "address_hash": "c" * 64, "name": f"{MARK} M."}
    traits = {"honeypot": f"{MARK} honey", "seconds_to_fill": 7.0}
    reasons = [{"rule": "learnt", "weight": 1.0, "params": {"words": MARK}, "spans": []}]
    one = says(f"{MARK} approved", state="approved", traits=traits, reasons=reasons, fingerprint=77, **of_hers)
    reply = says("I agree with her.", state="approved", author=reader, parent=one, root=one, depth=1)
    Comment.objects.filter(pk=one.pk).update(approved_replies=1)
    rejected = says(f"{MARK} rejected", **of_hers)
    moderation.decide(rejected, "reject", by=moderator, reason="off-topic", note=f"She wrote {MARK}")
    contested = Decision.objects.get(comment=rejected)
    Appeal.objects.create(comment=rejected, contested=contested, text=f"{MARK} is on topic")
    Comment.objects.filter(pk=rejected.pk).update(has_open_appeal=True)
    redacted = says(f"{MARK} redacted", state="pending", screened_at=timezone.now(), **of_hers)
    moderation.redact(redacted, "█ redacted", by=moderator)
    gone = says(f"{MARK} taken back", state="approved", **of_hers)
    moderation.decide(gone, "remove", by=mira)
    guest = says(f"{MARK} as a guest", state="spam", name=MARK, email="Mira@Example.org", author_key=OTHER_KEY)
    Report.objects.create(comment=one, reporter=reader, note=f"{MARK} is rude", made_at=timezone.now())
    Comment.objects.filter(pk=one.pk).update(open_reports=1)
    Report.objects.create(
        comment=reply, reporter=mira, reporter_key=KEY, address_hash="c" * 64, note=MARK, weight=2
    )
    Note.objects.create(comment=guest, text=f"{MARK} again", by=moderator)
    Note.objects.create(account=mira, text=f"Look out for {MARK}", by=moderator)
    Note.objects.create(author_key=OTHER_KEY, text=f"{MARK}, I think", by=moderator)
    Letter.objects.create(kind="reason", comment=rejected, decision=contested, recipient=mira)
    Restriction.objects.create(
        account=mira,
        email="mira@example.org",
        shown_name=MARK,
        note=f"{MARK} once more",
        comment=one,
        by=moderator,
    )
    ended = {"author_key": OTHER_KEY, "shown_name": MARK, "lifted_at": timezone.now()}
    Restriction.objects.create(effect="watch", comment=guest, **ended)
    tallies.recount()
    return {"one": one, "reply": reply, "rejected": rejected, "redacted": redacted, "gone": gone, "guest": guest}


def texts() -> str:
    """Everything that can be read in any table of the comments."""
    found = []
    for model in apps.get_app_config("comments").get_models():
        columns = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, CharField | TextField | EmailField | JSONField)
        ]
        found += [
            f"{model.__name__}.{name}: {row[name]}" for row in model.objects.values(*columns) for name in columns
        ]
    return "\n".join(found)


def links_to(user: User) -> list[str]:
    """The columns of the comments that still name this account."""
    return [
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("comments").get_models()
        for field in model._meta.concrete_fields
        if field.related_model is get_user_model() and model.objects.filter(**{field.name: user}).exists()
    ]


def everything(person: privacy.Person, **how: Any) -> dict[str, Any]:
    return json.loads("".join(privacy.export(person, **how)))


def test_all_that_is_a_persons_is_erased_from_every_table(life, mira: User) -> None:
    assert all(mark in texts() for mark in (MARK, "Mira@Example.org", KEY, OTHER_KEY, "c" * 64))
    erased = privacy.erase(privacy.of_account(mira))
    assert erased == privacy.Belongings(comments=5, reports=1, appeals=1, notes=2, restrictions=1)
    left = texts()
    for mark in (MARK, "mira@example.org", KEY, OTHER_KEY, "c" * 64):
        assert mark.lower() not in left.lower()
    assert "I agree with her." in left
    assert links_to(mira) == ["Restriction.account"]
    assert not Redaction.objects.exists()
    assert not Letter.objects.exists()


def test_rows_log_and_numbers_stay_whole(life, mira: User, moderator: User) -> None:
    before = list(Decision.objects.values_list("pk", "action", "reason", "by"))
    privacy.erase(privacy.of_account(mira))
    ours = Comment.objects.exclude(pk=life["reply"].pk)
    assert set(ours.values_list("state", "source", "html", "name", "author")) == {("removed", "", "", "", None)}
    kept = list(Decision.objects.filter(rule="").values_list("pk", "action", "reason", "by"))
    assert kept == [(pk, action, why, None if action == "remove" else by) for pk, action, why, by in before]
    lines = Decision.objects.filter(rule="erasure").order_by("comment").values_list("comment", "before", "after")
    assert list(lines) == [
        (life["one"].pk, "approved", "removed"),
        (life["rejected"].pk, "rejected", "removed"),
        (life["redacted"].pk, "pending", "removed"),
        (life["guest"].pk, "spam", "removed"),
    ]
    assert tallies.recount() == 0
    assert Thread.objects.get().approved == 1
    assert Comment.objects.get(pk=life["one"].pk).approved_replies == 1
    theirs = Report.objects.get(comment=life["reply"])
    assert (theirs.weight, theirs.outcome, theirs.reporter, theirs.note) == (2, "", None, "")
    assert set(Report.objects.filter(comment=life["one"]).values_list("outcome")) == {("moot",)}
    assert Appeal.objects.get().outcome == "moot"
    today = timezone.localdate()
    figures = transparency.figures(Period(since=today, until=today))
    assert (figures.received, figures.by_people, figures.removed, figures.seen_by_people) == (6, 2, 5, 2)


def test_a_ban_outlives_what_it_was_about(life, mira: User) -> None:
    privacy.erase(privacy.of_account(mira))
    ban = Restriction.objects.get()
    assert (ban.account, ban.effect, ban.is_in_force) == (mira, "ban", True)
    assert (ban.shown_name, ban.note, ban.comment) == ("", "", None)
    assert ban.email == authors.unreadable("MIRA@example.org ")
    assert authors.unreadable(ban.email) == ban.email
    ban.full_clean()


def test_erasing_twice_erases_nothing_more(life, mira: User) -> None:
    person = privacy.of_account(mira)
    privacy.erase(person)
    lines = Decision.objects.count()
    assert privacy.erase(person) == privacy.Belongings(restrictions=1)
    assert Decision.objects.count() == lines


def test_what_is_interrupted_goes_on_where_it_stopped(says, mira: User, monkeypatch) -> None:
    for number in range(5):
        says(f"Comment {number}", author=mira)
    monkeypatch.setattr(emptying, "AT_ONCE", 2)
    real, calls = moderation.decide_all, []

    def fails_at_the_second(*args: Any, **kwargs: Any) -> Any:
        calls.append(args)
        if len(calls) == 2:
            raise ConnectionError("the plug was pulled")
        return real(*args, **kwargs)

    monkeypatch.setattr(moderation, "decide_all", fails_at_the_second)
    with pytest.raises(ConnectionError):
        privacy.erase(privacy.of_account(mira))
    assert Comment.objects.filter(author=mira).count() == 3
    assert privacy.erase(privacy.of_account(mira)).comments == 3
    assert Decision.objects.filter(rule="erasure").count() == 5


@pytest.mark.parametrize("overtaken", [9, 10])
def test_who_decides_at_the_same_moment_comes_first_and_erasing_tries_again(
    says, mira, monkeypatch, overtaken
) -> None:
    says("Decided just now", author=mira)
    real, times = moderation.decide_all, iter(range(overtaken))

    def somebody_is_quicker(*args: Any, **kwargs: Any) -> Any:
        if next(times, None) is not None:
            Comment.objects.update(version=F("version") + 1)
        return real(*args, **kwargs)

    monkeypatch.setattr(moderation, "decide_all", somebody_is_quicker)
    if overtaken == 10:
        with pytest.raises(moderation.StaleError):
            privacy.erase(privacy.of_account(mira))
        assert Comment.objects.get().source == "Decided just now"
    else:
        assert privacy.erase(privacy.of_account(mira)).comments == 1
        assert Comment.objects.get().source == ""


def test_erasing_costs_the_same_for_one_and_for_many(says, mira: User, django_assert_max_num_queries) -> None:
    for number in range(60):
        says(f"Comment {number}", author=mira, state="approved")
    with django_assert_max_num_queries(52):
        assert privacy.erase(privacy.of_account(mira)).comments == 60


def test_a_browser_is_a_person_and_what_others_typed_is_not(says, mira: User) -> None:
    """On a shared computer an account's comments are not the guest's, nor the other way round by a name."""
    of_the_guest = says("Mine", author_key=KEY, email="mira@example.org", name="mira")
    of_the_account = says("Hers", author=mira, author_key=KEY)
    says("Somebody's", author_key=OTHER_KEY)
    says("Nobody's, from an import")
    assert list(privacy.Person(author_key=KEY).comments()) == [of_the_guest]
    assert set(privacy.of_account(mira).comments()) == {of_the_account, of_the_guest}
    assert not privacy.Person().comments().exists()
    privacy.erase(privacy.Person(author_key=KEY))
    assert sorted(Comment.objects.exclude(source="").values_list("source", flat=True)) == [
        "Hers",
        "Nobody's, from an import",
        "Somebody's",
    ]


def test_an_address_that_is_not_confirmed_proves_nothing(says, person) -> None:
    says("A guest's", email="nadia@example.org", author_key=OTHER_KEY)
    nadia = person("nadia", email="nadia@example.org")
    assert not privacy.belongings(privacy.of_account(nadia))
    assert privacy.found_by("nadia@example.org") is None
    assert privacy.found_by("nadia").account == nadia


def test_an_export_tells_everything_and_nothing_of_others(life, mira: User) -> None:
    told = everything(privacy.of_account(mira))
    assert [one["as_typed"] for one in told["comments"]] == [
        f"{MARK} approved",
        f"{MARK} rejected",
        "█ redacted",
        f"{MARK} taken back",
        f"{MARK} as a guest",
    ]
    rejected, redacted, gone = told["comments"][1:4]
    assert [(one["by"], one["action"], one["reason"]) for one in rejected["decisions"]] == [
        ("moderator", "reject", "Not about the article")
    ]
    assert rejected["appeal"]["text"] == f"{MARK} is on topic"
    assert redacted["before_redaction"] == [f"{MARK} redacted"]
    assert gone["decisions"][0]["by"] == "author"
    assert [(one["note"], one["browser"]) for one in told["reports"]] == [(MARK, KEY)]
    # A watch is the house's own business; an owner who answers a letter gives it out too.
    assert [(one["effect"], one["in_force"]) for one in told["restrictions"]] == [("ban", True)]
    assert told["moderators_notes"] == 2
    written = json.dumps(told)
    others = ("is rude", "olaf", "I agree", "She wrote", "params")
    assert [one for one in others if one in written] == []


def test_an_owner_gives_out_moderators_notes_too_without_who_wrote_them(life, mira: User) -> None:
    told = everything(privacy.of_account(mira), with_notes=True)
    assert [one["text"] for one in told["moderators_notes"]] == [f"{MARK} again", f"Look out for {MARK}"]
    assert told["comments"][1]["decisions"][0]["note"] == f"She wrote {MARK}"
    assert {name for one in told["moderators_notes"] for name in one} == {"made_at", "comment", "text"}


def test_an_export_costs_the_same_for_one_and_for_three(says, mira, django_assert_num_queries) -> None:
    for number in range(3):
        says(f"Comment {number}", author=mira)
        with django_assert_num_queries(5):
            assert len(everything(privacy.Person(account=mira))["comments"]) == number + 1


def test_what_is_erased_does_not_come_back_with_the_next_import(article: Article, says) -> None:
    old = importing.Incoming(
        origin="old:1", text="Said long ago", submitted_at=timezone.now(), email="mira@example.org"
    )
    importing.bring_in(targets.of(article), [old])
    Comment.objects.update(author_key=KEY)
    privacy.erase(privacy.Person(author_key=KEY))
    for update in (False, True):
        assert importing.bring_in(targets.of(article), [old], update=update) == importing.Brought(unchanged=1)
    assert Comment.objects.values_list("source", "email", "state").get() == ("", "", "removed")


def test_emptied_comments_are_harmless_everywhere(life, mira: User, moderator: User, signed_in, article) -> None:
    client, desk = Client(), signed_in(moderator)
    page = client.get(article.get_absolute_url()).content.decode()
    assert "mira" in page  # kept as a fragment from here on
    privacy.erase(privacy.of_account(mira))
    page = client.get(article.get_absolute_url()).content.decode()
    assert MARK not in page
    assert "mira" not in page
    assert "This comment is not shown." in page
    assert "I agree with her." in page
    one = life["one"].pk
    assert client.get(f"/comments/{one}/").status_code == 404
    addresses = {
        f"/api/v1/articles/{article.code}/comments/": client,
        "/admin/comments/comment/": desk,
        f"/admin/comments/comment/{one}/change/": desk,
        f"/admin/comments/comment/{life['reply'].pk}/change/": desk,
        "/admin/comments/decision/": desk,
        "/admin/comments/decision/report/": desk,
        "/api/v1/moderation/comments/?state=removed": desk,
    }
    for address, who in addresses.items():
        answer = who.get(address)
        assert (answer.status_code, MARK in answer.content.decode()) == (200, False), address
    log = b"".join(desk.get("/admin/comments/decision/log.csv").streaming_content).decode()
    assert log.count("\r\n") == 1 + Decision.objects.count()


@pytest.mark.parametrize("way", ["instance", "list"])
def test_the_comments_of_an_account_that_is_deleted_are_nobodys(life, mira: User, article, way: str) -> None:
    reader = Client()
    assert "mira" in reader.get(article.get_absolute_url()).content.decode()
    if way == "instance":
        mira.delete()
    else:
        User.objects.filter(pk=mira.pk).delete()
    one = Comment.objects.get(pk=life["one"].pk)
    assert (one.source, one.state, one.public_name) == (f"{MARK} approved", "approved", "")
    assert set(Comment.objects.values_list("email", "author_key", "address_hash")) == {("", "", "")}
    assert "mira" not in reader.get(article.get_absolute_url()).content.decode()
    ban = Restriction.objects.get()
    assert (ban.account, ban.email, ban.is_in_force) == (None, authors.unreadable("mira@example.org"), True)
    assert not Note.objects.filter(text__contains="Look out").exists()
    assert Decision.objects.filter(action="remove").count() == 1


def test_a_ban_of_an_account_that_nothing_else_names_goes_with_it(person) -> None:
    nameless = person("nameless")
    Restriction.objects.create(account=nameless)
    nameless.delete()
    assert not Restriction.objects.exists()


def test_others_who_are_deleted_leave_bans_alone(life, person, mira) -> None:
    person("stranger", email="stranger@example.org").delete()
    assert Restriction.objects.filter(account=mira, shown_name=MARK).count() == 1


def test_pages_kept_with_the_name_of_what_was_removed_before_are_made_anew(says, mira: User) -> None:
    moderation.decide(says("Taken back", author=mira, state="approved"), "remove", by=mira)
    before = Thread.objects.get().version
    privacy.erase(privacy.of_account(mira))
    assert Thread.objects.get().version > before
