"""What rules that the owner has not saved yet would have done with the comments of the last 30 days."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from django.db.models import Count, Q, prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from comments import holds, targets, verdicts, wordlists
from comments.holds import Facts, Record
from comments.house import Settled
from comments.models import BreakingNews, Comment, House, Thread, WordList
from comments.screening import Context
from comments.states import State
from comments.targets import CLOSED, HELD

DAYS = 30
MOST_LOOKED_AT = 5000
MOST_SECONDS = 2.5
"""For one preview: the newest comments come first, and the page says how many were looked at."""

EXAMPLES = 10

REFUSED = "closed"
RULES: Mapping[str, str | Promise] = {
    "held": _("Modes and ages: each comment waits"),
    REFUSED: _("Modes and ages: closed"),
    "house_guest": _("Readers without an account"),
    "house_newcomer": _("Newcomers"),
    "house_history": _("Many comments turned down"),
    "house_links": _("Links"),
    "house_email": _("E-mail addresses"),
}


@dataclass(frozen=True)
class Example:
    """One comment, for a look at it."""

    text: str
    address: str
    state: str


@dataclass
class Outcome:
    """What one rule would have done, and what it does as it is saved."""

    name: str | Promise
    is_refusal: bool = False
    held: int = 0
    approved: int = 0
    held_as_saved: int = 0
    examples: list[Example] = field(default_factory=list)
    """Comments that would have waited now and did not have to before; the newest first."""

    def note(self, comment: Comment, *, proposed: bool, saved: bool) -> None:
        self.held_as_saved += saved
        if not proposed:
            return
        self.held += 1
        self.approved += comment.state == State.APPROVED
        if not saved and len(self.examples) < EXAMPLES:
            self.examples.append(_example(comment))

    @property
    def said(self) -> str:
        """The sentence that the owner reads."""
        if self.is_refusal:
            told = ngettext(
                "This would have refused %(held)d comment, %(approved)d of them approved.",
                "This would have refused %(held)d comments, %(approved)d of them approved.",
                self.held,
            )
        else:
            told = ngettext(
                "This would have held %(held)d comment, %(approved)d of them approved.",
                "This would have held %(held)d comments, %(approved)d of them approved.",
                self.held,
            )
        return told % {"held": self.held, "approved": self.approved}


@dataclass(frozen=True)
class Preview:
    """The outcome of each rule, and how many comments were looked at for it."""

    outcomes: Sequence[Outcome]
    looked_at: int
    is_whole: bool
    days: int = DAYS

    @property
    def said(self) -> str:
        """Over what the sentences hold."""
        if self.is_whole:
            told = ngettext(
                "Looked at: the %(count)d comment of the last %(days)d days.",
                "Looked at: the %(count)d comments of the last %(days)d days.",
                self.looked_at,
            )
        else:
            told = ngettext(
                "Looked at: the newest %(count)d comment of the last %(days)d days; there are more.",
                "Looked at: the newest %(count)d comments of the last %(days)d days; there are more.",
                self.looked_at,
            )
        return told % {"count": self.looked_at, "days": self.days}


def of_house(proposed: House) -> Preview:
    """The rules of the house, one by one. At most 5 queries, and those of the targets' kinds."""
    saved = Settled(House.objects.filter(pk=1).first() or House(pk=1))
    wanted = Settled(proposed)
    sample = _sample()
    told_of = _records(sample)
    threads = _threads(sample)
    outcomes = {rule: Outcome(name, is_refusal=rule == REFUSED) for rule, name in RULES.items()}

    def look(comment: Comment) -> None:
        context = Context(verdicts.submission_without_neighbours(comment))
        by_wanted = _rules_met(comment, context, wanted, told_of, threads.get(comment.thread_id))
        by_saved = _rules_met(comment, context, saved, told_of, threads.get(comment.thread_id))
        for rule, outcome in outcomes.items():
            outcome.note(comment, proposed=rule in by_wanted, saved=rule in by_saved)

    return _looked_through(sample, look, outcomes.values())


def of_list(proposed: WordList) -> Preview:
    """A list of words, beside the same list as it is saved. 3 queries."""
    stored = WordList.objects.filter(pk=proposed.pk).first() if proposed.pk else None
    wanted, saved = wordlists.ready(proposed), wordlists.ready(stored) if stored else None
    outcome = Outcome(proposed.name)
    now = timezone.now()

    def look(comment: Comment) -> None:
        read = wordlists.readings_of(comment.source)
        by = [
            bool(one and one.holds and one.is_in_force(now) and one.matcher.find(read)) for one in (wanted, saved)
        ]
        outcome.note(comment, proposed=by[0], saved=by[1])

    return _looked_through(_sample(), look, [outcome])


