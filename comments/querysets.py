"""The questions one asks of the comments."""

from collections.abc import Collection
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

from comments.periods import Period
from comments.states import Action, State


class CommentQuerySet(models.QuerySet):
    def visible(self) -> "CommentQuerySet":
        """What every reader sees."""
        return self.filter(state=State.APPROVED)

    def waiting(self) -> "CommentQuerySet":
        """Held for a person."""
        return self.filter(state=State.PENDING, screened_at__isnull=False)

    def in_sections(self, sections: Collection[str] | None) -> "CommentQuerySet":
        """Those on things of these sections; None: of all."""
        return self if sections is None else self.filter(thread__section__in=sections)

    def being_checked(self) -> "CommentQuerySet":
        """Received, and not yet screened."""
        return self.filter(state=State.PENDING, screened_at=None)

    def unscreened_since(self, moment: datetime) -> "CommentQuerySet":
        """What should have been screened by now: a worker or the broker was away."""
        return self.being_checked().filter(submitted_at__lt=moment)

    def starting_threads(self) -> "CommentQuerySet":
        """Comments on the thing itself that a page must show: for their text, or for replies below them."""
        return self.filter(Q(state=State.APPROVED) | Q(approved_replies__gt=0), parent=None)

    def turned_down_before(self, moment: datetime, state: State) -> "CommentQuerySet":
        """Rejected or spam, with nothing decided since this moment, and no author who waits for an answer."""
        done = self.filter(state=state, has_open_appeal=False, submitted_at__lt=moment)
        return done.exclude(decisions__made_at__gte=moment)

    def of_author(self, author_key: str) -> "CommentQuerySet":
        return self.filter(author_key=author_key)


class DecisionQuerySet(models.QuerySet):
    """Every line of the log is of people, of the machine, or a removal."""

    def made_in(self, period: Period) -> "DecisionQuerySet":
        return self.filter(made_at__gte=period.start, made_at__lt=period.end)

    def of_people(self) -> "DecisionQuerySet":
        """Of moderators, also of those whose account is gone."""
        return self.filter(rule="").exclude(action=Action.REMOVE)

    def of_the_machine(self) -> "DecisionQuerySet":
        """By screening or another rule, an import's included."""
        return self.exclude(rule="").exclude(action=Action.REMOVE)

    def standing(self) -> "DecisionQuerySet":
        """Without those that were undone within their time, and without the undoing."""
        return self.filter(is_undone=False).exclude(action=Action.UNDO)

    def removals(self) -> "DecisionQuerySet":
        """By the author, or by who erased what was the author's: nobody's judgement."""
        return self.filter(action=Action.REMOVE)


class RestrictionQuerySet(models.QuerySet):
    def in_force(self, moment: datetime | None = None) -> "RestrictionQuerySet":
        now = moment or timezone.now()
        return self.filter(Q(until=None) | Q(until__gt=now), lifted_at=None)


class BreakingNewsQuerySet(models.QuerySet):
    def running(self, moment: datetime | None = None) -> "BreakingNewsQuerySet":
        return self.filter(until__gt=moment or timezone.now())
