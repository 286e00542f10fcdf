"""What a host tells the meter about the things that are read: one registration per model.

@pieces.register(Article)
class ArticlePiece(pieces.Piece):
    body_field = "html"
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Model

METERED, FREE, SUBSCRIBERS = "metered", "free", "subscribers"
POLICIES = (METERED, FREE, SUBSCRIBERS)


class NotRegisteredError(LookupError):
    """The meter was asked about an object whose model nobody has registered."""


class Piece:
    """One readable thing as the meter sees it. A host overrides what its model calls otherwise."""

    registered: ClassVar[dict[type[Model], type["Piece"]]] = {}

    body_field: ClassVar[str] = ""
    """The object's field with the full text as safe HTML. A host whose text is not one field overrides `body`."""

    def __init__(self, obj: Model) -> None:
        self.obj: Any = obj

    @property
    def key(self) -> str:
        """The same on every surface: page, print view, API, and after a change of address."""
        return f"{self.obj._meta.label_lower}:{self.obj.pk}"

    @property
    def title(self) -> str:
        return str(self.obj)

    @property
    def url(self) -> str:
        return self.obj.get_absolute_url()

    @property
    def reading_url(self) -> str:
        """Where the full text is served through the meter: elsewhere, if `url` is a page for everybody."""
        return self.url

    @property
    def surfaces(self) -> Sequence[str]:
        """Every address on which anything of this piece appears: print view, API, feed, lists, search.

        `manage.py meter_selftest` looks for leaks there.
        """
        return [self.url]

    @classmethod
    def newest(cls) -> Iterator["Piece"]:
        """The pieces of this kind that readers can open, newest first; the self-test looks at these."""
        for model, kind in cls.registered.items():
            if kind is cls:
                for obj in model._default_manager.order_by("-pk").iterator():
                    if (piece := cls(obj)).is_public():
                        yield piece

    @classmethod
    def listed(cls, asked: Collection[str]) -> Iterable["Piece"]:
        """The same pieces for a list of all of them, where nobody looks at the text.

        `asked` holds those of `section`, `tag` and `author` that the owner's rules speak of. A host with
        many pieces leaves the text in the database and fetches what is asked for all at once.
        """
        return cls.newest()

    @property
    def body(self) -> str:
        """The full text as safe HTML. Only `metering.wall` reads it for readers."""
        if not self.body_field:
            raise NotImplementedError(f"{type(self).__name__} must say where the body of {self.obj!r} is")
        return getattr(self.obj, self.body_field) or ""

    @property
    def policy(self) -> str:
        """`metered`, `free` or `subscribers`."""
        return METERED

    @property
    def sections(self) -> Sequence[str]:
        """The keys of its section and of all sections above, such as `["12", "3"]`; rules ask for them."""
        return ()

    @property
    def tags(self) -> Sequence[str]:
        """The keys of its tags; asked only where a rule names a tag."""
        return ()

    @property
    def authors(self) -> Sequence[str]:
        """The keys of its authors; asked only where a rule names an author."""
        return ()

    @classmethod
    def choices(cls, condition: str) -> Iterable[tuple[str, str]]:
        """What an owner's rule can name: keys with their names, of each `section`, `tag` or `author`.

        A key is what `sections`, `tags` and `authors` answer; it must outlive a change of name.
        """
        return ()

    @property
    def language(self) -> str:
        return ""

    @property
    def published_at(self) -> datetime | None:
        return None

    def is_public(self) -> bool:
        """False for what only editors can open, such as a draft's preview."""
        return True

    def is_author(self, user: Any) -> bool:
        """Did this person write it? Authors read their own pieces past the meter."""
        return False


def register(model: type[Model]):
    """A class decorator: objects of `model` are pieces of this kind."""

    def remember(kind: type[Piece]) -> type[Piece]:
        Piece.registered[model] = kind
        return kind

    return remember


def of(obj: Model) -> Piece:
    """The piece that stands for a host's object; raises `NotRegisteredError` for a foreign model."""
    for model in type(obj).__mro__:
        if kind := Piece.registered.get(model):
            return kind(obj)
    raise NotRegisteredError(
        f"{obj._meta.label} is not registered with the meter. Add a class with "
        f"@metering.pieces.register({obj._meta.object_name}) to a module that is imported at start."
    )


def named(keys: Iterable[str]) -> dict[str, Piece]:
    """The public pieces among those that the keys name, such as `articles.article:7`; one query per model."""
    wanted: dict[str, set[str]] = {}
    for key in keys:
        label, _colon, pk = key.partition(":")
        wanted.setdefault(label, set()).add(pk)
    found = (of(obj) for label, pks in wanted.items() for obj in _objects(label, pks))
    return {piece.key: piece for piece in found if piece.is_public()}


def _objects(label: str, pks: set[str]) -> Iterable[Model]:
    try:
        model = apps.get_model(label)
        return list(model._default_manager.filter(pk__in=pks)) if model in Piece.registered else []
    except (LookupError, ValueError, OverflowError, ValidationError):
        return []  # a key that somebody made up
