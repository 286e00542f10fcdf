"""Dates as the site prints them: in the Gregorian or the Jalali calendar, digits as the language asks."""

from datetime import datetime

import jdatetime
from django.utils import timezone
from django.utils.translation import get_language

from comments.conf import conf

PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def written(moment: datetime) -> str:
    """Date and time of a comment, such as `1395/12/13 4:19`, in the current time zone."""
    local = timezone.localtime(moment)
    day = jdatetime.date.fromgregorian(date=local.date()) if conf().calendar == "jalali" else local.date()
    text = f"{day.year}/{day.month:02}/{day.day:02} {local.hour}:{local.minute:02}"
    return text.translate(PERSIAN_DIGITS) if (get_language() or "").startswith("fa") else text
