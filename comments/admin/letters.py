"""The mails that went out, wait, or were given up: to read."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from comments import letters
from comments.models import Letter

KINDS = {letters.STATEMENT: _("Statement of reasons"), letters.ALARM: _("Comments wait too long")}


@admin.register(Letter)
class LetterAdmin(admin.ModelAdmin):
    """Nobody writes letters here; a letter without a sent time and without further tries was given up."""

    list_display = ("kind_shown", "recipient", "comment", "state_shown", "tries", "due_at", "sent_at")
    list_select_related = ("recipient", "comment")
    list_filter = ("kind", ("sent_at", admin.EmptyFieldListFilter))
    fields = list_display
    readonly_fields = fields
    ordering = ("-pk",)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        return False

    @admin.display(description=_("letter"))
    def kind_shown(self, letter: Letter) -> str:
        return str(KINDS.get(letter.kind, letter.kind))

    @admin.display(description=_("state"))
    def state_shown(self, letter: Letter) -> str:
        if letter.sent_at:
            return str(_("Sent"))
        return str(_("Given up") if letter.tries >= letters.MOST_TRIES else _("Waits"))
