"""A form that shows what its values would have done, and saves nothing, when “Preview” is pressed."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from comments.previewing import Preview

ASKED = "_preview"


class PreviewedForm(forms.ModelForm):
    """Not ready to be saved as long as only a preview was asked for; its faults are shown all the same."""

    def is_valid(self) -> bool:
        return super().is_valid() and ASKED not in self.data


class PreviewedAdmin(admin.ModelAdmin):
    """The form again, with the numbers above it."""

    change_form_template = "admin/comments/previewed.html"

    class Media:
        css = {"all": ["comments/admin.css"]}

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the address fills in; no moments, which Django would take as they are written and stumble over."""
        start = super().get_changeform_initial_data(request)
        return {name: value for name, value in start.items() if name != "until"}

    def previewed(self, unsaved: Any) -> Preview:
        """What the values of this form would have done."""
        raise NotImplementedError(f"{type(self).__name__} must say what its values would have done")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        form = context["adminform"].form
        if request.method == "POST" and ASKED in request.POST and not form.errors:
            context["preview"] = self.previewed(form.instance)
            context["may_see_comments"] = request.user.has_perm("comments.view_comment")
        return super().render_change_form(request, context, *args, **kwargs)
