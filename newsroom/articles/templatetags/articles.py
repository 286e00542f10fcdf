"""Template filters of the articles: dates in the site's calendar, the direction of a language."""

from datetime import datetime

from django import template
from django.utils.translation import get_language_info

from newsroom.articles import calendars

register = template.Library()

register.filter("article_day", calendars.day)
register.filter("article_time", calendars.time_of_day)


@register.filter
def iso(moment: datetime) -> str:
    """For programs that read the page."""
    return moment.isoformat(timespec="seconds")


@register.filter
def direction(language: str) -> str:
    """`rtl` or `ltr`, for the `dir` of a text in this language."""
    try:
        return "rtl" if get_language_info(language)["bidi"] else "ltr"
    except KeyError:
        return "auto"
