"""Bans and watches: whom they meet, how long, and who may say so."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from comments import moderation, permissions, posting, restrictions, tasks
from comments.models import Comment, Restriction, SectionModerator
from comments.posting import Draft
from comments.restrictions import Whom
from comments.screening import Reason
from comments.states import State
from comments.threads import open_thread
from newsroom.articles.models import Article
from newsroom.reading import ArticleTarget

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BROWSER, OTHER = "a" * 64, "b" * 64
NETWORK = "e" * 64
SPAM = "Earn $5000 a week from home! WhatsApp +1 555 0100 https://t.me/earn https://bit.ly/earn buy cheap pills"


@pytest.fixture
def said(article: Article) -> Callable[..., Comment]:
    thread = open_thread(ArticleTarget(article))

    def say(**differing) -> Comment:
        return Comment.objects.create(thread=thread, **{"source": "x", "html": "x"} | differing)

    return say


@pytest.fixture
def guest(said) -> Comment:
    return said(name="Troll", author_key=BROWSER, email="Troll@Mail.Example.org", address_hash=NETWORK)


def is_met(article: Article, **draft) -> bool:
    """Whether the door for comments is shut to somebody."""
    try:
        posting.post(ArticleTarget(article), Draft(text=f"Good morning {len(str(draft))}, all of you.", **draft))
    except posting.Forbidden:
        return True
    return False


@pytest.mark.django_db
def test_a_banned_guest_is_met_by_the_browser_whatever_name_is_typed(article, guest, moderator) -> None:
    restrictions.ban(guest, by=moderator, whom={"person"})
    assert is_met(article, author_key=BROWSER, name="Somebody else")
    assert not is_met(article, author_key=OTHER, name="Troll", email=guest.email, address_hash=NETWORK)


@pytest.mark.django_db
def test_a_banned_account_is_met_signed_out_too(article, said, registered, moderator) -> None:
    mira = registered("mira")
    restrictions.ban(said(author=mira, author_key=BROWSER), by=moderator, whom=["person"])
    assert is_met(article, user=mira, author_key=OTHER)
    assert is_met(article, author_key=BROWSER)
    assert not is_met(article, user=registered("dara"), author_key=OTHER)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("whom", "typed", "met"),
    [
        ("email", "troll@mail.example.org", True),
        ("email", "TROLL@MAIL.EXAMPLE.ORG", True),
        ("email", "other@mail.example.org", False),
        ("domain", "other@mail.example.org", True),
        ("domain", "other@deep.mail.example.org", True),
        ("domain", "other@example.org", False),
        ("domain", "other@notmail.example.org", False),
    ],
)
def test_addresses_are_compared_in_small_letters_and_domains_with_what_is_below(
    article, guest, moderator, whom: str, typed: str, met: bool
) -> None:
    restrictions.ban(guest, by=moderator, whom=[whom])
    assert is_met(article, author_key=OTHER, email=typed) is met


@pytest.mark.django_db
def test_a_domain_is_the_same_in_letters_of_its_own_and_as_the_network_writes_it(article, said, moderator) -> None:
    restrictions.ban(said(email="x@bücher.example"), by=moderator, whom=["domain"])
    assert Restriction.objects.get().domain == "xn--bcher-kva.example"
    for typed in ("y@BÜCHER.example", "y@xn--bcher-kva.example", "y@a.bücher.example"):
        assert is_met(article, email=typed)


@pytest.mark.django_db
def test_an_accounts_own_address_is_met_also_where_none_is_typed(article, said, registered, moderator) -> None:
    restrictions.ban(said(email="mira@example.org"), by=moderator, whom=["email"])
    assert is_met(article, user=registered("mira"))


@pytest.mark.django_db
def test_a_network_is_met_for_thirty_days_at_most_and_forgotten_then(article, guest, moderator) -> None:
    with time_machine.travel(NOON, tick=False):
        [made] = restrictions.ban(guest, by=moderator, whom=["network"])
        assert made.until == NOON + timedelta(days=30)
        assert is_met(article, author_key=OTHER, address_hash=NETWORK)
    with time_machine.travel(NOON + timedelta(days=31), tick=False):
        assert not is_met(article, author_key=OTHER, address_hash=NETWORK)
        tasks.forget_addresses()
    assert Restriction.objects.get().address_hash == "forgotten"


@pytest.mark.django_db
def test_a_ban_ends_by_itself_and_the_reader_is_told_when(article, guest, moderator) -> None:
    with time_machine.travel(NOON, tick=False):
        restrictions.ban(guest, by=moderator, whom=["person"], until=NOON + timedelta(days=1))
        with pytest.raises(posting.Forbidden) as told:
            posting.post(ArticleTarget(article), Draft(text="Again", author_key=BROWSER))
    assert told.value.errors == {"text": "You cannot comment here until 2026/03/03 12:00."}
    with time_machine.travel(NOON + timedelta(days=1, seconds=1), tick=False):
        assert not is_met(article, author_key=BROWSER)


@pytest.mark.django_db
def test_by_what_somebody_was_met_the_reader_is_not_told(article, guest, moderator, client) -> None:
    restrictions.ban(guest, by=moderator, whom=["email"], note="Known from the other site.")
    target = ArticleTarget(article)
    sent = {"target": target.key, "text": "Once more, with feeling", "email": guest.email}
    client.get(article.get_absolute_url())
    page = client.post("/comments/post/", sent)
    assert page.status_code == 403
    assert "You cannot comment here." in page.content.decode()
    assert "Once more, with feeling" in page.content.decode()
    assert "other site" not in page.content.decode()
    answer = client.post(f"/api/v1/articles/{article.code}/comments/", sent, content_type="application/json")
    assert (answer.status_code, answer.json()["detail"]) == (403, "You cannot comment here.")


@pytest.mark.django_db
def test_a_watched_persons_comments_wait_whatever_their_score(
    article, said, moderator, settings, django_capture_on_commit_callbacks
) -> None:
    settings.COMMENTS = settings.COMMENTS | {"TRUSTED_AFTER_DECISIONS": 0, "SPAM_ABOVE": 0.9}
    restrictions.ban(said(author_key=BROWSER), by=moderator, whom=["person"], effect="watch")
    kept = []
    for author in (OTHER, BROWSER):
        for text in (f"A quiet thought about the harbour, by {author[0]}.", SPAM):
            with django_capture_on_commit_callbacks(execute=True):
                kept.append(posting.post(ArticleTarget(article), Draft(text=text, author_key=author)))
    assert [comment.state for comment in kept] == [State.APPROVED, State.SPAM, State.PENDING, State.PENDING]
    for watched in kept[2:]:
        assert Reason.from_json(watched.reasons[0]).sentence() == "Watched for good"
    assert Comment.objects.waiting().filter(pk__in=[one.pk for one in kept]).count() == 2


@pytest.mark.django_db
def test_twice_the_same_ban_is_one_and_the_longer_time_holds(guest, moderator) -> None:
    week = timezone.now() + timedelta(days=7)
    [first] = restrictions.ban(guest, by=moderator, whom=["person"], until=week, note="First.")
    [again] = restrictions.ban(guest, by=moderator, whom=["person"], until=week - timedelta(days=6))
    assert (again.pk, again.until, again.note) == (first.pk, week, "First.")
    [longer] = restrictions.ban(guest, by=moderator, whom=["person"], note="For good now.")
    assert (longer.pk, longer.until, longer.note) == (first.pk, None, "For good now.")
    [watch] = restrictions.ban(guest, by=moderator, whom=["person"], effect="watch")
    assert watch.pk != first.pk
    assert restrictions.lift(longer, by=moderator)
    [anew] = restrictions.ban(guest, by=moderator, whom=["person"])
    assert anew.pk not in (first.pk, watch.pk)


@pytest.mark.django_db
def test_lifting_is_written_down_once(article, guest, moderator, person) -> None:
    [made] = restrictions.ban(guest, by=moderator, whom=["person"])
    assert restrictions.lift(made, by=moderator)
    assert not restrictions.lift(made, by=person("second", "Moderator"))
    assert (made.lifted_by, made.is_in_force) == (moderator, False)
    assert not is_met(article, author_key=BROWSER)


@pytest.mark.django_db
def test_nobody_bans_who_works_here_or_themselves(said, moderator, editor) -> None:
    editor.email, editor.first_name = "ed@paper.example", "Edda"
    editor.save()
    refused = {
        said(author=editor): ("person", "Edda works here and cannot be banned"),
        said(author=moderator): ("person", "you cannot ban yourself"),
        said(email="ED@paper.example"): ("email", "is the address of somebody who works here"),
        said(email="guest@paper.example"): ("domain", "have addresses at paper.example"),
    }
    for comment, (whom, words) in refused.items():
        with pytest.raises(moderation.NotAllowedError, match=words):
            restrictions.ban(comment, by=moderator, whom=[whom])
    assert not Restriction.objects.exists()


@pytest.mark.django_db
def test_who_works_here_shares_a_network_with_a_banned_guest_and_may_write(
    article, guest, moderator, editor
) -> None:
    restrictions.ban(guest, by=moderator, whom=["person", "network", "domain"])
    assert not is_met(article, user=editor, author_key=BROWSER, address_hash=NETWORK)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"whom": []}, "choose whom"),
        ({"whom": ["email"]}, "does not tell this: This e-mail address"),
        ({"whom": ["planet"]}, "does not tell this: planet"),
        ({"until": NOON}, "still to come"),
        ({"reason": "rude"}, "not one of the reasons"),
        ({"note": "n" * 40_000}, "40000 characters"),
        ({"effect": "jail"}, "a ban or a watch"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(said, moderator, wrong, words: str) -> None:
    with pytest.raises(moderation.NotAllowedError, match=words):
        restrictions.ban(said(author_key=BROWSER), **{"by": moderator, "whom": ["person"]} | wrong)
    assert not Restriction.objects.exists()


@pytest.mark.django_db
def test_a_moderator_of_a_section_bans_there_and_meets_no_crowds(guest, person, moderator) -> None:
    mine, other = person("mine", "Section moderator", is_staff=True), person("other", "Section moderator")
    SectionModerator.objects.create(user=mine, section=guest.thread.section)
    SectionModerator.objects.create(user=other, section="elsewhere")
    for by, whom, words in (
        (other, "person", "You may not"),
        (mine, "domain", "all sections"),
        (mine, "network", "all sections"),
    ):
        with pytest.raises(moderation.NotPermittedError, match=words):
            restrictions.ban(guest, by=by, whom=[whom])
    [made] = restrictions.ban(guest, by=mine, whom=["person", "email"])[:1]
    with pytest.raises(moderation.NotPermittedError):
        restrictions.lift(made, by=other)
    assert restrictions.lift(made, by=mine)


@pytest.mark.django_db
def test_what_meets_somebody_is_asked_in_one_query(
    guest, moderator, registered, django_assert_num_queries
) -> None:
    mira = registered("mira")
    assert permissions.may_decide(moderator)
    for _ in range(2):
        with django_assert_num_queries(1):
            restrictions.in_force_for(mira, BROWSER, guest.email, NETWORK)
        restrictions.ban(guest, by=moderator, whom=list(Whom))
    with django_assert_num_queries(0):
        assert restrictions.in_force_for(None).ban is None
