"""Template tags for the desk about the rules of the house: `{% breaking_news %}` is a banner while it runs."""

from typing import Any

from django import template
from django.utils import timezone

from comments import house, permissions
from comments.models import BreakingNews

register = template.Library()


@register.inclusion_tag("admin/comments/desk/breaking_news.html", takes_context=True)
def breaking_news(context: template.Context) -> dict[str, Any]:
    """What runs in the sections of who looks, when it ends, and “End now” for who may. No query of its own."""
    request = context["request"]
    return {
        "running": house.running_now(permissions.sections_seen_by(request.user)),
        "may_end": request.user.has_perm("comments.change_breakingnews"),
        "back": request.get_full_path(),
        "csrf_token": context.get("csrf_token"),
    }


@register.filter
def is_running(news: BreakingNews) -> bool:
    return news.until > timezone.now()
