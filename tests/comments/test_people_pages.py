"""The desk's pages about people and conversations, through the browser's requests."""

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from comments import handing_over, moderation, notes, restrictions, switching
from comments.models import Comment, HandOver, Note, Restriction, SectionModerator, Thread
from comments.states import State
from comments.threads import open_thread
from newsroom.articles.models import Article
from newsroom.reading import ArticleTarget

DESK = "/admin/comments/desk/"
BROWSER = "a" * 64


@pytest.fixture
def said(article: Article) -> Callable[..., Comment]:
    def say(text: str = "Said", **differing) -> Comment:
        thread = differing.pop("thread", None) or open_thread(ArticleTarget(article))
        seen = {"screened_at": timezone.now()} | differing
        return Comment.objects.create(thread=thread, source=text, html=f"<p>{text}</p>", **seen)

    return say


@pytest.fixture
def desk(moderator, signed_in) -> Client:
    return signed_in(moderator)


@pytest.fixture
def of_section(person) -> Callable[..., object]:
    """Somebody who moderates some sections."""

    def make(username: str, *sections: str):
        one = person(username, "Section moderator", is_staff=True)
        for section in sections:
            SectionModerator.objects.create(user=one, section=section)
        return one

    return make


def words(page) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


@pytest.mark.django_db
def test_somebody_is_banned_and_what_waits_of_theirs_is_rejected(desk, said, moderator) -> None:
    first, second = said("Nasty", author_key=BROWSER, email="x@example.org"), said("Nastier", author_key=BROWSER)
    other = said("Kind", author_key="b" * 64)
    address, back = f"{DESK}ban/{first.pk}/", f"{DESK}?tab=pending"
    page = desk.get(address, {"back": back}).content.decode()
    assert re.findall(r'name="whom" value="(\w+)"', page) == ["person", "email", "domain"]
    sent = {
        "back": back,
        "whom": ["person", "email"],
        "length": "good",
        "effect": "ban",
        "reason": "abuse",
        "note": "Enough.",
        "rejects": "on",
        "waiting": re.findall(r'name="waiting" value="([\d:]+)"', page),
    }
    answer = desk.post(address, sent)
    assert (answer.status_code, answer["Location"]) == (302, back)
    made = Restriction.objects.order_by("pk").values("author_key", "email", "until", "reason", "note", "by")
    alike = {"until": None, "reason": "abuse", "note": "Enough.", "by": moderator.pk}
    assert list(made) == [
        {"author_key": BROWSER, "email": ""} | alike,
        {"author_key": "", "email": "x@example.org"} | alike,
    ]
    states = dict(Comment.objects.values_list("pk", "state"))
    assert states == {first.pk: "rejected", second.pk: "rejected", other.pk: "pending"}
    assert "Banned: they cannot comment from now on." in words(desk.get(back))


@pytest.mark.django_db
def test_what_somebody_else_decided_since_stays_as_it_is_and_is_told(desk, said, person) -> None:
    comment = said("Nasty", author_key=BROWSER)
    moderation.decide(Comment.objects.get(), "approve", by=person("second", "Moderator"))
    sent = {"whom": "person", "length": "day", "effect": "ban", "rejects": "on", "waiting": f"{comment.pk}:0"}
    told = words(desk.post(f"{DESK}ban/{comment.pk}/", sent, follow=True))
    assert "1 comment of theirs still waits." in told
    assert f"Comment {comment.pk} was decided in the meantime: second, approved." in told
    assert Comment.objects.get().state == State.APPROVED
    assert Restriction.objects.get().is_in_force


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"whom": []}, "Please choose whom it is to meet."),
        ({"length": "date"}, "Please choose the day."),
        ({"length": "date", "day": "2001-01-01"}, "Please choose a day that is still to come."),
        ({"length": "date", "day": "soon"}, "Enter a valid date."),
        ({"note": "n" * 40_000}, "at most 2000"),
        ({"whom": "network"}, "Select a valid choice"),
        ({"reason": "rude"}, "Select a valid choice"),
        ({"note": "\x00"}, "Null characters are not allowed."),
    ],
)
def test_a_ban_that_makes_no_sense_is_told_and_nothing_typed_is_lost(desk, said, wrong, told: str) -> None:
    comment = said(author_key=BROWSER)
    sent = {"whom": "person", "length": "week", "effect": "watch", "note": "Typed with care."} | wrong
    answer = desk.post(f"{DESK}ban/{comment.pk}/", sent)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    if "note" not in wrong:
        assert "Typed with care." in answer.content.decode()
    assert not Restriction.objects.exists()


