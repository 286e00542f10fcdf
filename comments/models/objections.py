"""What readers object to: a comment that stands there, or a decision about their own."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments.conf import conf
from comments.models.decisions import Decision
from comments.models.discussions import Comment


class Report(models.Model):
    """A reader says that a comment should not stand there. One for each comment and reader."""

    class Outcome(models.TextChoices):
        OPEN = "", _("Open")
        AGREED = "agreed", _("A moderator agreed")
        DISAGREED = "disagreed", _("A moderator disagreed")
        MOOT = "moot", _("The comment is gone")

    comment = models.ForeignKey(
        Comment, on_delete=models.CASCADE, related_name="reports", verbose_name=_("comment")
    )
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="comment_reports",
        verbose_name=_("account"),
    )
    reporter_key = models.CharField(max_length=64, blank=True, editable=False)
    address_hash = models.CharField(max_length=64, blank=True, editable=False)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    note = models.TextField(_("note"), blank=True)
    weight = models.FloatField(_("weight"), default=1)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)
    answer = models.ForeignKey(
        Decision, on_delete=models.SET_NULL, null=True, blank=True, related_name="answered_reports"
    )

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["made_at", "id"]
        constraints = [
            models.UniqueConstraint(
                name="one_report_per_browser", fields=["comment", "reporter_key"], condition=~Q(reporter_key="")
            ),
            models.UniqueConstraint(
                name="one_report_per_account",
                fields=["comment", "reporter"],
                condition=Q(reporter__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="report_by_browser", fields=["reporter_key"], condition=~Q(reporter_key="")),
            models.Index(name="report_by_address", fields=["address_hash"], condition=~Q(address_hash="")),
        ]

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.reason}"

    @property
    def reason_name(self) -> str:
        return str(conf().reasons.get(self.reason, self.reason))


class Appeal(models.Model):
    """The author of a comment that was turned down asks, once, for a second look by another person."""

    class Outcome(models.TextChoices):
        OPEN = "", _("Waiting for a second look")
        UPHELD = "upheld", _("The decision stands")
        OVERTURNED = "overturned", _("The decision was overturned")
        MOOT = "moot", _("The comment is gone")

    comment = models.OneToOneField(
        Comment, on_delete=models.CASCADE, related_name="appeal", verbose_name=_("comment")
    )
    contested = models.ForeignKey(
        Decision, on_delete=models.PROTECT, related_name="appeals", verbose_name=_("contested decision")
    )
    text = models.TextField(_("what the author says"), blank=True)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)
    answer = models.ForeignKey(
        Decision, on_delete=models.SET_NULL, null=True, blank=True, related_name="answered_appeals"
    )

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["made_at", "id"]

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.get_outcome_display()}"
