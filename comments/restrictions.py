"""The one door for bans and watches: who may not comment, and whose comments each wait, for a time or for good."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q, TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from comments import calendars, commenters, permissions
from comments.commenters import Traces
from comments.conf import conf
from comments.models import Comment, Restriction, Thread
from comments.moderation import NotAllowedError, NotPermittedError, kept_note, known_reason, not_permitted
from comments.screening import Reason

Effect = Restriction.Effect

FORGOTTEN = "forgotten"
"""Stands in the place of a network whose time is over; no keyed hash looks like it."""


class Whom(TextChoices):
    PERSON = "person", gettext_lazy("This person: the account and the browser")
    EMAIL = "email", gettext_lazy("This e-mail address")
    DOMAIN = "domain", gettext_lazy("All e-mail addresses of this domain and below")
    NETWORK = "network", gettext_lazy("This network")


@dataclass(frozen=True)
class InForce:
    """What meets somebody now: of several, the one that ends last."""

    ban: Restriction | None = None
    watch: Restriction | None = None

    def reasons(self) -> list[Reason]:
        """Why a comment waits, whatever its score; a ban may have come while it was being checked."""
        named = {"banned": self.ban, "watched": self.watch}
        return [
            Reason(rule=rule, weight=0, params={"until": one.until.isoformat() if one.until else ""})
            for rule, one in named.items()
            if one
        ]


def nameable(comment: Comment) -> list[Whom]:
    """By what the writer of this comment can be met."""
    names = {
        Whom.PERSON: commenters.person_behind(comment) is not None,
        Whom.EMAIL: bool(commenters.folded_email(comment.email)),
        Whom.DOMAIN: "." in commenters.domain_of(comment.email),
        Whom.NETWORK: bool(comment.address_hash),
    }
    return [whom for whom, is_known in names.items() if is_known]


def ban(
    comment: Comment,
    *,
    by: Any,
    whom: Collection[Whom | str],
    until: datetime | None = None,
    reason: str = "",
    note: str = "",
    effect: Effect | str = Effect.BAN,
) -> list[Restriction]:
    """Bans or watches who wrote this comment, by each of what is named; answers one restriction for each.

    Who is banned already by the same stays so, and the longer time holds. A network is met for at most
    `conf().address_days` days, since nobody keeps one for good. Raises `NotPermittedError` where `by` is no
    moderator of the section, or of all where many are met (a domain, a network); `NotAllowedError`, in words, for
    what the comment does not have, a time that is over, and for people of the house.
    """
    chosen = _known(comment, whom)
    if until and until <= timezone.now():
        raise NotAllowedError(_("Please choose a day that is still to come."))
    if effect not in Effect.values:
        raise NotAllowedError(_("Please choose what follows: a ban or a watch."))
    also = {"reason": known_reason(reason), "note": kept_note(note)}
    with transaction.atomic():
        # Two clicks at once come one after the other, so that the second finds what the first has made.
        thread = Thread.objects.select_for_update().get(pk=comment.thread_id)
        _permit(by, thread.section, chosen)
        _spare_the_house(comment, chosen, by)
        return [
            _meet(
                {"effect": Effect(effect), **_named(comment, one)},
                until=_at_most(until) if one is Whom.NETWORK else until,
                made={"by": by, "comment": comment, "shown_name": comment.public_name[:200], **also},
            )
            for one in chosen
        ]


def lift(restriction: Restriction, *, by: Any) -> bool:
    """Ends a ban or a watch; False where somebody had lifted it before, or its time was over.

    For moderators of all sections, of the section in which it was made, and whoever made it.
    """
    if not may_lift(restriction, by):
        raise NotPermittedError(not_permitted())
    now = timezone.now()
    lifted = Restriction.objects.in_force(now).filter(pk=restriction.pk).update(lifted_at=now, lifted_by=by)
    restriction.refresh_from_db(fields=["lifted_at", "lifted_by"])
    return bool(lifted)


def amend(restriction: Restriction, *, until: datetime | None, note: str) -> None:
    """Sets another end, and says why; whom it meets stays. A network is not met for longer than it is kept."""
    if restriction.address_hash:
        latest = restriction.made_at + timedelta(days=conf().address_days)
        until = min(until, latest) if until else latest
    restriction.until, restriction.note = until, kept_note(note)
    restriction.save(update_fields=["until", "note"])


def may_lift(restriction: Restriction, person: Any) -> bool:
    """Whether this person may end it, or change how long it lasts."""
    if permissions.sections_of(person) is None:
        return True
    if not permissions.may_decide(person):
        return False
    made_there = restriction.comment is not None and restriction.comment.thread.section
    return restriction.by_id == person.pk or (
        made_there is not False and permissions.may_decide_in(person, made_there)
    )


def in_force_for(
    user: Any, author_key: str = "", email: str = "", address_hash: str = "", now: datetime | None = None
) -> InForce:
    """What meets somebody who writes: in one query.

    People of the house are met by their account alone: they share networks, browsers and domains with others.
    """
    account = user if user is not None and user.is_authenticated else None
    if account is not None and account.is_staff:
        return _found(Traces.left(account=account.pk), now)
    emails = (email, commenters.email_of(account))
    return _found(
        Traces.left(
            account=account.pk if account else None,
            author_key=author_key,
            address_hash=address_hash,
            emails=emails,
        ),
        now,
    )


def in_force_on(comment: Comment) -> InForce:
    """What meets who wrote this comment. One query; one more where its author has not been fetched."""
    return in_force_for(comment.author, comment.author_key, comment.email, comment.address_hash)


def refusal(restriction: Restriction) -> str:
    """In the reader's words; by what somebody was met is nobody's to know, or it would be changed."""
    if restriction.until is None:
        return _("You cannot comment here.")
    return _("You cannot comment here until %(until)s.") % {"until": calendars.written(restriction.until)}


def forget_networks() -> int:
    """Drops the networks of restrictions whose time is over; the line stays. Answers how many.

    No network is kept for longer than `conf().address_days`, whatever the line says of its end.
    """
    now = timezone.now()
    is_over = Q(until__lt=now) | Q(made_at__lt=now - timedelta(days=conf().address_days))
    over = Restriction.objects.filter(is_over).exclude(address_hash__in=["", FORGOTTEN])
    names_nobody_else = Q(account=None, author_key="", email="", domain="")
    forgotten = over.filter(names_nobody_else).update(address_hash=FORGOTTEN)
    return forgotten + over.update(address_hash="")


def longest_network_days() -> str:
    days = conf().address_days
    return ngettext("for at most %(days)s day", "for at most %(days)s days", days) % {"days": days}


def _found(traces: Traces, now: datetime | None) -> InForce:
    by_effect: dict[str, Restriction] = {}
    for one in Restriction.objects.in_force(now).filter(traces.restrictions()):
        if one.effect not in by_effect or _lasts_longer(one.until, by_effect[one.effect].until):
            by_effect[one.effect] = one
    return InForce(ban=by_effect.get(Effect.BAN), watch=by_effect.get(Effect.WATCH))


def _meet(facts: Mapping[str, Any], *, until: datetime | None, made: Mapping[str, Any]) -> Restriction:
    there = Restriction.objects.in_force().filter(**facts).first()
    if there is None:
        return Restriction.objects.create(**facts, until=until, **made)
    if _lasts_longer(until, there.until):
        there.until = until
        there.reason = made["reason"] or there.reason
        there.note = made["note"] or there.note
        there.save(update_fields=["until", "reason", "note"])
    return there


def _named(comment: Comment, whom: Whom) -> dict[str, Any]:
    """The columns of a restriction, all of them, so that what is there already is found by them."""
    nobody = {"account": None, "author_key": "", "address_hash": "", "email": "", "domain": ""}
    named: dict[Whom, dict[str, Any]] = {
        Whom.PERSON: {"account": comment.author, "author_key": comment.author_key},
        Whom.EMAIL: {"email": commenters.folded_email(comment.email)},
        Whom.DOMAIN: {"domain": commenters.domain_of(comment.email)},
        Whom.NETWORK: {"address_hash": comment.address_hash},
    }
    return nobody | named[whom]


def _at_most(until: datetime | None) -> datetime:
    latest = timezone.now() + timedelta(days=conf().address_days)
    return min(until, latest) if until else latest


def _lasts_longer(one: datetime | None, other: datetime | None) -> bool:
    return other is not None and (one is None or one > other)


def _known(comment: Comment, whom: Iterable[Whom | str]) -> list[Whom]:
    """What was chosen, each once, in the order of the page."""
    wanted, there = set(whom), nameable(comment)
    if not wanted:
        raise NotAllowedError(_("Please choose whom it is to meet."))
    if unknown := wanted - set(there):
        raise NotAllowedError(
            _("Comment %(number)s does not tell this: %(whom)s.")
            % {"number": comment.pk, "whom": ", ".join(sorted(_label(one) for one in unknown))}
        )
    return [one for one in there if one in wanted]


def _label(whom: str) -> str:
    return str(Whom(whom).label) if whom in Whom.values else whom[:40]


def _permit(by: Any, section: str, whom: Collection[Whom]) -> None:
    if not permissions.may_decide_in(by, section):
        raise NotPermittedError(not_permitted())
    if permissions.sections_of(by) is not None and not {Whom.DOMAIN, Whom.NETWORK}.isdisjoint(whom):
        raise NotPermittedError(
            _("A domain or a network meets many people: somebody who moderates all sections has to decide this.")
        )


def _spare_the_house(comment: Comment, whom: Collection[Whom], by: Any) -> None:
    """Nobody bans themselves, nor those who work here: not by their account, nor by their address."""
    if Whom.PERSON in whom and comment.author is not None:
        if comment.author_id == by.pk:
            raise NotAllowedError(_("This comment is your own: you cannot ban yourself."))
        if comment.author.is_staff or permissions.may_decide(comment.author):
            raise NotAllowedError(
                _("%(name)s works here and cannot be banned. Ask the owner of the site.")
                % {"name": comment.author.get_full_name() or comment.author}
            )
    column = commenters.email_column()
    if column is None or {Whom.EMAIL, Whom.DOMAIN}.isdisjoint(whom):
        return
    email, domain = commenters.folded_email(comment.email), commenters.domain_of(comment.email)
    for theirs in get_user_model()._default_manager.filter(is_staff=True).values_list(column, flat=True):
        if Whom.EMAIL in whom and commenters.folded_email(theirs) == email:
            raise NotAllowedError(_("%(email)s is the address of somebody who works here.") % {"email": email})
        if Whom.DOMAIN in whom and domain in commenters.domains_above(theirs):
            raise NotAllowedError(_("People who work here have addresses at %(domain)s.") % {"domain": domain})
