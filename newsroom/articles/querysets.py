"""The questions one asks of the articles."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from newsroom.articles import wording


class ArticleQuerySet(models.QuerySet):
    def published(self, at: datetime | None = None) -> "ArticleQuerySet":
        """What everybody may know of now: published, and its time has come."""
        return self.filter(status="published", published_at__lte=at or timezone.now())

    def newest(self) -> "ArticleQuerySet":
        return self.order_by("-published_at", "-code")

    def after(self, article: Any) -> "ArticleQuerySet":
        """Those that follow this one in the order `newest` gives."""
        older = Q(published_at__lt=article.published_at)
        return self.filter(older | Q(published_at=article.published_at, code__lt=article.code))

    def by_code(self, code: int) -> Any:
        """The article with this news code and all of its row but the words for the search, or None.

        Every page view asks this, so the statement is written out: the ORM takes five times as
        long to phrase it as the database to answer.
        """
        meta = self.model._meta
        columns = ", ".join(str(field.column) for field in meta.concrete_fields if field.name != "words")
        rows = self.raw(f"SELECT {columns} FROM {meta.db_table} WHERE code = %s", [code])  # noqa: S608  our own names
        return next(iter(rows), None)

    def as_cards(self) -> "ArticleQuerySet":
        """What a list of articles shows; bodies stay in the database."""
        return self.select_related("section").defer("body", "words")

    def with_words(self, query: str) -> "ArticleQuerySet":
        """Those in which every word of the query begins a word, in any order; none for a query without words."""
        wanted = wording.words(query)
        found = self if wanted else self.none()
        for word in wanted:
            found = found.filter(words__contains=f" {word}")
        return found