@pytest.mark.django_db
def test_nobody_is_led_away_from_the_desk(desk, said) -> None:
    comment = said(author_key=BROWSER)
    sent = {"whom": "person", "length": "day", "effect": "ban"}
    for elsewhere in ("https://evil.example/", "//evil.example/admin/comments/desk/", "/admin/logout/"):
        answer = desk.post(f"{DESK}ban/{comment.pk}/", sent | {"back": elsewhere})
        assert answer["Location"] == f"{DESK}person/{comment.pk}/"


@pytest.mark.django_db
def test_from_a_row_one_returns_to_where_the_row_stood(desk, said) -> None:
    comment = said(author_key=BROWSER)
    page = desk.get(DESK, {"tab": "pending", "order": "time"}).content.decode()
    link = html.unescape(re.search(r'class="desk-ban" href="([^"]+)"', page)[1])
    sent = re.search(r'name="back" value="([^"]+)"', desk.get(link).content.decode())[1]
    answer = desk.post(link, {"whom": "person", "length": "day", "effect": "ban", "back": html.unescape(sent)})
    assert answer["Location"] == f"{DESK}?tab=pending&order=time"
    assert Restriction.objects.get().comment == comment


@pytest.mark.django_db
def test_the_page_of_a_person_tells_all_that_is_known(desk, said, registered, moderator) -> None:
    mira = registered("mira")
    comment = said("The first", author=mira, author_key=BROWSER)
    said("Another one", author=mira, state=State.REJECTED)
    said("A guest on the same machine", author_key=BROWSER)
    notes.add(comment, "Writes <b>well</b>.", by=moderator, on_person=True)
    [made] = restrictions.ban(comment, by=moderator, whom=["person"], effect="watch", note="After the quarrel.")
    moderation.decide(comment, "approve", by=moderator)
    told = words(desk.get(f"{DESK}person/{comment.pk}/"))
    for known in ("The first", "Another one", "Each comment waits for a moderator", "After the quarrel."):
        assert known in told
    assert "Writes &lt;b&gt;well&lt;/b&gt;." in told
    assert "A guest on the same machine" not in told
    desk.post(f"{DESK}lift/{made.pk}/")
    assert "lifted" in words(desk.get(f"{DESK}person/{comment.pk}/"))


