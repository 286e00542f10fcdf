"""The questions one asks of the comments."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from comments.states import State


class CommentQuerySet(models.QuerySet):
    def visible(self) -> "CommentQuerySet":
        """What every reader sees."""
        return self.filter(state=State.APPROVED)

    def waiting(self) -> "CommentQuerySet":
        """Held for a person."""
        return self.filter(state=State.PENDING, screened_at__isnull=False)

    def being_checked(self) -> "CommentQuerySet":
        """Received, and not yet screened."""
        return self.filter(state=State.PENDING, screened_at=None)

    def unscreened_since(self, moment: datetime) -> "CommentQuerySet":
        """What should have been screened by now: a worker or the broker was away."""
        return self.being_checked().filter(submitted_at__lt=moment)

    def starting_threads(self) -> "CommentQuerySet":
        """Comments on the thing itself that a page must show: for their text, or for replies below them."""
        return self.filter(Q(state=State.APPROVED) | Q(approved_replies__gt=0), parent=None)

    def of_author(self, author_key: str) -> "CommentQuerySet":
        return self.filter(author_key=author_key)
