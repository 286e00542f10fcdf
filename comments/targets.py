"""What a host tells the comments about the things commented on: one registration per model.

@targets.register(Article)
class ArticleTarget(targets.Target):
    def may_read(self, request):
        return self.obj.is_public
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import get_language

OPEN, HELD, CLOSED = "open", "held", "closed"


class NotRegisteredError(LookupError):
    """The comments were asked about an object whose model nobody has registered."""


class NoSuchTargetError(LookupError):
    """An address or a form names something that is not there, or that nobody may comment on."""


class Target:
    """One thing commented on, as the comments see it. A host overrides what its model calls otherwise."""

    registered: ClassVar[dict[type[Model], type["Target"]]] = {}

    def __init__(self, obj: Model) -> None:
        self.obj: Any = obj

    @property
    def key(self) -> str:
        """As forms carry it, such as `articles.article:7`."""
        return f"{self.obj._meta.label_lower}:{self.obj.pk}"

    @property
    def title(self) -> str:
        return str(self.obj)

    @property
    def url(self) -> str:
        return self.obj.get_absolute_url()

    @property
    def reading_url(self) -> str:
        """Where readers find it with its thread: elsewhere, if `url` is a page for everybody."""
        return self.url

    @property
    def thread_url(self) -> str:
        """Where the pages of the thread are, `?after=` appended; the thing's own page unless told."""
        return self.url

    @property
    def section(self) -> str:
        """The part of the site, as moderators filter by it."""
        return ""

    @property
    def language(self) -> str:
        return get_language() or ""

    @property
    def published_at(self) -> datetime | None:
        return None

    @property
    def mode(self) -> str:
        """`open`, `held` (each comment waits for a person) or `closed`, unless the desk says otherwise."""
        return OPEN

    def is_public(self) -> bool:
        """May strangers know that it exists? False for drafts."""
        return True

    def may_read(self, request: HttpRequest) -> bool:
        """May this reader see the text that is commented on, and so its thread?"""
        return True

    def badges(self, user: Any) -> Sequence[str]:
        """What stands beside the name of a signed-in author: any of `author`, `staff`, `subscriber`."""
        return ["staff"] if user.is_staff else []

    def badges_of(self, users: Iterable[Any]) -> dict[int, Sequence[str]]:
        """The badges of many authors by key: asked once per page, so that a host can look them up at once."""
        return {user.pk: self.badges(user) for user in users}


def register(model: type[Model]):
    """A class decorator: objects of `model` are targets of this kind."""

    def remember(kind: type[Target]) -> type[Target]:
        Target.registered[model] = kind
        return kind

    return remember


def of(obj: Model) -> Target:
    """The target that stands for a host's object; raises `NotRegisteredError` for a foreign model."""
    for model in type(obj).__mro__:
        if kind := Target.registered.get(model):
            return kind(obj)
    raise NotRegisteredError(
        f"{obj._meta.label} is not registered with the comments. Add a class with "
        f"@comments.targets.register({obj._meta.object_name}) to a module that is imported at start."
    )


def behind(thread: Any) -> Target | None:
    """The target of a thread; None where the host has it no more, or registers its model no more. 1 query."""
    try:
        return of(thread.target) if thread.target is not None else None
    except (NotRegisteredError, ObjectDoesNotExist):
        return None


def named(key: str) -> Target:
    """The public target that a form's `app.model:key` names; raises `NoSuchTargetError`."""
    label, _, pk = key.partition(":")
    try:
        model = apps.get_model(label)
        if model in Target.registered:
            target = of(model._default_manager.get(pk=pk))
            if target.is_public():
                return target
    except (LookupError, ValueError, OverflowError, ObjectDoesNotExist):
        pass
    raise NoSuchTargetError(key)


def may_read(request: HttpRequest, obj: Model) -> bool:
    """May this reader see the thing commented on, and so its thread?"""
    return of(obj).may_read(request)
