"""Where editors write, preview and publish."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django_prose_editor.widgets import AdminProseEditorWidget
from js_asset import Media

from newsroom.articles.models import Article, Author, Correction, Section, Tag

BODY_EDITOR = {
    "extensions": dict.fromkeys(
        (
            *("Bold", "Italic", "Strike", "Subscript", "Superscript", "Link", "HardBreak"),
            *("Blockquote", "BulletList", "OrderedList", "ListItem", "HorizontalRule"),
            *("Table", "TableRow", "TableHeader", "TableCell", "Figure", "Image", "Caption"),
            *("History", "HTML", "SpecialCharacters", "Fullscreen"),
        ),
        True,
    )
    | {"Heading": {"levels": [2, 3]}}
}


class CorrectionInline(admin.TabularInline):
    model = Correction
    extra = 0


class ArticleForm(forms.ModelForm):
    class Media:
        css = {"all": ["site/admin.css"]}

    class Meta:
        model = Article
        fields = "__all__"  # noqa: DJ007  the fieldsets below name what is shown
        widgets = {
            "body": AdminProseEditorWidget(config=BODY_EDITOR, preset="configurable"),
            "title": forms.TextInput(attrs={"class": "vTextField", "autofocus": True}),
            "lead": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        }


@admin.register(Article)
class ArticleAdmin(admin.ModelAdmin):
    """The stage of an article follows from its status and its date: draft, scheduled, published."""

    form = ArticleForm
    list_display = ("title", "code", "section", "stage_shown", "policy", "published_at", "views", "opened")
    list_filter = ("status", "policy", "section", "language", "published_at")
    list_select_related = ("section",)
    search_fields = ("title", "code", "kicker")
    date_hierarchy = "published_at"
    autocomplete_fields = ("tags", "authors")
    inlines = [CorrectionInline]
    save_on_top = True
    fieldsets = (
        (None, {"fields": ("kicker", "title", "lead", "body")}),
        (_("Publication"), {"fields": (("status", "published_at"), ("policy", "discussion"))}),
        (_("Place"), {"fields": ("section", "tags", "authors", "source", ("language", "slug", "code"))}),
        (_("Main image"), {"fields": ("image", "image_caption", "image_alt", "image_credit")}),
    )

    def get_queryset(self, request: HttpRequest):
        found = super().get_queryset(request)
        here = request.resolver_match
        is_list = here is not None and (here.url_name or "").endswith("_changelist")
        return found.defer("body", "words") if is_list else found

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args, **kwargs) -> HttpResponse:
        # The editor's import map is the one inline element of the site; it carries the answer's nonce.
        context["media"] = Media.from_media(context["media"], nonce=str(request.csp_nonce))  # type: ignore[attr-defined]
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("stage"), ordering="status")
    def stage_shown(self, article: Article) -> str:
        return str({"draft": _("Draft"), "scheduled": _("Scheduled"), "published": _("Published")}[article.stage])

    @admin.display(description=_("page"))
    def opened(self, article: Article) -> SafeString:
        words = _("Open") if article.is_published else _("Preview")
        return format_html('<a href="{}">{}</a>', article.get_absolute_url(), words)


@admin.register(Section)
class SectionAdmin(admin.ModelAdmin):
    list_select_related = ("parent",)
    list_display = ("name", "parent", "position", "slug")
    list_editable = ("position",)
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Author)
class AuthorAdmin(admin.ModelAdmin):
    list_select_related = ("account",)
    list_display = ("name", "account")
    search_fields = ("name",)
    autocomplete_fields = ("account",)
    prepopulated_fields = {"slug": ("name",)}
