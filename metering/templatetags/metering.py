"""Template tags of the meter: where readers stand, the wall, and what a subscriber may give."""

from typing import Any

from django import template
from django.db.models import Model
from django.utils.safestring import SafeString

from metering import gate, gifts, outages, pieces, readers
from metering.known_crawlers import AI
from metering.policy import Access, Reason
from metering.wall import what_is_open

register = template.Library()


@register.inclusion_tag("metering/line.html")
def meter_line(access: Access) -> dict[str, Access]:
    """ "You have read N of 5 free articles", with the date on which the count starts anew."""
    return {"access": access}


@register.inclusion_tag("metering/wall.html", takes_context=True)
def wall(context: template.Context, access: Access, opened: SafeString | None = None) -> dict[Any, Any]:
    """What a walled reader is told below the teaser, and what can be done about it.

    `opened` is the list of what the reader has opened, for a host that has rendered it already.
    """
    if opened is None:
        opened = what_is_open(context["request"])
    return {**context.flatten(), "access": access, "opened": opened}


@register.inclusion_tag("metering/gift_button.html", takes_context=True)
def gift_button(context: template.Context, obj: Model, access: Access) -> dict[str, object]:
    """The button that makes a gift link, for whoever may give; for everybody else nothing."""
    piece = pieces.of(obj)
    is_entitled = access.reason in {Reason.SUBSCRIBER, Reason.STAFF}
    if is_entitled and piece.policy != pieces.FREE and piece.is_public():
        return {"piece": piece.key if gifts.may_give(readers.of(context["request"])) else ""}
    return {"piece": ""}


@register.simple_tag
def walled_ai_crawlers() -> list[str]:
    """For robots.txt: what those AI crawlers call themselves that get the teaser and no more."""
    owner = gate.policy_in_force()
    return [crawler.token for crawler in AI if not owner.admits_ai(crawler.name)] if owner.is_on else []


@register.inclusion_tag("admin/metering/meter/ledger_of_late.html")
def ledger_of_late() -> dict[str, object]:
    """For the admin: what fails now, and what failed in the last 24 hours. One query, and a look at the ledger."""
    return {"trouble": outages.present_trouble(), "outages": outages.of_late()}
