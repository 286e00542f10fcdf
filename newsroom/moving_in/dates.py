"""The dates of an export as moments: WordPress keeps two of each, and neither is always there."""

from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime

YEARS = (1600, 2500)
"""What any calendar and any time zone can print; a date outside is a mistake."""

FORMAT = "%Y-%m-%d %H:%M:%S"


def moment(gmt: str, local: str, *, zone: tzinfo) -> datetime | None:
    """The moment that these two columns mean; None if neither means one.

    The column in GMT is believed first; drafts and old versions left it at "0000-00-00 00:00:00",
    and then the local one is read in the site's time zone.
    """
    return _read(gmt, UTC) or _read(local, zone)


def announced(rfc_822: str) -> datetime | None:
    """The moment in a feed's own date."""
    try:
        return parsedate_to_datetime(rfc_822).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _read(written: str, zone: tzinfo) -> datetime | None:
    try:
        read = datetime.strptime(written.strip(), FORMAT).replace(tzinfo=zone).astimezone(UTC)
        return read if YEARS[0] <= read.year <= YEARS[1] else None
    except (ValueError, OverflowError):
        return None
