"""Mails that wait to be sent, or have been."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments.models.decisions import Decision
from comments.models.discussions import Comment


class Letter(models.Model):
    """A mail that is to go out, or has gone: the row waits with its due time, and is tried again if it fails."""

    kind = models.CharField(max_length=20)
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, null=True, related_name="letters")
    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, null=True, related_name="letters")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="comment_letters"
    )
    due_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        indexes = [models.Index(name="letter_due", fields=["due_at"], condition=Q(sent_at=None))]
        constraints = [
            models.UniqueConstraint(
                name="one_letter_per_decision",
                fields=["kind", "decision", "recipient"],
                condition=Q(decision__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.comment_id}"
