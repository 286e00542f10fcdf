"""Puts the invented newspaper into the database; run again, it adds only what is missing."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core.files import File
from django.utils import timezone

from comments import holds, house, importing, restrictions, targets, urgency, verdicts, wordlists
from comments.models import Comment, SectionModerator
from comments.screening import Context, screen
from comments.states import State
from newsroom.accounts.models import User
from newsroom.articles.models import Article, Author, Correction, Section, Tag
from newsroom.demo_content import desk, readership
from newsroom.subscriptions.models import Subscription

CONTENT = Path(__file__).parent
PASSWORD = "newsroom"  # noqa: S105  known to everybody: the command refuses to run outside of DEBUG
FLOOD = 300


@dataclass(frozen=True)
class Role:
    """Somebody to log in as."""

    username: str
    display_name: str
    groups: tuple[str, ...] = ()
    is_staff: bool = False
    is_superuser: bool = False
    subscribes: bool = False
    sections: tuple[str, ...] = ()
    """Those whose comments somebody of the section moderators decides about."""


ROLES = (
    Role("admin", "Ada Owner", ("Owner",), is_staff=True, is_superuser=True),
    Role("editor", "Edda Editor", ("Editor",), is_staff=True),
    Role("moderator", "Milo Moderator", ("Moderator",), is_staff=True),
    Role("moderator2", "Maren Moderator", ("Moderator",), is_staff=True),
    Role("sport-moderator", "Sverre Moderator", ("Section moderator",), is_staff=True, sections=("sport",)),
    Role("subscriber", "Sunna Subscriber", subscribes=True),
    Role("reader", "Rafi Reader"),
)


def set_up(stage: str) -> None:
    """`fresh`: people and articles. `busy`: and comments and readers. `under-attack`: and a flood of spam."""
    people()
    articles()
    if stage in ("busy", "under-attack"):
        voices()
        desk.lay_out(timezone.now())
        readership.invent(now=timezone.now())
    if stage == "under-attack":
        flood()
    judge()


def people() -> None:
    for role in ROLES:
        user, made = User.objects.get_or_create(
            username=role.username,
            defaults={
                "email": f"{role.username}@newsroom.example",
                "display_name": role.display_name,
                "is_staff": role.is_staff,
                "is_superuser": role.is_superuser,
            },
        )
        if made:
            user.set_password(PASSWORD)
            user.save()
            user.groups.set(Group.objects.filter(name__in=role.groups))
            SectionModerator.objects.bulk_create(SectionModerator(user=user, section=one) for one in role.sections)
            if role.subscribes:
                Subscription.objects.create(person=user, note="Demo")
        if user.email:
            EmailAddress.objects.get_or_create(
                user=user, email=user.email, defaults={"verified": True, "primary": True}
            )


def articles() -> None:
    site = json.loads((CONTENT / "site.json").read_text())
    for position, told in enumerate(site["sections"]):
        parent = Section.objects.get(slug=told["parent"]) if told["parent"] else None
        described = {"name": told["name"], "description": told["description"]}
        Section.objects.get_or_create(
            slug=told["slug"], defaults={**described, "parent": parent, "position": position}
        )
    for told in site["tags"]:
        Tag.objects.get_or_create(slug=told["slug"], defaults={"name": told["name"]})
    for told in site["authors"]:
        Author.objects.get_or_create(slug=told["slug"], defaults={"name": told["name"], "bio": told["bio"]})
    now = timezone.now()
    for path in sorted((CONTENT / "articles").glob("*.html")):
        head, body = read(path)
        if not Article.objects.filter(code=head["code"]).exists():
            publish(head, body, now)


def read(path: Path) -> tuple[dict[str, Any], str]:
    """The head of an article's file, a JSON object in an HTML comment, and the body after it."""
    head, _, body = path.read_text().removeprefix("<!--").partition("-->")
    return json.loads(head), body.strip()


