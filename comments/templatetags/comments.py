"""Template tags of the comments: a whole thread in one line, and the dates of comments."""

from datetime import datetime
from typing import Any

from django import template
from django.db.models import Model

from comments import calendars, presenting, targets

register = template.Library()

register.filter("comment_time", calendars.written)


@register.inclusion_tag("comments/discussion.html", takes_context=True)
def comment_thread(context: template.Context, obj: Model) -> dict[str, object]:
    """The thread of any registered object, with its form: `{% comment_thread article %}`."""
    request = context["request"]
    seen = presenting.look(request, obj, may_read=targets.may_read(request, obj))
    shown = presenting.discussion(request, seen)
    return {"discussion": shown, "request": request, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("comments/discussion.html", takes_context=True)
def show_discussion(context: template.Context, discussion: presenting.Discussion) -> dict[str, object]:
    """A thread that the view has read already."""
    return {
        "discussion": discussion,
        "request": context.get("request"),
        "csrf_token": context.get("csrf_token"),
    }


@register.filter
def of(badges: dict[int, list[str]], author: Any) -> list[str]:
    """What stands beside the name of this author."""
    return badges.get(author.pk, [])


@register.filter
def iso(moment: datetime) -> str:
    """For programs that read the page."""
    return moment.isoformat(timespec="seconds")
