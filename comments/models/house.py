"""What the owner of the site settles: the rules of the house, lists of words, breaking news."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments.models.discussions import Thread
from comments.querysets import BreakingNewsQuerySet


class House(models.Model):
    """The rules of the house: one row, which the owner of the site fills in."""

    class Guests(models.TextChoices):
        SCORE = "score", _("Judged by their score")
        HOLD = "hold", _("Each comment waits for a moderator")

    mode = models.CharField(
        _("comments"),
        max_length=8,
        choices=Thread.Mode,
        blank=True,
        help_text=_("Empty: as each article says."),
    )
    hold_after_days = models.PositiveSmallIntegerField(
        _("comments wait after"),
        null=True,
        blank=True,
        help_text=_("Days after publication from which each comment waits for a moderator. Empty: never."),
    )
    close_after_days = models.PositiveSmallIntegerField(
        _("comments close after"),
        null=True,
        blank=True,
        help_text=_("Days after publication. Empty: as the site's settings say."),
    )
    guests = models.CharField(_("readers without an account"), max_length=6, choices=Guests, default=Guests.SCORE)
    newcomer_approvals = models.PositiveSmallIntegerField(
        _("a newcomer's comments wait until"),
        default=2,
        help_text=_("So many comments of an account have been approved. 0: they do not wait."),
    )
    history_percent = models.PositiveSmallIntegerField(
        _("comments wait above"),
        default=30,
        help_text=_("Per cent of one's comments rejected within the days below. 0: this rule is off."),
    )
    history_days = models.PositiveSmallIntegerField(_("counted over days"), default=7)
    most_links = models.PositiveSmallIntegerField(
        _("links allowed"),
        null=True,
        blank=True,
        help_text=_("A comment with more waits for a moderator. Empty: any number."),
    )
    hold_disposable = models.BooleanField(
        _("throw-away e-mail addresses wait"),
        default=True,
        help_text=_("Addresses at the hosts of the list that comes with the program."),
    )
    email_domains = models.TextField(
        _("e-mail domains that wait"),
        blank=True,
        help_text=_("One a line, such as example.org; the hosts below it are meant too."),
    )
    undo_seconds = models.PositiveSmallIntegerField(
        _("seconds to undo"),
        default=10,
        help_text=_("Mails, hooks and lessons wait so long after a moderator's decision."),
    )
    tell_authors = models.BooleanField(
        _("tell authors why"),
        default=False,
        help_text=_("Mails the reason for a rejection to authors with a confirmed address."),
    )
    alarm_hours = models.PositiveSmallIntegerField(
        _("alarm after hours"),
        null=True,
        blank=True,
        help_text=_("Mails the moderators when a comment has waited so long. Empty: never."),
    )
    alarmed_at = models.DateTimeField(null=True, editable=False)
    keep_rejected_days = models.PositiveSmallIntegerField(
        _("keep rejected comments for days"),
        null=True,
        blank=True,
        help_text=_("After that their texts and names are erased; the log stays. Empty: for good."),
    )
    keep_spam_days = models.PositiveSmallIntegerField(
        _("keep spam for days"), null=True, blank=True, help_text=_("Likewise. Empty: for good.")
    )

    class Meta:
        verbose_name = _("rules of the house")
        verbose_name_plural = _("rules of the house")
        constraints = [models.CheckConstraint(name="one_house", condition=Q(pk=1))]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class WordList(models.Model):
    """Words to look out for: comments with one of them wait, or the words are masked at the desk, or both."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    entries = models.TextField(
        _("words"),
        help_text=_(
            "One a line: a word, or a phrase. An asterisk stands for any letters: idiot* also finds idiotic. "
            "Words are found as words, never inside others."
        ),
    )
    holds = models.BooleanField(_("comments with them wait"), default=True)
    masks = models.BooleanField(
        _("masked at the desk"), default=False, help_text=_("Moderators see them when they ask to.")
    )
    until = models.DateTimeField(
        _("ends"), null=True, blank=True, help_text=_("A watch list ends by itself. Empty: never.")
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("word list")
        verbose_name_plural = _("word lists")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class BreakingNews(models.Model):
    """While something happens that stirs people up: comments wait, or are closed, until it ends by itself."""

    class Mode(models.TextChoices):
        HELD = "held", _("Each comment waits for a moderator")
        CLOSED = "closed", _("Closed")

    section = models.CharField(
        _("section"), max_length=100, blank=True, help_text=_("Empty: all sections of the site.")
    )
    mode = models.CharField(_("comments"), max_length=8, choices=Mode, default=Mode.HELD)
    why = models.CharField(_("occasion"), max_length=200, blank=True)
    until = models.DateTimeField(_("ends"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("by"),
    )
    made_at = models.DateTimeField(_("begun"), default=timezone.now, editable=False)

    objects = BreakingNewsQuerySet.as_manager()

    class Meta:
        verbose_name = _("breaking news")
        verbose_name_plural = _("breaking news")
        ordering = ["-until"]

    def __str__(self) -> str:
        return self.why or self.section or str(self._meta.verbose_name)
