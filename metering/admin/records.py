"""What the meter has written down, and whom it lets pass, for those who must look."""

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from metering import gifts
from metering.models import CrawlerClaim, CrawlerRanges, Gift, Institution, Outage, Read


class ReadOnlyAdmin(admin.ModelAdmin):
    """What the meter writes down by itself."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False


@admin.register(Read)
class ReadAdmin(ReadOnlyAdmin):
    """To look at, not to change: a read that was served cannot be unserved."""

    list_display = ("piece", "slot", "read_at", "open_until")
    search_fields = ("piece",)
    date_hierarchy = "read_at"


@admin.register(Institution)
class InstitutionAdmin(admin.ModelAdmin):
    """Whose networks read everything. A change holds from the next page on."""

    list_display = ("name", "is_active", "networks")
    list_filter = ("is_active",)
    search_fields = ("name", "networks")


@admin.register(Gift)
class GiftAdmin(admin.ModelAdmin):
    """To look at and to revoke; givers make their links themselves."""

    list_display = ("piece", "giver", "made_at", "expires_at", "opens_used", "opens_allowed", "revoked_at")
    list_select_related = ("giver",)
    search_fields = ("piece", f"giver__{get_user_model().USERNAME_FIELD}")
    date_hierarchy = "made_at"
    actions = ("revoke_chosen",)
    fields = ("piece", "giver", "made_at", "expires_at", "opens_used", "opens_allowed", "revoked_at")
    readonly_fields = fields

    @admin.action(description=_("Revoke the chosen links"), permissions=["change"])
    def revoke_chosen(self, request: HttpRequest, chosen: QuerySet[Gift]) -> None:
        done = gifts.revoke(chosen, now=timezone.now())
        told = ngettext("%(count)d link was revoked.", "%(count)d links were revoked.", done) % {"count": done}
        self.message_user(request, told, messages.SUCCESS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(CrawlerClaim)
class CrawlerClaimAdmin(ReadOnlyAdmin):
    """The ledger of crawlers: who said to be whom, and how often that was forged, by day."""

    list_display = ("day", "claim", "verdict", "seen")
    list_filter = ("verdict", "claim")
    date_hierarchy = "day"


@admin.register(CrawlerRanges)
class CrawlerRangesAdmin(ReadOnlyAdmin):
    """What `refresh_crawler_ranges` has read, and when."""

    list_display = ("crawler", "read_at")


@admin.register(Outage)
class OutageAdmin(ReadOnlyAdmin):
    """When the ledger did not answer, or had forgotten its readers, by day."""

    list_display = ("day", "kind", "count", "last_at", "last_error")
    date_hierarchy = "day"