def of_breaking_news(proposed: BreakingNews) -> Preview:
    """What came in while it would have run, had it ended now: as long a time, at most 30 days. One query."""
    now = timezone.now()
    days = min(max((proposed.until - now) / timedelta(days=1), 0), DAYS)
    since = now - timedelta(days=days)
    there = Comment.objects.filter(submitted_at__gte=since).exclude(state=State.REMOVED)
    if proposed.section:
        there = there.filter(thread__section=proposed.section)
    found = there.aggregate(held=Count("pk"), approved=Count("pk", filter=Q(state=State.APPROVED)))
    name = _("In as long a time before now")
    outcome = Outcome(name, proposed.mode == CLOSED, found["held"], found["approved"])
    outcome.examples = [_example(one) for one in there.order_by("-submitted_at", "-id")[:EXAMPLES]]
    return Preview([outcome], found["held"], is_whole=True, days=max(round(days), 1))


# --- looking through --------------------------------------------------------------------------------------


def _sample() -> list[Comment]:
    """The newest comments, one more than are looked at: to know whether there are more."""
    since = timezone.now() - timedelta(days=DAYS)
    recent = Comment.objects.filter(submitted_at__gte=since).exclude(state=State.REMOVED)
    newest = recent.select_related("author").defer("html", "reasons", "doubts").order_by("-submitted_at", "-id")
    return list(newest[: MOST_LOOKED_AT + 1])


def _looked_through(
    sample: Sequence[Comment], look: Callable[[Comment], None], outcomes: Iterable[Outcome]
) -> Preview:
    ends, looked_at = monotonic() + MOST_SECONDS, 0
    for comment in sample[:MOST_LOOKED_AT]:
        if monotonic() > ends:
            break
        look(comment)
        looked_at += 1
    return Preview(list(outcomes), looked_at, is_whole=looked_at == len(sample))


def _example(comment: Comment) -> Example:
    return Example(
        text=Truncator(comment.source).chars(120),
        address=reverse("admin:comments_comment_change", args=[comment.pk]),
        state=str(State(comment.state).label),
    )


def _rules_met(
    comment: Comment,
    context: Context,
    rules: Settled,
    told_of: Callable[[Comment, int], Record],
    thread: Thread | None,
) -> set[str]:
    author = comment.author
    facts = Facts(
        context=context,
        has_account=author is not None,
        is_staff=bool(author and author.is_staff),
        record=told_of(comment, rules.house.history_days),
        email=holds.email_of(comment),
        email_domains=rules.email_domains,
    )
    met = {reason.rule for reason in holds.judge(rules.house, facts)}
    if thread is not None and not thread.mode and thread.target is not None:
        mode = rules.mode_of(targets.of(thread.target), now=comment.submitted_at)
        met |= {mode} & {HELD, CLOSED}
    return met


def _threads(sample: Sequence[Comment]) -> dict[int, Thread]:
    found = Thread.objects.in_bulk({comment.thread_id for comment in sample})
    prefetch_related_objects(list(found.values()), "target")
    return found


def _records(sample: Sequence[Comment]) -> Callable[[Comment, int], Record]:
    """The record of each comment's account as of then, as far as it can be told from today's states."""
    accounts = {comment.author_id for comment in sample if comment.author_id}
    if not accounts:
        return lambda comment, days: Record()
    oldest: datetime = sample[-1].submitted_at
    before = Comment.objects.visible().filter(author__in=accounts, submitted_at__lt=oldest).order_by()
    approved = Counter(dict(before.values_list("author").annotate(Count("pk"))))
    earlier: dict[int, int] = {}
    decided: dict[int, list[tuple[datetime, bool]]] = defaultdict(list)
    for comment in reversed(sample):
        if comment.author_id is None:
            continue
        earlier[comment.pk] = approved[comment.author_id]
        approved[comment.author_id] += comment.state == State.APPROVED
        if comment.state in holds.DECIDED:
            decided[comment.author_id].append((comment.submitted_at, comment.state in holds.TURNED_DOWN))

    def told(comment: Comment, days: int) -> Record:
        since = comment.submitted_at - timedelta(days=days)
        lately = [
            down for at, down in decided.get(comment.author_id or 0, ()) if since <= at < comment.submitted_at
        ]
        return Record(earlier.get(comment.pk, 0), len(lately), sum(lately))

    return told
