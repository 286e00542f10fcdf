"""The desk's place in the admin: who may look at it, and its addresses."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path

from comments.admin.desk import conversation, people, views
from comments.models import Desk


@admin.register(Desk)
class DeskAdmin(admin.ModelAdmin):
    """Not a list of rows to change: a queue to work through. Whoever may see comments may look at it."""

    def get_urls(self) -> list:
        """In the place of those of other models: nothing is added, changed or deleted here."""

        def at(address: str, view: Any, name: str) -> Any:
            return path(
                address, self.admin_site.admin_view(views.guarded(view, self)), name=f"comments_desk_{name}"
            )

        return [
            at("", views.queue_page, "changelist"),
            at("about/<int:pk>/", views.about, "about"),
            at("decide/", views.decide, "decide"),
            at("bulk/", views.decide_together, "bulk"),
            at("undo/", views.undo, "undo"),
            *conversation.urls(self),
            *people.urls(self),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return views.guarded(views.queue_page, self)(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("comments.view_comment")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
