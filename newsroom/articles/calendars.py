"""Dates of articles as the site prints them: Gregorian or Jalali, digits as the language asks."""

from datetime import date, datetime

import jdatetime
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language

PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def day(moment: datetime) -> str:
    """Such as `2017/03/02`, in the current time zone."""
    local: date = timezone.localtime(moment).date()
    shown = jdatetime.date.fromgregorian(date=local) if settings.CALENDAR == "jalali" else local
    return _digits(f"{shown.year}/{shown.month:02}/{shown.day:02}")


def time_of_day(moment: datetime) -> str:
    """Such as `20:57`."""
    return _digits(f"{timezone.localtime(moment):%H:%M}")


def _digits(text: str) -> str:
    return text.translate(PERSIAN_DIGITS) if (get_language() or "").startswith("fa") else text
