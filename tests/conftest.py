"""What the stories of the suite have in common: an article, some readers, a clean slate."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from comments import house, wordlists
from metering import outages, remembered
from newsroom.accounts import addresses
from newsroom.accounts.models import User
from newsroom.articles import view_counter
from newsroom.articles.models import Article, Section

PARAGRAPHS = 8


@pytest.fixture(autouse=True)
def clean_slate() -> Iterator[None]:
    """Caches and counters live in the process; no test starts with what another left."""
    cache.clear()
    view_counter.forget()
    remembered.forget()
    house.forget()
    wordlists.forget()
    outages.forget()
    yield
    outages.forget()
    view_counter.forget()


def sentence(number: int, paragraph: int) -> str:
    """A sentence that stands once in the world, so that a leak is seen."""
    return f"Sentence {paragraph} of story {number} stands nowhere else, whatever page one opens."


def body_of(number: int, paragraphs: int = PARAGRAPHS) -> str:
    return "\n".join(f"<p>{sentence(number, paragraph)}</p>" for paragraph in range(1, paragraphs + 1))


@pytest.fixture
def section(db: None) -> Section:
    return Section.objects.create(name="Harbour", slug="harbour")


@pytest.fixture
def write(section: Section) -> Callable[..., Article]:
    """Publishes an article: `write(7)` has the code 7007 and eight paragraphs that no other has."""

    def publish(number: int, **differing: Any) -> Article:
        fields = {
            "code": 7000 + number,
            "title": f"Story {number}",
            "slug": f"story-{number}",
            "lead": f"What story {number} is about.",
            "body": body_of(number),
            "section": section,
            "status": Article.Status.PUBLISHED,
            "published_at": timezone.now() - timedelta(hours=number),
        }
        return Article.objects.create(**fields | differing)

    return publish


@pytest.fixture
def article(write: Callable[..., Article]) -> Article:
    return write(1)


@pytest.fixture
def articles(write: Callable[..., Article]) -> list[Article]:
    return [write(number) for number in range(1, 8)]


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    def register(username: str, *groups: str, **differing: Any) -> User:
        user = User.objects.create_user(username, password="newsroom", **differing)
        user.groups.set(Group.objects.filter(name__in=groups))
        return user

    return register


@pytest.fixture
def registered(person: Callable[..., User]) -> Callable[..., User]:
    """A reader whose e-mail address is confirmed."""

    def register(username: str = "reader") -> User:
        reader = person(username, email=f"{username}@example.org")
        addresses.mark_as_verified(reader)
        return reader

    return register


@pytest.fixture
def moderator(person: Callable[..., User]) -> User:
    return person("moderator", "Moderator", is_staff=True)


@pytest.fixture
def editor(person: Callable[..., User]) -> User:
    return person("editor", "Editor", is_staff=True)


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return log_in
