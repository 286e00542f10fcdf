"""Template tags of the meter: the line that tells readers where they stand, and the wall."""

from typing import Any

from django import template

from metering.policy import Access

register = template.Library()


@register.inclusion_tag("metering/line.html")
def meter_line(access: Access) -> dict[str, Access]:
    """ "You have read N of 5 free articles", with the date on which the count starts anew."""
    return {"access": access}


@register.inclusion_tag("metering/wall.html", takes_context=True)
def wall(context: template.Context, access: Access) -> dict[Any, Any]:
    """What a walled reader is told below the teaser, and what can be done about it."""
    return {**context.flatten(), "access": access}
