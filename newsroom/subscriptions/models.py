"""Who may read everything, from which day to which."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def current(self, at: datetime | None = None) -> "SubscriptionQuerySet":
        """Those that run at this moment (now, unless told): from `starts_at` on, before `ends_at`."""
        at = at or timezone.now()
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at)


class Subscription(models.Model):
    """One person's right to read everything for a while; an empty end means until further notice.

    Editors grant it, or Stripe tells of it: then `stripe_id` names it there, and `newsroom.subscriptions.billing`
    alone writes what Stripe says. Of such a one it may not yet be known whose it is.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="subscriptions",
        verbose_name=_("person"),
        null=True,
    )
    starts_at = models.DateTimeField(_("starts"), default=timezone.now)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True, help_text=_("Empty: until further notice."))
    note = models.CharField(_("note"), max_length=200, blank=True)
    stripe_id = models.CharField(_("Stripe's subscription"), max_length=255, blank=True, editable=False)
    stripe_customer = models.CharField(
        _("Stripe's customer"), max_length=255, blank=True, editable=False, db_index=True
    )
    stripe_status = models.CharField(_("Stripe's word for it"), max_length=255, blank=True, editable=False)
    told_at = models.DateTimeField(_("as of"), null=True, blank=True, editable=False)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                name="subscription_ends_after_it_starts",
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("A subscription must end after it starts."),
            ),
            models.CheckConstraint(
                name="subscription_is_somebodys_or_stripes",
                condition=Q(person__isnull=False) | ~Q(stripe_id=""),
                violation_error_message=_("Whose subscription is it?"),
            ),
            models.UniqueConstraint(
                name="subscription_of_stripe_once", fields=["stripe_id"], condition=~Q(stripe_id="")
            ),
        ]

    def __str__(self) -> str:
        return str(self.person or self.stripe_id)


class StripeCustomer(models.Model):
    """Which person a customer of Stripe's is."""

    customer = models.CharField(_("Stripe's customer"), max_length=255, unique=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("person")
    )

    class Meta:
        verbose_name = _("customer of Stripe's")
        verbose_name_plural = _("customers of Stripe's")

    def __str__(self) -> str:
        return self.customer
