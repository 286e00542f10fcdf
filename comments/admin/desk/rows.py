"""Everything that a row of the desk shows of a comment, for a whole page in a bounded number of queries."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from comments import permissions, records, wordlists
from comments.admin.desk import evidence, links
from comments.conf import conf
from comments.models import Appeal, Comment, Decision, Report
from comments.models.people import LONGEST_NOTE
from comments.records import Record
from comments.screening import Reason
from comments.states import Action, State
from comments.tallies import Tab

EXCERPT = 140
"""Of the comment that is answered, in characters."""


@dataclass(frozen=True)
class About:
    """What was commented on, as it was called when the first comment came, and the way there."""

    title: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One comment at the desk. `back` is the address to return to after a decision without JavaScript."""

    comment: Comment
    text: SafeString
    record: Record
    about: About
    actions: Sequence[Action]
    """What this moderator can do with it now; empty for who may only look."""

    reasons: Sequence[str] = ()
    house_reasons: Sequence[str] = ()
    targets: Sequence[links.Target] = ()
    reports: Sequence[Report] = ()
    appeal: Appeal | None = None
    last: Decision | None = None
    is_masked: bool = False
    back: str = ""
    is_ticked: bool = False
    fault: str = ""
    """Why what was asked for last did not happen."""

    options: SafeString
    """The reasons to choose from, none of them chosen: the same in every row of a page, so written once."""

    chosen_reason: str = ""
    note: str = ""

    @property
    def is_being_checked(self) -> bool:
        return self.comment.is_being_checked

    @property
    def tab(self) -> str:
        """Where it stands now; what was removed stands nowhere."""
        state = self.comment.state
        return Tab.PENDING.value if state == State.REMOVED else state

    @property
    def waits_since(self) -> datetime | None:
        """For a first decision, or for an answer to the first who asked; None for what does not wait."""
        if self.comment.state == State.PENDING:
            return self.comment.submitted_at
        asked = [report.made_at for report in self.reports]
        return min([*asked, self.appeal.made_at] if self.appeal else asked, default=None)

    @property
    def is_imported(self) -> bool:
        return self.comment.origin is not None

    @property
    def parent(self) -> Comment | None:
        return self.comment.parent

    @property
    def excerpt(self) -> str:
        """What the comment answers; empty where that is gone."""
        return Truncator(self.comment.parent.source).chars(EXCERPT) if self.comment.parent else ""

    @property
    def score_percent(self) -> int | None:
        return None if self.comment.score is None else round(self.comment.score * 100)

    @property
    def score_level(self) -> str:
        """As the settings part them: `low`, `middle`, `high`."""
        score = self.comment.score or 0.0
        return "high" if score >= conf().spam_above else "middle" if score >= conf().hold_above else "low"

    @property
    def reasons_to_give(self) -> SafeString:
        return _options(self.chosen_reason) if self.chosen_reason else self.options

    @property
    def longest_note(self) -> int:
        return LONGEST_NOTE

    @cached_property
    def conversation_url(self) -> str:
        return address(
            "conversation", self.comment.thread_id, query=f"?comment={self.comment.pk}#comment-{self.comment.pk}"
        )

    @property
    def unmasked_url(self) -> str:
        """The page again, with the masked words of this comment."""
        path, _sign, query = self.back.partition("?")
        return f"{path}?{query}{'&' if query else ''}unmask={self.comment.pk}#comment-{self.comment.pk}"

    @cached_property
    def ban_url(self) -> str:
        return address("ban", self.comment.pk, query=f"?{urlencode({'back': self.back})}")


def of(
    comments: Iterable[Comment],
    *,
    by: Any,
    back: str,
    unmasked: Collection[int] = (),
    ticked: Collection[int] = (),
) -> list[Row]:
    """The rows of these comments as this moderator sees them.

    The comments come as `with_everything` fetches them. At most 4 queries for any number of them: whoever
    wrote them (2), open reports, the last decisions.
    """
    listed = list(comments)
    options = _options()
    known, reports, last = records.records_of(listed), _reports_on(listed), _last_decisions_on(listed)
    return [
        _row(
            comment,
            by=by,
            back=back,
            record=known[comment.pk],
            reports=reports.get(comment.pk, ()),
            last=last.get(comment.pk),
            is_ticked=comment.pk in ticked,
            is_unmasked=comment.pk in unmasked,
            options=options,
        )
        for comment in listed
    ]


