"""Editors grant and end subscriptions here."""

from django.contrib import admin

from newsroom.subscriptions.models import Subscription


@admin.register(Subscription)
class SubscriptionAdmin(admin.ModelAdmin):
    list_display = ("person", "starts_at", "ends_at", "note")
    list_filter = ("starts_at", "ends_at")
    search_fields = ("person__username", "person__display_name", "person__email", "note")
    autocomplete_fields = ("person",)
    date_hierarchy = "starts_at"
