"""The owner's settings of the meter, and the reads for those who must look."""

from django.contrib import admin
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from metering.models import SITE_METER, Meter, Read


@admin.register(Meter)
class MeterAdmin(admin.ModelAdmin):
    """There is one meter, so its list is its form."""

    radio_fields = {"period": admin.VERTICAL}
    fieldsets = (
        (None, {"fields": ("is_on", "limit", "period", "days", "first_weekday")}),
        (_("Teaser"), {"fields": ("teaser_paragraphs", "teaser_percent")}),
    )

    def changelist_view(self, request: HttpRequest, extra_context=None):
        Meter.objects.get_or_create(pk=SITE_METER)
        return redirect(reverse("admin:metering_meter_change", args=[SITE_METER]))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False


@admin.register(Read)
class ReadAdmin(admin.ModelAdmin):
    """To look at, not to change: a read that was served cannot be unserved."""

    list_display = ("piece", "slot", "read_at", "open_until")
    search_fields = ("piece",)
    date_hierarchy = "read_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False
