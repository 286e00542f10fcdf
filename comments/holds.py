"""Why a comment waits for a person by the rules of the house, whatever its score: facts in, reasons out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from django.db.models import Exists, OuterRef
from django.utils import timezone

from comments import domains, wordlists
from comments.house import Settled
from comments.models import Comment, Decision, House
from comments.screening import Context, Reason
from comments.screening import words as screening_words
from comments.screening.links import Link, leads_to
from comments.screening.rules import disposable_hosts
from comments.screening.verdict import Param
from comments.screening.words import Reading
from comments.states import State
from comments.wordlists import Ready

DECIDED = (State.APPROVED, State.REJECTED, State.SPAM)
TURNED_DOWN = (State.REJECTED, State.SPAM)
FEWEST_DECIDED = 3
"""Of fewer comments no share is taken: one of two is half of them."""

MOST_DECIDED = 200
"""The newest of one's comments, of which a share is taken."""

HOSTS_NAMED = 3


@dataclass(frozen=True)
class Record:
    """What became of an account's earlier comments. A typed name or address has none: anybody can type it."""

    approved: int = 0
    """Counted no further than the rule asks."""

    decided: int = 0
    """Those decided about within the days of the rule."""

    turned_down: int = 0


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the rules of the house ask about one comment."""

    context: Context
    has_account: bool
    is_staff: bool = False
    record: Record = Record()
    email: str = ""
    email_domains: frozenset[str] = frozenset()
    """The owner's, to compare the address with."""

    @property
    def is_measured_by_record(self) -> bool:
        return self.has_account and not self.is_staff

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """To other sites, each once."""
        own = self.context.submission.own_hosts
        first_to = {link.target: link for link in reversed(self.context.all_links) if not leads_to(link.host, own)}
        return tuple(reversed(first_to.values()))

    @cached_property
    def email_host(self) -> str:
        return domains.host_of(self.email)

    @cached_property
    def readings(self) -> Sequence[Reading]:
        return screening_words.readings(self.context.folded, self.context.normal)


def facts_of(comment: Comment, context: Context, rules: Settled) -> Facts:
    """The facts about a comment that is being screened. Two queries for an account, none for a guest."""
    author = comment.author
    is_staff = bool(author and author.is_staff)
    return Facts(
        context=context,
        has_account=author is not None,
        is_staff=is_staff,
        record=_record(comment, rules.house) if author and not is_staff else Record(),
        email=email_of(comment),
        email_domains=rules.email_domains,
    )


def email_of(comment: Comment) -> str:
    """The address typed, else the account's."""
    author = comment.author
    return comment.email or (getattr(author, author.get_email_field_name(), "") if author else "")


def judge(house: House, facts: Facts, *, lists: Iterable[Ready] = ()) -> list[Reason]:
    """Every reason for which the house wants a person to look; none, and the score decides alone. Pure."""
    said = (rule(house, facts) for rule in RULES.values())
    return [*(reason for reason in said if reason), *words(facts, lists)]


# --- the rules --------------------------------------------------------------------------------------------


def newcomer(house: House, facts: Facts) -> Reason | None:
    """An account of which too few comments have been approved so far."""
    needed, approved = house.newcomer_approvals, facts.record.approved
    if not facts.is_measured_by_record or approved >= needed:
        return None
    return Reason(rule="house_newcomer", weight=0, params={"approved": approved, "needed": needed})


def history(house: House, facts: Facts) -> Reason | None:
    """An account of which many comments were turned down lately."""
    record, percent = facts.record, house.history_percent
    if not percent or not facts.is_measured_by_record or record.decided < FEWEST_DECIDED:
        return None
    if record.turned_down * 100 <= percent * record.decided:
        return None
    told = {"turned_down": record.turned_down, "decided": record.decided, "days": house.history_days}
    return Reason(rule="house_history", weight=0, params=told)


def guest(house: House, facts: Facts) -> Reason | None:
    """Whoever writes without an account, where the owner wants them to wait."""
    if facts.has_account or house.guests != House.Guests.HOLD:
        return None
    return Reason(rule="house_guest", weight=0)


def links(house: House, facts: Facts) -> Reason | None:
    """More links to other sites than the owner allows."""
    most, found = house.most_links, facts.links
    if most is None or len(found) <= most:
        return None
    spans = tuple(link.span for link in found)
    return Reason(rule="house_links", weight=0, params={"count": len(found), "most": most}, spans=spans)


def email(house: House, facts: Facts) -> Reason | None:
    """An address at one of the owner's domains, or at a host of throw-away addresses."""
    host = facts.email_host
    is_disposable = house.hold_disposable and leads_to(host, disposable_hosts())
    if not host or not (is_disposable or leads_to(host, facts.email_domains)):
        return None
    return Reason(rule="house_email", weight=0, params={"host": host, "is_disposable": int(is_disposable)})


def words(facts: Facts, lists: Iterable[Ready]) -> list[Reason]:
    """Words of the lists that hold: one reason for each list."""
    reasons = []
    for found in wordlists.found(facts.readings, [one for one in lists if one.holds]):
        told = found.matches[0].entry.text
        params: dict[str, Param] = {
            "list": found.list.name,
            "words": wordlists.masked_word(told) if found.list.masks else told,
            "count": len(found.matches),
        }
        spans = tuple(dict.fromkeys(match.span for match in found.matches))
        reasons.append(Reason(rule="house_words", weight=0, params=params, spans=spans))
    return reasons


RULES: dict[str, Callable[[House, Facts], Reason | None]] = {
    "house_guest": guest,
    "house_newcomer": newcomer,
    "house_history": history,
    "house_links": links,
    "house_email": email,
}


# --- the account's record ---------------------------------------------------------------------------------


def _record(comment: Comment, house: House) -> Record:
    """At most two queries, each over a bounded number of the account's own comments."""
    own = Comment.objects.filter(author=comment.author_id).exclude(pk=comment.pk)
    needed = house.newcomer_approvals
    approved = own.visible().order_by()[:needed].count() if needed else 0
    if not house.history_percent:
        return Record(approved)
    since = timezone.now() - timedelta(days=house.history_days)
    lately = Decision.objects.standing().filter(comment=OuterRef("pk"), made_at__gte=since)
    decided = own.filter(Exists(lately), state__in=DECIDED).order_by("-submitted_at")
    states = list(decided.values_list("state", flat=True)[:MOST_DECIDED])
    return Record(approved, len(states), sum(state in TURNED_DOWN for state in states))
