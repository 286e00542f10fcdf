"""Moderators and the people whom they meet: bans and watches, notes, hand-overs, sections."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments.conf import conf
from comments.models.discussions import Comment, Thread
from comments.querysets import RestrictionQuerySet

LONGEST_NOTE = 2000
"""In characters, of whatever moderators write down."""


class Restriction(models.Model):
    """Somebody whose comments are refused, or each wait for a moderator; for a time or for good.

    It meets whoever has any of what it names: the account, the browser, the address, its domain, the network.
    """

    class Effect(models.TextChoices):
        BAN = "ban", _("May not comment")
        WATCH = "watch", _("Each comment waits for a moderator")

    effect = models.CharField(_("effect"), max_length=6, choices=Effect, default=Effect.BAN)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="comment_restrictions",
        verbose_name=_("account"),
    )
    author_key = models.CharField(max_length=64, blank=True, editable=False)
    address_hash = models.CharField(max_length=64, blank=True, editable=False)
    email = models.EmailField(_("e-mail"), blank=True)
    domain = models.CharField(_("e-mail domain"), max_length=253, blank=True)
    shown_name = models.CharField(_("name"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    note = models.TextField(_("note"), blank=True, max_length=LONGEST_NOTE)
    comment = models.ForeignKey(
        Comment, on_delete=models.SET_NULL, null=True, blank=True, related_name="restrictions", editable=False
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="comment_restrictions_made",
        verbose_name=_("by"),
        editable=False,
    )
    made_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    until = models.DateTimeField(_("until"), null=True, blank=True, help_text=_("Empty: for good."))
    lifted_at = models.DateTimeField(_("lifted"), null=True, editable=False)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )

    objects = RestrictionQuerySet.as_manager()

    class Meta:
        verbose_name = _("ban or watch")
        verbose_name_plural = _("bans and watches")
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="restriction_names_somebody",
                condition=Q(account__isnull=False)
                | ~Q(author_key="")
                | ~Q(address_hash="")
                | ~Q(email="")
                | ~Q(domain=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.shown_name or self.email or self.domain or self.account or self.author_key[:8]}"

    @property
    def is_in_force(self) -> bool:
        return self.lifted_at is None and (self.until is None or self.until > timezone.now())

    @property
    def reason_name(self) -> str:
        return str(conf().reasons.get(self.reason, self.reason))


class Note(models.Model):
    """What one moderator tells the others about a comment, or about who wrote it."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, null=True, blank=True, related_name="notes")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="comment_notes"
    )
    author_key = models.CharField(max_length=64, blank=True, editable=False)
    text = models.TextField(_("note"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="comment_notes_made",
        verbose_name=_("by"),
    )
    made_at = models.DateTimeField(_("made"), default=timezone.now)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["made_at", "id"]
        indexes = [models.Index(name="note_on_browser", fields=["author_key"], condition=~Q(author_key=""))]

    def __str__(self) -> str:
        return self.text[:60]


class HandOver(models.Model):
    """One moderator asks another to look after a thread, and says why."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="hand_overs")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    note = models.TextField(_("note"), blank=True)
    made_at = models.DateTimeField(_("made"), default=timezone.now)

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return f"{self.thread} → {self.to}"


class SectionModerator(models.Model):
    """Somebody who decides about the comments of one section. Without a line here, of none."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="comment_sections",
        verbose_name=_("moderator"),
    )
    section = models.CharField(_("section"), max_length=100)

    class Meta:
        verbose_name = _("moderator of a section")
        verbose_name_plural = _("moderators of sections")
        ordering = ["user", "section"]
        constraints = [models.UniqueConstraint(name="once_per_section", fields=["user", "section"])]

    def __str__(self) -> str:
        return f"{self.user}: {self.section}"
