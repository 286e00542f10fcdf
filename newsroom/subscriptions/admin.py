"""Editors grant and end subscriptions here, and say whose one of Stripe's is where nobody is known."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from newsroom.subscriptions import billing
from newsroom.subscriptions.models import Subscription

OF_STRIPE = ("stripe_id", "stripe_customer", "stripe_status", "told_at")


@admin.register(Subscription)
class SubscriptionAdmin(admin.ModelAdmin):
    list_display = ("__str__", "starts_at", "ends_at", "stripe_status", "note")
    list_filter = (("person", admin.EmptyFieldListFilter), "starts_at", "ends_at", "stripe_status")
    search_fields = (
        "person__username",
        "person__display_name",
        "person__email",
        "note",
        "stripe_id",
        "stripe_customer",
    )
    autocomplete_fields = ("person",)
    list_select_related = ("person",)
    date_hierarchy = "starts_at"

    def get_fields(self, request: HttpRequest, obj: Subscription | None = None) -> tuple[str, ...]:
        granted = ("person", "starts_at", "ends_at", "note")
        return (*granted, *OF_STRIPE) if obj and obj.stripe_id else granted

    def get_readonly_fields(self, request: HttpRequest, obj: Subscription | None = None) -> tuple[str, ...]:
        """What Stripe tells is changed in Stripe: here its next word would undo it."""
        return ("starts_at", "ends_at", *OF_STRIPE) if obj and obj.stripe_id else ()

    def save_model(self, request: HttpRequest, obj: Subscription, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if obj.stripe_customer and obj.person:
            billing.claim(customer=obj.stripe_customer, person=obj.person)
