"""What the newspaper publishes: articles with their sections, tags, authors and corrections."""

import re
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from newsroom.articles import body, wording
from newsroom.articles.querysets import ArticleQuerySet

FIRST_CODE = 1000
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
"""Nothing that a reader sees, and XML has no room for them: one would break the whole feed."""
EARLIEST, LATEST = datetime(1600, 1, 1, tzinfo=UTC), datetime(2501, 1, 1, tzinfo=UTC)
"""Any calendar and any time zone can print what lies between."""


def languages() -> list[tuple[str, Any]]:
    return settings.LANGUAGES


def site_language() -> str:
    return settings.LANGUAGE_CODE


class Section(models.Model):
    """A part of the newspaper; sections form a small tree."""

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("address"), max_length=80, unique=True, allow_unicode=True)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
    )
    description = models.CharField(_("description"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("section", args=[self.slug])

    def clean(self) -> None:
        above = self.parent
        while above is not None:
            if above == self:
                raise ValidationError({"parent": _("A section cannot be part of itself.")})
            above = above.parent

    def with_descendants(self) -> list[int]:
        """The keys of this section and of all below it; one query, since sections number dozens."""
        children: dict[int | None, list[int]] = {}
        for pk, parent in Section.objects.values_list("pk", "parent").order_by():
            children.setdefault(parent, []).append(pk)
        found = [self.pk]
        for pk in found:
            found.extend(children.get(pk, []))
        return found


class Tag(models.Model):
    """A word that joins articles across sections."""

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("address"), max_length=80, unique=True, allow_unicode=True)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("tag", args=[self.slug])


class Author(models.Model):
    """A by-line; the account, if there is one, reads its own articles past the meter."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("address"), max_length=120, unique=True, allow_unicode=True)
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="byline",
        verbose_name=_("account"),
    )
    bio = models.CharField(_("about"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Article(models.Model):
    """One piece of news. `code` is its short, permanent address; `slug` may change."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")

    class Policy(models.TextChoices):
        METERED = "metered", _("Metered")
        FREE = "free", _("Free for everybody")
        SUBSCRIBERS = "subscribers", _("Subscribers only")

    class Discussion(models.TextChoices):
        OPEN = "open", _("Open")
        HELD = "held", _("Each comment waits for a moderator")
        CLOSED = "closed", _("Closed")

    code = models.PositiveBigIntegerField(
        _("news code"), unique=True, blank=True, help_text=_("Empty: the next free number.")
    )
    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(
        _("address"),
        max_length=200,
        allow_unicode=True,
        blank=True,
        help_text=_("The words in the web address. Empty: made from the title."),
    )
    kicker = models.CharField(_("kicker"), max_length=120, blank=True, help_text=_("The line above the title."))
    lead = models.TextField(_("lead"), blank=True, help_text=_("Everybody sees it, at the wall too."))
    body = models.TextField(
        _("body"),
        blank=True,
        help_text=_("A paragraph with [more] alone ends what a reader at the wall sees; nobody sees the mark."),
    )
    section = models.ForeignKey(
        Section, on_delete=models.PROTECT, related_name="articles", verbose_name=_("section")
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="articles", verbose_name=_("tags"))
    authors = models.ManyToManyField(Author, blank=True, related_name="articles", verbose_name=_("authors"))
    source = models.CharField(_("source or agency"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=languages, default=site_language)

    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    published_at = models.DateTimeField(
        _("published"),
        null=True,
        blank=True,
        help_text=_("In the future: the article appears by itself at that time. Empty: on publishing."),
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    policy = models.CharField(_("who may read"), max_length=12, choices=Policy, default=Policy.METERED)
    discussion = models.CharField(_("comments"), max_length=8, choices=Discussion, default=Discussion.OPEN)

    image = models.ImageField(
        _("main image"),
        upload_to="articles/%Y/%m",
        blank=True,
        width_field="image_width",
        height_field="image_height",
    )
    image_width = models.PositiveIntegerField(null=True, blank=True, editable=False)
    image_height = models.PositiveIntegerField(null=True, blank=True, editable=False)
    image_caption = models.CharField(_("caption"), max_length=300, blank=True)
    image_alt = models.CharField(
        _("alternative text"), max_length=300, blank=True, help_text=_("For those who cannot see the image.")
    )
    image_credit = models.CharField(_("credit"), max_length=120, blank=True)

    views = models.PositiveBigIntegerField(_("views"), default=0, editable=False)
    words = models.TextField(editable=False, default="")
    origin = models.CharField(_("imported as"), max_length=200, null=True, blank=True, unique=True, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["-published_at", "-code"]
        indexes = [
            models.Index(fields=["status", "-published_at", "-code"], name="article_newest"),
            models.Index(fields=["section", "-published_at"], name="article_newest_of_section"),
        ]
        constraints = [
            models.CheckConstraint(
                name="article_published_has_a_date",
                condition=~Q(status="published") | Q(published_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args, **kwargs) -> None:
        """Fills what follows from the rest: code, address, date, clean body, words for the search."""
        self.code = self.code or next_code()
        self.slug = self.slug or slugify(self.title, allow_unicode=True)[:200] or str(self.code)
        self._date()
        for name in ("title", "kicker", "lead", "source"):
            setattr(self, name, CONTROL_CHARACTERS.sub("", getattr(self, name)))
        self.body = body.clean(self.body)
        self.words = wording.searchable(self.kicker, self.title, self.lead, self.source, body.text_of(self.body))
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("article", args=[self.code, self.slug])

    def clean(self) -> None:
        self._date()
        if self.published_at and not EARLIEST <= self.published_at <= LATEST:
            raise ValidationError({"published_at": _("This is not a date of a newspaper.")})

    def _date(self) -> None:
        """Publishing without a date is publishing now."""
        if self.status == self.Status.PUBLISHED and self.published_at is None:
            self.published_at = timezone.now()

    @property
    def is_scheduled(self) -> bool:
        return self.stage == "scheduled"

    @property
    def is_published(self) -> bool:
        return self.stage == "published"

    @property
    def stage(self) -> str:
        """`draft`, `scheduled` or `published`; scheduled articles appear without anything being run."""
        if self.status == self.Status.DRAFT or self.published_at is None:
            return "draft"
        return "scheduled" if self.published_at > timezone.now() else "published"

    @cached_property
    def byline(self) -> list[Author]:
        return list(self.authors.all())


class Correction(models.Model):
    """What was wrong in an article, said openly with its date."""

    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, related_name="corrections", verbose_name=_("article")
    )
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["made_at"]

    def __str__(self) -> str:
        return self.text[:60]


def next_code() -> int:
    """The next free news code. The column is unique: of two editors in the same instant one is refused."""
    highest = Article.objects.aggregate(highest=Max("code"))["highest"]
    return max(highest or 0, FIRST_CODE - 1) + 1
