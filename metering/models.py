"""What the meter keeps: the owner's settings, the readers' reads, and whom the meter lets pass."""

import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connections, models, transaction
from django.db.models import F, Q
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from metering import periods, remembered
from metering.fields import AiCrawlersField
from metering.ledger import the_ledger
from metering.network_lists import one_network_a_line
from metering.policy import SITE_METER
from metering.rules import EXCLUDE, INCLUDE

EDITIONS = frozenset(("institutions_edition", "crawlers_edition", "rules_edition"))
"""What the meter's row tells every process of lists that it may keep."""


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


class MeterQuerySet(models.QuerySet["Meter"]):
    """Tells the ledger of a change that comes without `save()`."""

    def update(self, **values: Any) -> int:
        changed = super().update(**values)
        if not values.keys() <= EDITIONS:
            new_edition_of_rules()
        tell_the_ledger(using=self.db)
        return changed


class Meter(models.Model):
    """How many articles a reader may open, in how long, and what a walled reader sees of the next.

    The first one is the site's: it counts whatever no rule gives to another, and its row holds what
    is the same for the whole site. What the others have of that is not looked at.
    """

    name = models.CharField(_("name"), max_length=80, default=_("The site's meter"))
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
    registered_limit = models.PositiveSmallIntegerField(
        _("for registered readers"),
        null=True,
        blank=True,
        default=10,
        help_text=_(
            "How many articles readers may open who have an account and have confirmed their e-mail address. "
            "Empty: the same as everybody."
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
    search_crawlers = models.CharField(
        _("search engines"),
        max_length=10,
        choices=[("teaser", _("get the teaser")), ("open", _("get the whole text"))],
        default="teaser",
        help_text=_(
            "For crawlers of search engines that have proved who they are. Who only says so is a reader "
            "like everybody else."
        ),
    )
    ai_crawlers = AiCrawlersField(
        _("AI crawlers that get the whole text"),
        default="",
        blank=True,
        help_text=_("Once they have proved who they are. All others get the teaser, and robots.txt says so."),
    )
    covers_the_rest = models.BooleanField(
        _("counts every article that no rule covers"),
        default=True,
        help_text=_("Off: an article that no rule covers is open to everybody, and is not counted."),
    )
    walls_from = models.DateTimeField(
        _("observe until"),
        null=True,
        blank=True,
        help_text=_(
            "Until then articles that no rule covers are counted and reported, and nobody meets a wall. "
            "Everybody begins with nothing used on that day."
        ),
    )
    on_failure = models.CharField(
        _("when reads cannot be counted"),
        max_length=5,
        choices=[("open", _("articles are open")), ("wall", _("readers meet the wall"))],
        default="open",
        help_text=_(
            "When the store of reads does not answer. Articles for subscribers stay shut, and subscribers "
            "read on, whatever is chosen here."
        ),
    )
    brake = models.PositiveIntegerField(
        _("new readers a day from one neighbourhood"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_(
            "A coarse brake for readers who refuse or delete the cookie: beyond this number, new readers with "
            "the same kind of browser and nearly the same address are asked to register before they read on. "
            "Whole offices and mobile networks share addresses, so choose several times the free articles. "
            "Only a salted hash is kept, for a day. Empty: no brake."
        ),
    )
    institutions_edition = models.CharField(max_length=16, default="", blank=True, editable=False)
    crawlers_edition = models.CharField(max_length=16, default="", blank=True, editable=False)
    rules_edition = models.CharField(max_length=16, default="", blank=True, editable=False)

    objects = MeterQuerySet.as_manager()

    class Meta:
        verbose_name = _("meter")
        verbose_name_plural = _("meters")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.registered_limit is None:
            return
        if self.limit is None:
            told = _("Everybody reads without limit already. Leave this empty.")
            raise ValidationError({"registered_limit": told})
        if self.registered_limit < self.limit:
            told = _("Readers who register would have fewer free articles than those who do not.")
            raise ValidationError({"registered_limit": told})


@receiver([post_save, post_delete], sender=Meter)
def tell_the_ledger(*, using: str, **kwargs: Any) -> None:
    """A ledger may keep a copy of the policy. What was saved stays saved, even if the ledger is away."""
    remembered.forget()
    transaction.on_commit(_policy_changed, using=using, robust=True)


def _policy_changed() -> None:
    remembered.forget()  # what another thread has looked up while the change was not committed yet
    the_ledger().policy_changed()


@receiver(post_save, sender=Meter)
def keep_the_keys_apart(*, instance: Meter, created: bool, using: str, **kwargs: Any) -> None:
    """The site's row names its own key: PostgreSQL's sequence hears nothing of it, and would give it out again."""
    if created and instance.pk == SITE_METER:
        connection = connections[using]
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), [Meter]):
                cursor.execute(statement)


class RuleQuerySet(models.QuerySet["Rule"]):
    """Changes in bulk send no signals, so they name the new edition of the rules themselves."""

    def update(self, **changes: Any) -> int:
        changed = super().update(**changes)
        new_edition_of_rules()
        return changed

    def bulk_create(self, *args: Any, **options: Any) -> Any:
        created = super().bulk_create(*args, **options)
        new_edition_of_rules()
        return created

    def in_force(self) -> "RuleQuerySet":
        return self.filter(is_on=True)


class Rule(models.Model):
    """Which meter counts an article, or that none does: see `metering.rules`, where it is asked."""

    class Effect(models.TextChoices):
        INCLUDE = INCLUDE, _("counted by a meter")
        EXCLUDE = EXCLUDE, _("open to everybody, not counted")

    name = models.CharField(_("name"), max_length=80, unique=True)
    is_on = models.BooleanField(_("switched on"), default=True)
    effect = models.CharField(_("articles are"), max_length=8, choices=Effect, default=Effect.INCLUDE)
    meter = models.ForeignKey(
        Meter, on_delete=models.PROTECT, related_name="rules", verbose_name=_("meter"), default=SITE_METER
    )
    priority = models.SmallIntegerField(
        _("priority"),
        default=0,
        help_text=_(
            "Of several rules that cover an article, the one with the highest number decides. "
            "A rule that opens articles to everybody goes before all others."
        ),
    )
    section = models.CharField(
        _("section"), max_length=120, blank=True, help_text=_("Together with the sections below it.")
    )
    tag = models.CharField(_("tag"), max_length=120, blank=True)
    author = models.CharField(_("author"), max_length=120, blank=True)
    older_than = models.PositiveIntegerField(_("published at least so many days ago"), null=True, blank=True)
    younger_than = models.PositiveIntegerField(
        _("published less than so many days ago"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    path = models.CharField(
        _("address"),
        max_length=200,
        blank=True,
        help_text=_(
            "How the address begins, such as /news/; or a pattern for the whole of it, with * for anything."
        ),
    )
    walls_from = models.DateTimeField(
        _("observe until"),
        null=True,
        blank=True,
        help_text=_(
            "Until then the rule is only tried: what it would count is counted and what it would wall is "
            "reported, while the other rules decide. Empty: it is in force at once."
        ),
    )

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["effect", "-priority", "name"]
        constraints = [
            models.UniqueConstraint(
                name="rule_priority",
                fields=["priority"],
                condition=Q(effect=INCLUDE),
                violation_error_message=_(
                    "Another rule has this priority already: nobody could say which one decides."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.path and not self.path.startswith(("/", "*")):
            raise ValidationError({"path": _("An address begins with a slash.")})
        if self.effect == EXCLUDE and self.walls_from:
            told = _("A rule that opens articles walls nobody, so there is nothing to observe.")
            raise ValidationError({"walls_from": told})
        ages = (self.older_than, self.younger_than)
        if None not in ages and ages[0] >= ages[1]:  # type: ignore[operator]
            raise ValidationError({"younger_than": _("No article is both that old and that young.")})


@receiver([post_save, post_delete], sender=Meter)
@receiver([post_save, post_delete], sender=Rule)
def new_edition_of_rules(**kwargs: Any) -> None:
    """Tells every process to read the rules and the further meters again; see `new_edition_of_institutions`.

    Where there is neither a rule nor another meter nor anything to observe, there is nothing to read.
    """
    site = Meter.objects.filter(pk=SITE_METER)
    is_plain = site.filter(walls_from=None, covers_the_rest=True).exists()
    has_rules = Rule.objects.in_force().exists()
    edition = secrets.token_hex(8) if has_rules or not is_plain else ""
    if has_rules:
        Meter.objects.get_or_create(pk=SITE_METER)
    site.update(rules_edition=edition)


class PolicyVersion(models.Model):
    """What the meters and the rules said from one moment on, and who said so; see `metering.governing`."""

    at = models.DateTimeField(_("from"), db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    state = models.JSONField(_("what it says"))

    class Meta:
        verbose_name = _("version of the policy")
        verbose_name_plural = _("history of the policy")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} · {self.by or '–'}"


class ReadQuerySet(models.QuerySet["Read"]):
    def made(self) -> "ReadQuerySet":
        """Each read once: a copy under the reader's other key is left out."""
        return self.filter(is_copy=False)


class Read(models.Model):
    """One piece opened by one reader in one period.

    Two unique keys keep the count exact without a lock: the same piece is never counted twice,
    and each read of a period takes a numbered `slot`, so that five slots are five reads however
    many requests come at once. `period_start` is what a read is filed under: the start of its
    period, or one date for all reads of a rolling period; it is emptied once the read counts no longer
    and its slot is wanted, and what is empty is in nobody's way. See docs/decisions/0004-slots.md.
    """

    meter = models.ForeignKey(Meter, on_delete=models.PROTECT, related_name="reads", verbose_name=_("meter"))
    reader = models.CharField(_("reader"), max_length=64, help_text=_("A keyed hash, never the cookie itself."))
    piece = models.CharField(_("piece"), max_length=120)
    slot = models.PositiveIntegerField(_("slot"), null=True, help_text=_("Empty where there was no limit."))
    period_start = models.DateTimeField(
        _("filed under"),
        null=True,
        help_text=_("Empty where the read counts no longer and its slot was given back."),
    )
    period_end = models.DateTimeField(_("period ends"))
    read_at = models.DateTimeField(_("read"), db_index=True)
    open_until = models.DateTimeField(_("open until"), db_index=True)
    is_copy = models.BooleanField(
        _("copy"),
        default=False,
        help_text=_("The same read under the reader's other key, the device's or the account's; counted once."),
    )
    is_registered = models.BooleanField(_("by a registered reader"), default=False)

    objects = ReadQuerySet.as_manager()

    class Meta:
        verbose_name = _("read")
        verbose_name_plural = _("reads")
        # Every page view looks for a reader's rows, whatever the meter: so the reader comes first.
        constraints = [
            models.UniqueConstraint(name="read_once", fields=["reader", "meter", "period_start", "piece"]),
            models.UniqueConstraint(name="read_slot", fields=["reader", "meter", "period_start", "slot"]),
        ]

    def __str__(self) -> str:
        return f"{self.piece} · {self.slot}"


class Wall(models.Model):
    """The wall that one reader met at one piece in one period, with the decision; see `metering.support`.

    `reader` is empty for all who come without the meter's cookie: one row a day for each piece.
    `is_observed`: nobody saw it, a rule that is being tried would have shown it.
    """

    code = models.CharField(_("support code"), max_length=12, unique=True)
    meter = models.ForeignKey(Meter, on_delete=models.PROTECT, related_name="walls", verbose_name=_("meter"))
    rule = models.CharField(_("rule"), max_length=80, blank=True)
    reader = models.CharField(
        _("reader"), max_length=64, blank=True, help_text=_("A keyed hash, never the cookie itself.")
    )
    piece = models.CharField(_("piece"), max_length=120)
    reason = models.CharField(_("reason"), max_length=20)
    used = models.PositiveIntegerField(_("used"), null=True)
    limit = models.PositiveIntegerField(_("limit"), null=True)
    resets_at = models.DateTimeField(_("counted anew"), null=True)
    met_at = models.DateTimeField(_("met"), db_index=True)
    is_observed = models.BooleanField(_("only observed"), default=False)
    is_registered = models.BooleanField(_("by a registered reader"), default=False)
    facts = models.JSONField(_("what was known"), default=dict)
    account = models.CharField(_("account"), max_length=64, blank=True, db_index=True)
    registered_at = models.DateTimeField(_("registered"), null=True)
    subscribed_at = models.DateTimeField(_("subscribed"), null=True)
    forget_at = models.DateTimeField(_("forgotten"), db_index=True)

    class Meta:
        verbose_name = _("wall")
        verbose_name_plural = _("walls")
        ordering = ["-met_at"]
        indexes = [models.Index(fields=["reader", "met_at"], name="walls_of_a_reader")]

    def __str__(self) -> str:
        return self.code


class NewReaders(models.Model):
    """How many readers came anew on one day from one neighbourhood, while the owner has a brake on."""

    day = models.DateField(_("day"))
    neighbourhood = models.CharField(_("neighbourhood"), max_length=64, help_text=_("A salted hash of the day."))
    count = models.PositiveIntegerField(_("new readers"), default=0)

    class Meta:
        verbose_name = _("new readers of a day")
        verbose_name_plural = _("new readers by day")
        constraints = [models.UniqueConstraint(name="new_readers", fields=["day", "neighbourhood"])]

    def __str__(self) -> str:
        return f"{self.day} · {self.count}"


class DayNumbers(models.Model):
    """What the meter did on one day of the site's, all meters together; see `metering.daily`.

    `readers` had a metered view: they opened an article or met a wall. Who met one is among the `stopped`.
    Walls before readers without the meter's cookie are counted apart, since nobody knows how many they
    are; walls of rules on trial are `observed`, and stand in no other number.
    """

    day = models.DateField(_("day"), unique=True)
    counted_at = models.DateTimeField(_("counted"))
    readers = models.PositiveIntegerField(_("readers"), default=0)
    reads = models.PositiveIntegerField(_("reads"), default=0)
    walls = models.PositiveIntegerField(_("walls"), default=0)
    stopped = models.PositiveIntegerField(_("readers who met a wall"), default=0)
    walls_without_cookie = models.PositiveIntegerField(_("walls without a cookie"), default=0)
    registrations = models.PositiveIntegerField(_("registrations after a wall"), default=0)
    subscriptions = models.PositiveIntegerField(_("subscriptions after a wall"), default=0)
    observed_walls = models.PositiveIntegerField(_("walls of rules on trial"), default=0)
    observed_stopped = models.PositiveIntegerField(_("readers whom they would have stopped"), default=0)

    class Meta:
        verbose_name = _("numbers of a day")
        verbose_name_plural = _("numbers by day")
        ordering = ["-day"]

    def __str__(self) -> str:
        return str(self.day)

    @property
    def stop_rate(self) -> float | None:
        """Readers who met a wall ÷ readers with a metered view; None where nobody came."""
        return self.stopped / self.readers if self.readers else None


class InstitutionQuerySet(models.QuerySet["Institution"]):
    """Changes in bulk send no signals, so they name the new edition of the list themselves."""

    def update(self, **changes: Any) -> int:
        changed = super().update(**changes)
        new_edition_of_institutions()
        return changed

    def bulk_create(self, *args: Any, **options: Any) -> Any:
        created = super().bulk_create(*args, **options)
        new_edition_of_institutions()
        return created


class Institution(models.Model):
    """A university, a library, an office: whoever reads from its networks reads everything."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Off: its readers are counted like everybody else.")
    )
    networks = models.TextField(
        _("networks"),
        blank=True,
        validators=[one_network_a_line],
        help_text=_(
            "One a line, in IPv4 or IPv6: 192.0.2.0/24, 2001:db8::/48, 192.0.2.7, or 192.0.2.1-192.0.2.40; "
            "what follows # is a note. Empty: nobody."
        ),
    )

    objects = InstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


@receiver([post_save, post_delete], sender=Institution)
def new_edition_of_institutions(**kwargs: Any) -> None:
    """Tells every process to read the list again.

    Comes after the change it tells of, so that who sees the new name sees the new list. The name is
    drawn and not counted: after a rolled back transaction or a restored database, a number would come
    again and stand for another list.
    """
    Meter.objects.get_or_create(pk=SITE_METER)
    Meter.objects.filter(pk=SITE_METER).update(institutions_edition=secrets.token_hex(8))


class GiftQuerySet(models.QuerySet["Gift"]):
    def valid(self, now: datetime) -> "GiftQuerySet":
        """Neither revoked nor expired: whoever has opened one of these may open it again."""
        return self.filter(revoked_at=None, expires_at__gt=now)

    def working(self, now: datetime) -> "GiftQuerySet":
        """Those that another reader can still open."""
        return self.valid(now).filter(opens_used__lt=F("opens_allowed"))


class Gift(models.Model):
    """A link by which a subscriber lets others open one piece; see `metering.gifts`."""

    piece = models.CharField(_("piece"), max_length=120)
    giver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="gift_links", verbose_name=_("giver")
    )
    made_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("expires"), db_index=True)
    opens_allowed = models.PositiveIntegerField(_("openings allowed"))
    opens_used = models.PositiveIntegerField(_("openings used"), default=0)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = GiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("gift link")
        verbose_name_plural = _("gift links")
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["giver", "made_at"], name="gifts_of_a_month")]
        constraints = [
            models.CheckConstraint(name="gift_not_overused", condition=Q(opens_used__lte=F("opens_allowed")))
        ]

    def __str__(self) -> str:
        return f"{self.piece} · {self.opens_used}/{self.opens_allowed}"


class GiftOpening(models.Model):
    """A reader whom the meter knows has opened a gift: however many tabs at once, it counts as one.

    Who opens a gift without the meter's cookie leaves no row: the mark in the browser is enough.
    """

    gift = models.ForeignKey(Gift, on_delete=models.CASCADE, related_name="openings", verbose_name=_("gift link"))
    reader = models.CharField(_("reader"), max_length=64, help_text=_("A keyed hash, never the cookie itself."))
    opened_at = models.DateTimeField(_("opened"))

    class Meta:
        verbose_name = _("opening of a gift")
        verbose_name_plural = _("openings of gifts")
        constraints = [models.UniqueConstraint(name="gift_opened_once", fields=["gift", "reader"])]

    def __str__(self) -> str:
        return str(self.gift)


class Outage(models.Model):
    """How often on one day the ledger failed, and how that showed last; see `metering.outages`."""

    class Kind(models.TextChoices):
        AWAY = "away", _("did not answer")
        FORGOTTEN = "forgotten", _("had forgotten a reader")

    day = models.DateField(_("day"))
    kind = models.CharField(_("the ledger"), max_length=10, choices=Kind)
    count = models.PositiveBigIntegerField(_("how often"), default=0)
    last_at = models.DateTimeField(_("last time"), db_index=True)
    last_error = models.CharField(_("what was said then"), max_length=300)

    class Meta:
        verbose_name = _("outage of the ledger")
        verbose_name_plural = _("outages of the ledger")
        ordering = ["-day", "kind"]
        constraints = [models.UniqueConstraint(name="outages_of_a_day", fields=["day", "kind"])]

    def __str__(self) -> str:
        return f"{self.day} · {self.kind}"


class CrawlerRanges(models.Model):
    """The networks of one crawler, as `refresh_crawler_ranges` has read them from the owner's file."""

    crawler = models.CharField(_("crawler"), max_length=40, unique=True)
    networks = models.TextField(_("networks"))
    read_at = models.DateTimeField(_("read"))

    class Meta:
        verbose_name = _("address ranges of a crawler")
        verbose_name_plural = _("address ranges of crawlers")
        ordering = ["crawler"]

    def __str__(self) -> str:
        return self.crawler


@receiver([post_save, post_delete], sender=CrawlerRanges)
def new_edition_of_crawlers(**kwargs: Any) -> None:
    """Tells every process to read the ranges again; see `new_edition_of_institutions`."""
    Meter.objects.get_or_create(pk=SITE_METER)
    Meter.objects.filter(pk=SITE_METER).update(crawlers_edition=secrets.token_hex(8))


class CrawlerClaim(models.Model):
    """How often on one day somebody said to be a crawler, and whether it was true. No address is kept."""

    day = models.DateField(_("day"))
    claim = models.CharField(_("says to be"), max_length=40)
    verdict = models.CharField(
        _("verdict"),
        max_length=10,
        choices=[("verified", _("verified")), ("forged", _("forged")), ("unverified", _("unverified"))],
    )
    seen = models.PositiveBigIntegerField(_("requests"))

    class Meta:
        verbose_name = _("crawlers of a day")
        verbose_name_plural = _("crawlers by day")
        ordering = ["-day", "claim", "verdict"]
        constraints = [models.UniqueConstraint(name="crawler_claim", fields=["day", "claim", "verdict"])]

    def __str__(self) -> str:
        return f"{self.day} · {self.claim} · {self.verdict}"