def publish(head: dict[str, Any], body: str, now: datetime) -> None:
    hours = head["published_hours_ago"]
    article = Article(
        **{
            name: head[name]
            for name in ("code", "slug", "language", "kicker", "title", "lead", "source", "policy")
        },
        **{name: head[name] for name in ("image_caption", "image_alt", "image_credit", "views")},
        discussion=head["comments"],
        body=body,
        section=Section.objects.get(slug=head["section"]),
        status=Article.Status.DRAFT if hours is None else Article.Status.PUBLISHED,
        published_at=None if hours is None else now - timedelta(hours=hours),
    )
    if head["image"]:
        with (CONTENT / "images" / head["image"]).open("rb") as picture:
            article.image.save(head["image"], File(picture), save=False)
            article.save()
    else:
        article.save()
    article.tags.set(Tag.objects.filter(slug__in=head["tags"]))
    article.authors.set(Author.objects.filter(slug__in=head["authors"]))
    for correction in head["corrections"]:
        made_at = now - timedelta(hours=correction["hours_ago"])
        Correction.objects.create(article=article, made_at=made_at, text=correction["text"])


def voices() -> None:
    """The threads, by the same door as an import."""
    now, people = timezone.now(), {user.username: user for user in User.objects.all()}
    for slug, thread in json.loads((CONTENT / "threads.json").read_text()).items():
        article = Article.objects.get(slug=slug)
        spoken = list(_spoken(slug, thread, now))
        importing.bring_in(targets.of(article), (incoming for incoming, _user in spoken))
        for incoming, user in spoken:
            if user:
                Comment.objects.filter(origin=incoming.origin).update(author=people[user], name="")


def judge() -> None:
    """Gives each comment that nobody published its score and reasons, for moderators to read.

    The reasons are those of screening; but nothing is published or called spam by itself.
    """
    rules, lists = house.settled(fresh=True), wordlists.in_force(fresh=True)
    unscored = Comment.objects.filter(origin__startswith="demo:", score=None, screened_at__isnull=False)
    for comment in unscored.exclude(state=State.APPROVED).select_related("thread", "author"):
        context = Context(verdicts.submission_of(comment))
        verdict = screen(context)
        # Who was banned or watched for a comment was not yet when it was written.
        met = restrictions.in_force_on(comment).reasons() if comment.state == State.PENDING else []
        held = holds.judge(rules.house, holds.facts_of(comment, context, rules), lists=lists)
        comment.score, comment.reasons = verdict.score, [one.to_json() for one in (*met, *verdict.reasons, *held)]
        if comment.state == State.PENDING:
            comment.urgent_at = urgency.moment(comment.submitted_at, score=verdict.score)
        comment.save(update_fields=["score", "reasons", "urgent_at"])


def _spoken(slug: str, voices: list[dict[str, Any]], now: datetime, parent: str = "") -> Iterator[tuple[Any, str]]:
    for number, told in enumerate(voices):
        origin = f"{parent or f'demo:{slug}'}/{number}"
        yield (
            importing.Incoming(
                origin=origin,
                parent=parent,
                text=told["text"],
                name=told["author"],
                email=told["email"],
                state=State(told["state"]),
                submitted_at=now - timedelta(hours=told["hours_ago"]),
            ),
            told.get("user", ""),
        )
        yield from _spoken(slug, told.get("replies", []), now, origin)


def flood() -> None:
    """A campaign against one article: hundreds of near-copies within the hour, all waiting."""
    article, now = Article.objects.published().newest().first(), timezone.now()
    if article is None:
        return
    offers = ("Earn {} a week from home", "Cheap watches, {} models", "Win {} coins today", "Slim in {} days")
    importing.bring_in(
        targets.of(article),
        (
            importing.Incoming(
                origin=f"demo:flood/{number}",
                text=f"{offers[number % 4].format(100 + number)}! http://offer-{number}.example/now",
                name=f"Offer {number}",
                submitted_at=now - timedelta(seconds=11 * number),
            )
            for number in range(FLOOD)
        ),
    )