def _options(chosen: str = "") -> SafeString:
    """The reasons to choose from."""
    selected = mark_safe(" selected")
    written = ((code, selected if code == chosen else "", name) for code, name in conf().reasons.items())
    return format_html_join("", '<option value="{}"{}>{}</option>', written)


def with_everything(comments: QuerySet[Comment]) -> QuerySet[Comment]:
    """With all that a row shows of its neighbours, in the same query."""
    return comments.select_related("thread", "author", "parent", "appeal", "appeal__contested__by")


def address(name: str, *args: Any, query: str = "") -> str:
    """Of another page of the desk; empty where there is none of this name."""
    try:
        return reverse(f"admin:comments_desk_{name}", args=args) + query
    except NoReverseMatch:
        return ""


def _row(
    comment: Comment, *, by: Any, record: Record, reports: Sequence[Report], is_unmasked: bool, **shown: Any
) -> Row:
    found = [Reason.from_json(stored) for stored in comment.reasons]
    text, is_masked = _text_of(comment, found, is_unmasked=is_unmasked)
    may_decide = permissions.may_decide_in(by, comment.thread.section)
    return Row(
        comment=comment,
        text=text,
        is_masked=is_masked,
        record=record,
        reports=reports,
        appeal=_open_appeal_of(comment),
        about=_about(comment),
        actions=comment.allowed_actions if may_decide else [],
        reasons=[one.sentence() for one in found if not _is_of_the_house(one)],
        house_reasons=[one.sentence() for one in found if _is_of_the_house(one)] + _doubts(comment),
        targets=links.targets_in(comment.html, comment.source),
        **shown,
    )


def _text_of(comment: Comment, found: Sequence[Reason], *, is_unmasked: bool) -> tuple[SafeString, bool]:
    """The text as the reader sees it; with the words that the owner wants masked dotted out, unless asked for."""
    masked = None if is_unmasked else wordlists.masked(comment.html)
    if masked is not None:
        return mark_safe(masked), True  # noqa: S308  the safe HTML with letters dotted out
    return evidence.marked(comment.html, comment.source, found), False


def _is_of_the_house(reason: Reason) -> bool:
    return reason.rule.startswith("house") or reason.rule in ("watched", "banned")


def _doubts(comment: Comment) -> list[str]:
    return [_(doubt) if isinstance(doubt, str) else Reason.from_json(doubt).sentence() for doubt in comment.doubts]


def _open_appeal_of(comment: Comment) -> Appeal | None:
    return getattr(comment, "appeal", None) if comment.has_open_appeal else None


def _about(comment: Comment) -> About:
    """By way of the desk: a page of the queue asks no host for fifty articles, only the one that is opened."""
    return About(str(comment.thread), address("about", comment.thread_id))


def _reports_on(comments: Sequence[Comment]) -> Mapping[int, list[Report]]:
    """The open ones, the heaviest first. No query where there are none."""
    reported = [comment.pk for comment in comments if comment.open_reports]
    found: dict[int, list[Report]] = {}
    if reported:
        open_ones = Report.objects.filter(comment__in=reported, outcome=Report.Outcome.OPEN)
        for report in open_ones.order_by("-weight", "made_at", "pk"):
            found.setdefault(report.comment_id, []).append(report)
    return found


def _last_decisions_on(comments: Sequence[Comment]) -> Mapping[int, Decision]:
    """Of those that do not wait for their first. No query where all do."""
    decided = [comment.pk for comment in comments if comment.state != State.PENDING]
    if not decided:
        return {}
    made = Decision.objects.standing().filter(comment__in=decided).select_related("by").order_by("made_at", "pk")
    return {decision.comment_id: decision for decision in made}
