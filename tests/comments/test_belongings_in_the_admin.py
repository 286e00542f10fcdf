"""Owners give out and erase what is a reader's, for who asks by mail."""

import json
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command

from comments.models import Comment, Note
from comments.threads import open_thread
from newsroom.reading import ArticleTarget

pytestmark = pytest.mark.django_db

PAGE = "/admin/comments/comment/of-a-reader/"


@pytest.fixture
def mira(registered, article):
    reader = registered("mira")
    thread = open_thread(ArticleTarget(article))
    Comment.objects.create(thread=thread, source="Hers", html="<p>Hers</p>", author=reader)
    Comment.objects.create(thread=thread, source="As a guest", html="<p>As a guest</p>", email="mira@example.org")
    Note.objects.create(account=reader, text="A note on her")
    return reader


@pytest.fixture
def owner(person, signed_in):
    return signed_in(person("owner", "Owner", is_staff=True))


@pytest.mark.parametrize("who", ["mira", "Mira", "mira@example.org", " MIRA@example.org "])
def test_an_owner_finds_gives_out_and_erases(owner, mira, who: str) -> None:
    page = owner.get(PAGE, {"who": who}).content.decode()
    assert "2 comments</li>" in page
    assert "1 note of moderators</li>" in page
    for notes, told in ({}, 1), ({"notes": "yes"}, ["A note on her"]):
        answer = owner.get(f"{PAGE}export/", {"who": who} | notes)
        found = json.loads(b"".join(answer.streaming_content))
        assert [one["as_typed"] for one in found["comments"]] == ["Hers", "As a guest"]
        given = found["moderators_notes"]
        assert (given if isinstance(given, int) else [one["text"] for one in given]) == told
    answer = owner.post(f"{PAGE}erase/", {"who": who, "again": "mira"}, follow=True)
    assert "2 comments are erased" in answer.content.decode()
    assert set(Comment.objects.values_list("source", "state")) == {("", "removed")}
    logged = LogEntry.objects.get()
    assert (logged.user.username, logged.object_repr) == ("owner", f"Account {mira.pk}")


def test_without_the_name_typed_again_nothing_is_erased(owner, mira) -> None:
    for again in ({}, {"again": "somebody"}, {"again": "mira\x00"}):
        answer = owner.post(f"{PAGE}erase/", {"who": "mira"} | again, follow=True)
        assert "Nothing was erased." in answer.content.decode()
    assert owner.get(f"{PAGE}erase/", {"who": "mira", "again": "mira"}).status_code == 405
    assert Comment.objects.filter(source="").count() == 0


@pytest.mark.parametrize("who", ["nobody", "nobody@example.org", "m" * 40_000, "9" * 30])
def test_who_is_not_there_is_said_so(owner, mira, who: str) -> None:
    answer = owner.get(PAGE, {"who": who})
    assert (answer.status_code, "No account has this name" in answer.content.decode()) == (404, True)
    assert owner.get(f"{PAGE}export/", {"who": who}).status_code == 302
    assert owner.post(f"{PAGE}erase/", {"who": who, "again": who}).status_code == 302


@pytest.mark.parametrize("group", ["Moderator", "Section moderator", "Editor"])
def test_who_may_not_is_refused(person, signed_in, mira, group: str) -> None:
    client = signed_in(person("other", group, is_staff=True))
    assert client.get(PAGE, {"who": "mira"}).status_code == 403
    assert client.get(f"{PAGE}export/", {"who": "mira"}).status_code == 403
    assert client.post(f"{PAGE}erase/", {"who": "mira", "again": "mira"}).status_code == 403
    assert Comment.objects.filter(source="").count() == 0


def test_the_log_leads_owners_there(owner, signed_in, moderator) -> None:
    assert PAGE in owner.get("/admin/comments/decision/").content.decode()
    assert PAGE not in signed_in(moderator).get("/admin/comments/decision/").content.decode()


def test_the_commands_do_the_same(mira, monkeypatch) -> None:
    out = StringIO()
    call_command("export_comments_of", "mira", stdout=out)
    assert len(json.loads(out.getvalue())["comments"]) == 2
    monkeypatch.setattr("builtins.input", lambda asked: "no")
    with pytest.raises(CommandError, match="Nothing was erased"):
        call_command("erase_comments_of", "mira")
    with pytest.raises(CommandError, match="No account"):
        call_command("erase_comments_of", "nobody", "--yes")
    call_command("erase_comments_of", "mira", "--yes", stdout=StringIO())
    assert Comment.objects.filter(source="").count() == 2
