"""Bans, watches and moderators of sections in the model admin."""

from datetime import timedelta

import pytest
from django.utils import timezone

from comments import restrictions
from comments.models import Comment, Restriction, SectionModerator, Thread
from comments.threads import open_thread
from newsroom.articles.models import Article
from newsroom.reading import ArticleTarget

LIST = "/admin/comments/restriction/"


@pytest.fixture
def banned(article: Article, moderator) -> Restriction:
    comment = Comment.objects.create(
        thread=open_thread(ArticleTarget(article)), source="x", html="x", author_key="a" * 64, name="Troll"
    )
    return restrictions.ban(comment, by=moderator, whom=["person"], note="Why")[0]


@pytest.mark.django_db
def test_bans_are_listed_by_how_they_stand_and_lifted(banned, moderator, signed_in) -> None:
    day = timedelta(days=1)
    for name, past in (
        ("ended", {"until": timezone.now() - day}),
        ("lifted", {"lifted_at": timezone.now() - day}),
    ):
        Restriction.objects.create(email=f"{name}@example.org", shown_name=name, **past)
    desk = signed_in(moderator)
    for standing, name in (("force", "Troll"), ("ended", "ended"), ("lifted", "lifted")):
        page = desk.get(LIST, {"standing": standing}).content.decode()
        assert [one for one in ("Troll", "ended", "lifted") if f"<bdi>{one}</bdi>" in page] == [name]
    desk.post(LIST, {"action": "lift_chosen", "_selected_action": banned.pk})
    banned.refresh_from_db()
    assert (banned.is_in_force, banned.lifted_by) == (False, moderator)
    assert desk.post(f"{LIST}{banned.pk}/delete/").status_code == 403
    assert desk.get(f"{LIST}add/").status_code == 403


@pytest.mark.django_db
def test_only_its_end_and_the_note_can_be_changed(banned, moderator, signed_in) -> None:
    desk, address = signed_in(moderator), f"{LIST}{banned.pk}/change/"
    sent = {
        "until_0": "2099-01-01",
        "until_1": "00:00",
        "note": "Longer",
        "effect": "watch",
        "email": "x@example.org",
    }
    assert desk.post(address, sent).status_code == 302
    banned.refresh_from_db()
    assert (banned.until.year, banned.note, banned.effect, banned.email) == (2099, "Longer", "ban", "")
    assert "at most 2000" in desk.post(address, sent | {"note": "n" * 40_000}).content.decode()
    restrictions.lift(banned, by=moderator)
    assert desk.post(address, sent).status_code == 403


@pytest.mark.django_db
def test_a_network_stays_met_no_longer_than_it_is_kept(banned, moderator, signed_in) -> None:
    Restriction.objects.update(author_key="", address_hash="e" * 64)
    signed_in(moderator).post(f"{LIST}{banned.pk}/change/", {"note": "Why", "until_0": "", "until_1": ""})
    banned.refresh_from_db()
    assert banned.until == banned.made_at + timedelta(days=30)


@pytest.mark.django_db
def test_a_moderator_of_a_section_sees_the_bans_made_there(banned, person, signed_in) -> None:
    one = person("mine", "Section moderator", is_staff=True)
    line = SectionModerator.objects.create(user=one, section="Elsewhere")
    assert "Troll" not in signed_in(one).get(LIST).content.decode()
    SectionModerator.objects.filter(pk=line.pk).update(section=banned.comment.thread.section)
    assert "Troll" in signed_in(one).get(LIST).content.decode()


@pytest.mark.django_db
def test_the_owner_says_who_moderates_which_section(banned, person, signed_in) -> None:
    owner, one = person("owner", "Owner", is_staff=True), person("mine", "Section moderator", is_staff=True)
    section, address = banned.comment.thread.section, "/admin/comments/sectionmoderator/add/"
    desk = signed_in(owner)
    assert f'<option value="{section}">' in desk.get(address).content.decode()
    sent = {"user": one.pk, "section": section}
    assert "no effect yet" not in desk.post(address, sent, follow=True).content.decode()
    assert "already exists" in desk.post(address, sent).content.decode()
    reader = person("reader")
    assert "no effect yet" in desk.post(address, sent | {"user": reader.pk}, follow=True).content.decode()
    assert SectionModerator.objects.values_list("user", "section").order_by("pk")[0] == (one.pk, section)
    assert signed_in(one).get(address).status_code == 403


@pytest.mark.django_db
def test_a_moderator_of_a_section_closes_its_threads_alone(banned, person, signed_in) -> None:
    one, thread = person("mine", "Section moderator", is_staff=True), banned.comment.thread
    SectionModerator.objects.create(user=one, section="Elsewhere")
    address = f"/admin/comments/thread/{thread.pk}/change/"
    assert signed_in(one).post(address, {"mode": "closed"}).status_code == 302
    assert Thread.objects.get().mode == ""
    SectionModerator.objects.update(section=thread.section)
    signed_in(one).post(address, {"mode": "closed"})
    assert Thread.objects.get().mode == "closed"
