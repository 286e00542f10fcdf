"""The log of decisions, what a redaction took away, and the numbers that follow from both."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments.conf import conf
from comments.models.discussions import Comment
from comments.querysets import DecisionQuerySet
from comments.states import Action, State


class Decision(models.Model):
    """One line of the audit log: who or which rule moved a comment from where to where, and why."""

    # Protected: what is erased keeps its row without the text, so that the log stays whole.
    comment = models.ForeignKey(
        Comment, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("comment")
    )
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="decisions",
        verbose_name=_("by"),
    )
    rule = models.CharField(_("rule"), max_length=40, blank=True)
    action = models.CharField(_("action"), max_length=10, choices=Action)
    before = models.CharField(_("before"), max_length=8, choices=State)
    after = models.CharField(_("after"), max_length=8, choices=State)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    note = models.TextField(_("note"), blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)  # of the comment, after it
    batch = models.UUIDField(null=True, editable=False)  # those of one bulk have it in common
    # What follows from it (mail, lessons, hooks) waits for this moment, until which it can be undone.
    settles_at = models.DateTimeField(null=True, editable=False)
    is_undone = models.BooleanField(_("undone"), default=False, editable=False)
    undoes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="undone_by"
    )

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["made_at", "id"]
        indexes = [
            models.Index(name="decision_newest", fields=["-made_at", "-id"]),
            models.Index(name="decision_batch", fields=["batch"], condition=Q(batch__isnull=False)),
            models.Index(name="decision_settling", fields=["settles_at"], condition=Q(settles_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"

    @property
    def reason_name(self) -> str:
        """In words; a code that is no longer on the list stands for itself."""
        return str(conf().reasons.get(self.reason, self.reason))


class Redaction(models.Model):
    """What a comment said before a moderator blacked out a part of it. Goes when the comment is erased."""

    decision = models.OneToOneField(Decision, on_delete=models.CASCADE, related_name="redaction")
    source = models.TextField(_("as typed"))
    is_html = models.BooleanField(_("came as HTML"), default=False)
    html = models.TextField(_("text"))

    class Meta:
        verbose_name = _("redaction")
        verbose_name_plural = _("redactions")

    def __str__(self) -> str:
        return str(self.decision)


class Tally(models.Model):
    """A change of how many comments stand under a tab of the desk; the sum of all lines is the number.

    Lines are added in the transaction that changes the comments and folded into fewer ones later: nobody
    waits for anybody else's counter, and no order of locks can be wrong.
    """

    section = models.CharField(max_length=100, blank=True)
    tab = models.CharField(max_length=10)
    number = models.IntegerField()

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.section} {self.tab} {self.number:+}"
