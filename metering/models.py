"""What the meter keeps: the owner's settings and the readers' reads."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from metering import periods

SITE_METER = 1
"""The key of the one meter that the whole site shares."""


class Kind(models.TextChoices):
    """The kinds of period as the owner reads them."""

    SESSION = periods.SESSION, _("session: so many days from the reader's first article")
    DAY = periods.DAY, _("day")
    WEEK = periods.WEEK, _("week")
    MONTH = periods.MONTH, _("calendar month")
    ROLLING = periods.ROLLING, _("rolling days: each article counts for so many days of its own")


class Weekday(models.IntegerChoices):
    """Numbered as in `date.weekday()`."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class Meter(models.Model):
    """How many articles a reader may open, in how long, and what a walled reader sees of the next."""

    is_on = models.BooleanField(
        _("switched on"), default=True, help_text=_("Off: everybody reads everything, and nothing is counted.")
    )
    limit = models.PositiveSmallIntegerField(
        _("free articles"),
        null=True,
        blank=True,
        default=5,
        help_text=_(
            "How many metered articles a reader may open in each period. 0: none at all. Empty: no limit. "
            "A change applies at once; what a reader has opened already stays open."
        ),
    )
    period = models.CharField(
        _("in each"),
        max_length=10,
        choices=Kind,
        default=Kind.SESSION,
        help_text=_(
            "Days begin and end at midnight in the time zone of the site. A change applies at once, to what "
            "has been read already too; what a reader has opened stays open, for 24 hours at least."
        ),
    )
    days = models.PositiveSmallIntegerField(
        _("number of days"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
        help_text=_("For a session and for rolling days; the other periods do not ask for it."),
    )
    first_weekday = models.PositiveSmallIntegerField(
        _("first day of the week"),
        choices=Weekday,
        default=Weekday.MONDAY,
        help_text=_("For a week: the count starts anew at midnight before this day."),
    )
    teaser_paragraphs = models.PositiveSmallIntegerField(
        _("paragraphs in the teaser"),
        default=3,
        help_text=_("How much a walled reader sees. A paragraph [more] in an article ends its teaser there."),
    )
    teaser_percent = models.PositiveSmallIntegerField(
        _("at most this share of an article, in per cent"),
        default=40,
        validators=[MaxValueValidator(90)],
        help_text=_("So that a short article is not its own teaser."),
    )

    class Meta:
        verbose_name = _("meter")
        verbose_name_plural = _("meter")

    def __str__(self) -> str:
        return str(_("The site's meter"))


class Read(models.Model):
    """One piece opened by one reader in one period.

    Two unique keys keep the count exact without a lock: the same piece is never counted twice,
    and each read of a period takes a numbered `slot`, so that five slots are five reads however
    many requests come at once. `period_start` is what a read is filed under: the start of its
    period, or one date for all reads of a rolling period; it is emptied once the read counts no longer
    and its slot is wanted, and what is empty is in nobody's way. See docs/decisions/0004-slots.md.
    """

    meter = models.ForeignKey(Meter, on_delete=models.CASCADE, related_name="reads", verbose_name=_("meter"))
    reader = models.CharField(_("reader"), max_length=64, help_text=_("A keyed hash, never the cookie itself."))
    piece = models.CharField(_("piece"), max_length=120)
    slot = models.PositiveIntegerField(_("slot"), null=True, help_text=_("Empty where there was no limit."))
    period_start = models.DateTimeField(
        _("filed under"),
        null=True,
        help_text=_("Empty where the read counts no longer and its slot was given back."),
    )
    period_end = models.DateTimeField(_("period ends"))
    read_at = models.DateTimeField(_("read"))
    open_until = models.DateTimeField(_("open until"), db_index=True)

    class Meta:
        verbose_name = _("read")
        verbose_name_plural = _("reads")
        constraints = [
            models.UniqueConstraint(name="read_once", fields=["meter", "reader", "period_start", "piece"]),
            models.UniqueConstraint(name="read_slot", fields=["meter", "reader", "period_start", "slot"]),
        ]

    def __str__(self) -> str:
        return f"{self.piece} · {self.slot}"
