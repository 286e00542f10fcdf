"""Threads and the comments in them."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments import states
from comments.querysets import CommentQuerySet
from comments.states import Action, State


class Thread(models.Model):
    """All comments on one thing of the host's. Made with the first comment, not with the first view."""

    class Mode(models.TextChoices):
        OPEN = "open", _("Open")
        HELD = "held", _("Each comment waits for a moderator")
        CLOSED = "closed", _("Closed")

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, verbose_name=_("kind"))
    object_id = models.CharField(_("key"), max_length=64)
    target = GenericForeignKey("content_type", "object_id")
    title = models.CharField(_("title"), max_length=250, blank=True)
    section = models.CharField(_("section"), max_length=100, blank=True, db_index=True)
    mode = models.CharField(
        _("comments"),
        max_length=8,
        choices=Mode,
        blank=True,
        help_text=_("Empty: as the article says. Anything else overrides it."),
    )
    language = models.CharField(_("language"), max_length=10, blank=True, editable=False)
    keeper = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="threads_kept",
        verbose_name=_("looked after by"),
    )
    approved = models.PositiveIntegerField(_("approved comments"), default=0, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("thread")
        verbose_name_plural = _("threads")
        constraints = [models.UniqueConstraint(name="one_thread_per_target", fields=["content_type", "object_id"])]

    def __str__(self) -> str:
        return self.title or f"{self.content_type_id}:{self.object_id}"


class Comment(models.Model):
    """One reader's words. `source` is what was typed and is never printed unescaped; `html` is safe."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="comments", verbose_name=_("thread"))
    parent = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="replies",
        verbose_name=_("in reply to"),
    )
    root = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="below", editable=False
    )
    depth = models.PositiveSmallIntegerField(default=0, editable=False)

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="comments",
        verbose_name=_("account"),
    )
    author_key = models.CharField(max_length=64, blank=True, editable=False)
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    address_hash = models.CharField(max_length=64, blank=True, editable=False)

    source = models.TextField(_("as typed"))
    is_html = models.BooleanField(_("came as HTML"), default=False)
    html = models.TextField(_("text"), editable=False)
    sanitizer = models.PositiveSmallIntegerField(default=0, editable=False)

    submitted_at = models.DateTimeField(_("submitted"), default=timezone.now)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PENDING, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    screened_at = models.DateTimeField(_("screened"), null=True, editable=False)
    tried_at = models.DateTimeField(null=True, editable=False)
    score = models.FloatField(_("spam score"), null=True, editable=False)
    reasons = models.JSONField(_("reasons"), default=list, editable=False)
    doubts = models.JSONField(default=list, editable=False)
    traits = models.JSONField(default=dict, editable=False)
    fingerprint = models.BigIntegerField(default=0, editable=False)
    approved_replies = models.PositiveIntegerField(default=0, editable=False)
    is_redacted = models.BooleanField(_("redacted"), default=False, editable=False)
    open_reports = models.PositiveIntegerField(_("open reports"), default=0, editable=False)
    report_weight = models.FloatField(default=0, editable=False)
    has_open_appeal = models.BooleanField(default=False, editable=False)
    # The moment since which it waits for a person, moved ahead by what makes it urgent (`comments.urgency`).
    urgent_at = models.DateTimeField(default=timezone.now, editable=False)
    origin = models.CharField(_("imported as"), max_length=200, null=True, blank=True, unique=True, editable=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["-submitted_at", "-id"]
        permissions = [
            ("moderate_comment", _("Can decide about comments")),
            ("moderate_section", _("Can decide about comments in the sections assigned")),
            ("erase_comments", _("Can give out and erase what is a reader's")),
        ]
        indexes = [
            models.Index(
                name="comment_starting",
                fields=["thread", "-submitted_at", "-id"],
                condition=Q(parent=None) & (Q(state="approved") | Q(approved_replies__gt=0)),
            ),
            models.Index(
                name="comment_replies", fields=["root", "submitted_at", "id"], condition=Q(state="approved")
            ),
            models.Index(name="comment_queue", fields=["state", "submitted_at", "id"]),
            models.Index(name="comment_newest", fields=["-submitted_at", "-id"]),
            models.Index(name="comment_author", fields=["author_key", "state"], condition=~Q(author_key="")),
            models.Index(name="comment_email", fields=["email"], condition=~Q(email="")),
            models.Index(
                name="comment_urgent",
                fields=["urgent_at", "id"],
                condition=Q(state="pending", screened_at__isnull=False),
            ),
            models.Index(
                name="comment_checking", fields=["submitted_at"], condition=Q(state="pending", screened_at=None)
            ),
            models.Index(name="comment_reported", fields=["urgent_at", "id"], condition=Q(open_reports__gt=0)),
            models.Index(name="comment_appealed", fields=["urgent_at", "id"], condition=Q(has_open_appeal=True)),
        ]

    def __str__(self) -> str:
        return self.source[:60]

    def get_absolute_url(self) -> str:
        return reverse("comments:permalink", args=[self.pk])

    @property
    def public_name(self) -> str:
        """The name that readers see; empty for a comment without one."""
        return self.author.get_full_name() if self.author else self.name

    @property
    def is_being_checked(self) -> bool:
        return self.state == State.PENDING and self.screened_at is None

    @property
    def allowed_actions(self) -> list[Action]:
        """What a moderator can do now; keeping it only where a report or an appeal asks for an answer."""
        is_asked_about = self.open_reports or self.has_open_appeal
        may_be_kept = is_asked_about and self.state in states.TABLE[Action.KEEP]
        return [Action.KEEP] * bool(may_be_kept) + states.allowed(State(self.state))


class Desk(Comment):
    """Comments as moderators see them all day: a place of its own in the admin, and no table of its own."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("comment at the desk")
        verbose_name_plural = _("moderators' desk")