@pytest.mark.django_db
def test_somebodys_comments_go_on_over_pages_and_none_twice(desk, said) -> None:
    now = timezone.now()
    for number in range(60):
        said(f"Number {number:02}.", author_key=BROWSER, submitted_at=now - timedelta(minutes=number // 2))
    address, found = f"{DESK}person/{Comment.objects.first().pk}/", []
    while address:
        page = desk.get(address).content.decode()
        found += re.findall(r'class="desk-text"[^>]*>\s*<p>(Number \d\d\.)', page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        address = following and following[1]
    assert sorted(found) == [f"Number {number:02}." for number in range(60)]


@pytest.mark.django_db
def test_a_note_is_written_on_a_comment_or_on_the_person(desk, said, moderator) -> None:
    comment = said(author_key=BROWSER)
    desk.post(f"{DESK}note/{comment.pk}/", {"text": "Look again."})
    desk.post(f"{DESK}note/{comment.pk}/", {"text": "A friend.", "on": "person"})
    for wrong, told in (("", "Please write the note first."), ("n" * 40_000, "The note is too long")):
        answer = desk.post(f"{DESK}note/{comment.pk}/", {"text": wrong}, follow=True)
        assert told in words(answer)
    kept = Note.objects.values("comment", "author_key", "text", "by")
    assert list(kept) == [
        {"comment": comment.pk, "author_key": "", "text": "Look again.", "by": moderator.pk},
        {"comment": None, "author_key": BROWSER, "text": "A friend.", "by": moderator.pk},
    ]
    with pytest.raises(moderation.NotAllowedError, match="Nothing tells who wrote"):
        notes.add(said("Imported"), "Who?", by=moderator, on_person=True)
    conversation = words(desk.get(f"{DESK}conversation/{comment.thread_id}/"))
    assert "Look again." in conversation


def order(page: str) -> list[str]:
    return re.findall(r'class="desk-text"[^>]*>\s*<p>(\w+)', page)


@pytest.mark.django_db
def test_a_conversation_stands_as_readers_see_it_in_all_states(desk, said) -> None:
    now = timezone.now()

    def at(minute: int, text: str, parent: Comment | None = None, **differing) -> Comment:
        root = (parent.root or parent) if parent else None
        depth = parent.depth + 1 if parent else 0
        moment = now - timedelta(minutes=60 - minute)
        return said(text, parent=parent, root=root, depth=depth, submitted_at=moment, **differing)

    old = at(1, "old", state=State.APPROVED)
    new = at(5, "new", state=State.SPAM)
    answer = at(2, "answer", old, state=State.REJECTED)
    at(4, "late", old)
    at(6, "below", answer, state=State.APPROVED)
    page = desk.get(f"{DESK}conversation/{old.thread_id}/", {"comment": answer.pk}).content.decode()
    assert order(page) == ["new", "old", "answer", "below", "late"]
    assert re.findall(r'talk-depth-(\d) is-(\w+)( is-asked)?"', page) == [
        ("0", "spam", ""),
        ("0", "approved", ""),
        ("1", "rejected", " is-asked"),
        ("2", "approved", ""),
        ("1", "pending", ""),
    ]
    assert new.thread_id == old.thread_id


@pytest.mark.django_db
def test_a_long_conversation_is_read_both_ways_without_a_gap(desk, said) -> None:
    now, everything = timezone.now(), []
    for number in range(13):
        root = said(f"root{number:02}", submitted_at=now - timedelta(minutes=number))
        everything.append(root.source)
        for reply in range(11):
            moment = now + timedelta(minutes=reply // 2)
            said(f"reply{number:02}x{reply:02}", parent=root, root=root, depth=1, submitted_at=moment)
            everything.append(f"reply{number:02}x{reply:02}")
    middle = Comment.objects.get(source="reply06x05")
    start = f"{DESK}conversation/{middle.thread_id}/"
    page = desk.get(start, {"comment": middle.pk}).content.decode()
    found = order(page)
    assert (len(found), found[25]) == (50, "reply06x05")
    for rel, add in (("next", list.__add__), ("prev", lambda known, more: more + known)):
        following, steps = page, 0
        while link := re.search(rf'href="([^"]+)" rel="{rel}"', following):
            following = desk.get(link[1]).content.decode()
            found, steps = add(found, order(following)), steps + 1
            assert steps < 9
    assert found == everything


@pytest.mark.django_db
def test_thirty_comments_cost_as_many_queries_as_one(
    desk, said, moderator, registered, django_assert_max_num_queries
) -> None:
    first = said("Said", author=registered("mira"), author_key=BROWSER)
    asked = {"comment": first.pk}
    pages = (f"{DESK}conversation/{first.thread_id}/", f"{DESK}person/{first.pk}/", f"{DESK}ban/{first.pk}/")
    for address in pages:
        with django_assert_max_num_queries(30) as one:
            desk.get(address, asked)
        counted = len(one)
        for number in range(30):
            reader = registered(f"r{number}x{Comment.objects.count()}")
            own = said("Mine", author=first.author, parent=first, root=first, depth=1)
            said("More", author=reader, parent=own, root=first, depth=2, state=State.APPROVED)
            notes.add(own, "Noted.", by=moderator)
        with django_assert_max_num_queries(counted + 1):  # the last decisions, of which there were none
            desk.get(address, asked)


@pytest.mark.django_db
def test_a_thread_is_closed_and_opened_from_its_conversation(desk, said, of_section) -> None:
    thread = said().thread
    address = f"{DESK}conversation/{thread.pk}/"
    for mode in ("closed", "held", ""):
        desk.post(f"{address}mode/", {"mode": mode})
        assert Thread.objects.get().mode == mode
    told = words(desk.post(f"{address}mode/", {"mode": "ajar"}, follow=True))
    assert "Nothing was changed. Please choose what is to hold for this thread." in told
    with pytest.raises(moderation.NotPermittedError):
        switching.switch(thread, "closed", by=of_section("other", "elsewhere"))
    assert Thread.objects.get().mode == ""


@pytest.mark.django_db
def test_a_thread_is_handed_to_somebody_who_moderates_its_section(
    desk, said, moderator, person, of_section, signed_in
) -> None:
    thread = said().thread
    here, elsewhere = of_section("here", thread.section), of_section("elsewhere", "another")
    address = f"{DESK}conversation/{thread.pk}/"
    assert set(handing_over.who_could(thread)) == {moderator, here}
    told = words(desk.post(f"{address}hand-over/", {"to": elsewhere.pk}, follow=True))
    assert "Please choose somebody who moderates this section." in told
    desk.post(f"{address}hand-over/", {"to": here.pk, "note": "It is getting hot."})
    desk.post(f"{address}hand-over/", {"to": here.pk, "note": "Twice."})
    assert HandOver.objects.values("by", "to", "note").get() == {
        "by": moderator.pk,
        "to": here.pk,
        "note": "It is getting hot.",
    }
    assert list(handing_over.handed_to(here)) == [thread]
    assert f"Handed to you: {thread.title}" in words(signed_in(here).get(DESK))
    assert "Handed to you" not in words(desk.get(DESK))
    SectionModerator.objects.filter(user=here).delete()
    assert not handing_over.handed_to(type(here).objects.get(pk=here.pk)).exists()
    desk.post(f"{address}hand-over/", {"to": ""})
    assert Thread.objects.get().keeper is None
    with pytest.raises(moderation.NotAllowedError, match="does not moderate"):
        handing_over.hand_over(thread, by=moderator, to=person("reader"))


@pytest.mark.django_db
def test_a_part_is_blacked_out_and_readers_are_told(desk, said, client, article) -> None:
    comment = said("Call me at 555 0199, please.", state=State.APPROVED)
    Thread.objects.update(approved=1)
    address = f"{DESK}redact/{comment.pk}/"
    same = desk.post(address, {"text": comment.source, "version": 0, "note": "Kept."})
    assert (same.status_code, "Please change the text" in same.content.decode()) == (409, True)
    assert "Kept." in same.content.decode()
    desk.post(address, {"text": "Call me at █████, please.", "version": 0, "reason": "personal-data"})
    readers = client.get(article.get_absolute_url()).content.decode()
    assert "Call me at █████, please." in readers
    assert "A moderator has removed a part of this comment." in readers
    assert "555 0199" not in readers
    conversation = words(desk.get(f"{DESK}conversation/{comment.thread_id}/"))
    assert "Call me at 555 0199, please." in conversation
    stale = desk.post(address, {"text": "Mine", "version": 0})
    assert (stale.status_code, "was decided in the meantime" in stale.content.decode()) == (409, True)
    assert '<textarea id="redact-text"' in stale.content.decode()
    assert "Mine</textarea>" in stale.content.decode()


@pytest.mark.django_db
def test_a_moderator_of_a_section_sees_and_decides_only_there(said, of_section, signed_in, write, section) -> None:
    mine = said("In my section", author_key=BROWSER)
    other_thread = Thread.objects.create(
        content_type=mine.thread.content_type, object_id="99", section="Elsewhere"
    )
    other = said("In another", thread=other_thread, author_key=BROWSER)
    desk = signed_in(of_section("mine", mine.thread.section))
    assert "In another" not in words(desk.get(f"{DESK}person/{mine.pk}/"))
    for address in (
        f"ban/{other.pk}",
        f"person/{other.pk}",
        f"conversation/{other_thread.pk}",
        f"redact/{other.pk}",
    ):
        answer = desk.get(f"{DESK}{address}/", follow=True)
        assert answer.redirect_chain == [(DESK, 302)]
        assert "This is not in a section of yours, or not any more." in words(answer)
    sent = {"whom": "person", "length": "day", "effect": "ban", "text": "x", "version": 0, "mode": "closed"}
    for address in (
        f"ban/{other.pk}",
        f"note/{other.pk}",
        f"redact/{other.pk}",
        f"conversation/{other_thread.pk}/mode",
        f"conversation/{other_thread.pk}/hand-over",
    ):
        assert "This is not in a section of yours" in words(desk.post(f"{DESK}{address}/", sent, follow=True))
    assert "In another" not in words(desk.get("/admin/comments/comment/"))
    assert [one["text"] for one in desk.get("/api/v1/moderation/comments/").json()["results"]] == [
        "<p>In my section</p>"
    ]
    wanted = {"action": "approve", "version": 0}
    answers = [
        desk.post(
            f"/api/v1/moderation/comments/{one.pk}/decide/", wanted, content_type="application/json"
        ).status_code
        for one in (mine, other)
    ]
    assert answers == [200, 403]
    other.refresh_from_db()
    assert (other.state, other.source, Restriction.objects.count()) == (State.PENDING, "In another", 0)


@pytest.mark.django_db
def test_a_moderator_who_lost_the_section_in_between_is_told(said, of_section, signed_in) -> None:
    comment = said(author_key=BROWSER)
    one = of_section("mine", comment.thread.section)
    desk = signed_in(one)
    assert desk.get(f"{DESK}ban/{comment.pk}/").status_code == 200
    SectionModerator.objects.all().delete()
    sent = {"whom": "person", "length": "day", "effect": "ban"}
    assert "or not any more" in words(desk.post(f"{DESK}ban/{comment.pk}/", sent, follow=True))
    one.groups.set(Group.objects.none())
    assert desk.get(f"{DESK}ban/{comment.pk}/").status_code == 403
    assert not Restriction.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("number", [0, 2**63, 10**40])
@pytest.mark.parametrize("where", ["ban", "person", "conversation", "redact", "lift", "note"])
def test_numbers_of_nothing_lead_to_the_queue(desk, where: str, number: int) -> None:
    ask = desk.post if where in ("lift", "note") else desk.get
    answer = ask(f"{DESK}{where}/{number}/", follow=True)
    assert (answer.status_code, answer.redirect_chain) == (200, [(DESK, 302)])
    assert "not there any more" in words(answer)
