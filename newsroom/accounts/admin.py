"""People in the admin: Django's own pages, with the name that readers see and the address they have confirmed."""

from allauth.account.models import EmailAddress
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.addresses import mark_as_verified
from newsroom.accounts.models import User


@admin.register(User)
class PersonAdmin(UserAdmin):
    actions = ("confirm_addresses",)
    list_display = ("username", "display_name", "email", "address_is_confirmed", "is_staff", "is_active")
    search_fields = ("username", "display_name", "first_name", "last_name", "email")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Who is not a superuser makes nobody one, and hands out no single permissions: groups are for that."""
        fixed = tuple(super().get_readonly_fields(request, obj))
        return fixed if request.user.is_superuser else (*fixed, "is_superuser", "user_permissions")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """A superuser, password included, is changed by superusers alone."""
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    @admin.display(description=_("address confirmed"), boolean=True)
    def address_is_confirmed(self, person: User) -> bool:
        return person.address_is_confirmed  # type: ignore[attr-defined]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
        return super().get_queryset(request).annotate(address_is_confirmed=Exists(confirmed))

    @admin.action(description=_("Take the e-mail address for confirmed"), permissions=["confirm_address"])
    def confirm_addresses(self, request: HttpRequest, people: QuerySet[User]) -> None:
        refused = [person.get_username() for person in people if not mark_as_verified(person)]
        if done := len(people) - len(refused):
            told = ngettext("%d address is confirmed now.", "%d addresses are confirmed now.", done) % done
            self.message_user(request, told)
        if refused:
            told = gettext("No address, or one that has been confirmed for somebody else: %s")
            self.message_user(request, told % ", ".join(refused), messages.ERROR)

    def has_confirm_address_permission(self, request: HttpRequest) -> bool:
        """It gives more articles without a mail being answered, and a log-in by that address: superusers alone."""
        return bool(request.user.is_superuser)

    fieldsets = (*(UserAdmin.fieldsets or ()), (_("Among readers"), {"fields": ("display_name",)}))
