"""Why a wall stood, in words: the steps of the decision that were passed, and the one that decided."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metering.models import Wall
from metering.pieces import SUBSCRIBERS
from metering.policy import Reason


@dataclass(frozen=True)
class Step:
    """One step of the order of decision: what was asked, and what the answer was."""

    asked: str
    told: str
    decided: bool = False


def steps(wall: Wall) -> list[Step]:
    """The order of decision up to the step that put this wall up, which is the last one.

    It rests on what was written down with the wall, and says nothing of who the reader is.
    """
    found = []
    for step in _order(wall):
        found.append(step)
        if step.decided:
            break
    return found


def kind(wall: Wall) -> str:
    """What sort of wall it was, in a few words."""
    if wall.reason == Reason.REGISTRATION_WALL:
        return _("asks to register")
    if wall.reason == Reason.SUBSCRIBERS_ONLY:
        return _("for subscribers only")
    return _("not counted") if wall.reason == Reason.METER_UNAVAILABLE else _("asks to subscribe")


def verdict(wall: Wall) -> str:
    """Why there was a wall, in one sentence."""
    if wall.reason == Reason.SUBSCRIBERS_ONLY:
        return _("The article is for subscribers only.")
    if wall.reason == Reason.METER_UNAVAILABLE:
        return _("Reads could not be counted, and the owner has chosen that readers then meet the wall.")
    if _is_braked(wall):
        return _("Too many new readers came from this neighbourhood on that day: registering was asked for.")
    if not wall.limit:
        return _("The meter gives no free articles.")
    told = ngettext(
        "%(used)d of %(limit)d free article was used.",
        "%(used)d of %(limit)d free articles were used.",
        wall.limit,
    )
    return told % {"used": wall.used or 0, "limit": wall.limit}


def _order(wall: Wall) -> Iterator[Step]:
    facts = wall.facts
    is_for_subscribers = facts.get("piece_policy") == SUBSCRIBERS
    covered = _("the rule “%(rule)s”") % {"rule": wall.rule} if wall.rule else _("the site's default")
    covered = _("No: %(rule)s covers the article.") % {"rule": covered}
    if is_for_subscribers:
        covered = _("No: an editor has marked the article for subscribers, so rules were not asked.")
    yield Step(_("Is the meter off, or does no rule cover the article?"), covered)
    stranger = _("No: the reader was not signed in.")
    is_signed_in = facts.get("is_signed_in")
    yield Step(
        _("Staff, or the article's author?"), _("No: the account is neither.") if is_signed_in else stranger
    )
    no_subscription = _("No: the account had no running subscription.")
    yield Step(_("A subscriber?"), no_subscription if is_signed_in else stranger)
    yield Step(
        _("Is the article free?"),
        _("No: it is for subscribers only.") if is_for_subscribers else _("No: it is metered."),
    )
    invalid = _("No: a link came along, but it had ended, was used up, or is for another article.")
    yield Step(_("A valid gift link?"), invalid if facts.get("came_with_gift") else _("No: none came along."))
    yield Step(_("The address of an institution?"), _("No."))
    claimed = _("It said to be %(name)s, and that was not proved.") % {"name": facts.get("crawler")}
    yield Step(_("A verified crawler?"), claimed if facts.get("crawler") else _("No."))
    if wall.reason == Reason.METER_UNAVAILABLE:
        yield Step(_("Can the reader's reads be counted?"), verdict(wall), decided=True)
    if is_for_subscribers:
        yield Step(_("Is the article for subscribers only?"), _("Yes: the wall, and no read spent."), decided=True)
    yield Step(_("Is the article for subscribers only?"), _("No."))
    unknown = _("No: the reader came without the meter's cookie, as everybody does at first.")
    known = _("No: not in this period, and not in the 24 hours before.")
    yield Step(_("Opened already?"), known if facts.get("has_cookie") or is_signed_in else unknown)
    if _is_braked(wall):
        yield Step(_("Are reads left?"), verdict(wall), decided=True)
    yield Step(_("Are reads left?"), _("No. %(why)s") % {"why": verdict(wall)})
    yield Step(_("Would registering give more?"), _would_registering_help(wall), decided=True)


def _would_registering_help(wall: Wall) -> str:
    if wall.reason == Reason.REGISTRATION_WALL:
        return _("Yes: the wall asks to register.")
    if wall.is_registered:
        return _("No: the reader is registered. The wall asks to subscribe.")
    return _("No: registered readers have no more. The wall asks to subscribe.")


def _is_braked(wall: Wall) -> bool:
    """Only the brake walls somebody who has reads left."""
    return wall.reason == Reason.REGISTRATION_WALL and (wall.limit is None or (wall.used or 0) < wall.limit)
