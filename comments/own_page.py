"""A reader's own comments on a page: what became of each, a second look, removal; for guests by their cookie."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from comments import appealing, moderation, own, refusals
from comments.models import Comment
from comments.readers import Reader, reader_of
from comments.states import Action


@require_safe
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """What this reader has written, newest first."""
    return _page(request, reader_of(request))


@require_POST
@never_cache
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for a second look at an own comment."""
    reader = reader_of(request)
    comment, text = _own_comment(reader, pk), request.POST.get("text", "")
    try:
        appealing.appeal(comment, reader=reader, text=text)
    except refusals.Refused as refusal:
        return _page(request, reader, about=comment, fault=str(refusal), typed=text, status=refusal.status)
    return _back(comment)


@require_POST
@never_cache
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes an own comment away from the site, for good."""
    reader = reader_of(request)
    comment = _own_comment(reader, pk)
    rule = "" if reader.account is not None else "author"
    try:
        moderation.decide(comment, Action.REMOVE, by=reader.account, rule=rule)
    except moderation.DecisionError:
        fault = _("Something happened to this comment just now. Please look at it again.")
        return _page(request, reader, about=comment, fault=fault, status=409)
    return _back(comment)


def _own_comment(reader: Reader, pk: int) -> Comment:
    """Raises `Http404` for others' comments as for those that do not exist."""
    comment = Comment.objects.filter(reader.owned, pk=pk).select_related("thread").first()
    if comment is None:
        raise Http404(_("There is no such comment of yours."))
    return comment


def _back(comment: Comment) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('comments:mine')}#comment-{comment.pk}", status=303)


def _page(
    request: HttpRequest,
    reader: Reader,
    *,
    about: Comment | None = None,
    fault: str = "",
    typed: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page; with a refusal, that which begins with the comment concerned and has what was typed."""
    after = own.Key.just_before(about, newest_first=True).written() if about else request.GET.get("after", "")
    context = {
        "page": own.page(reader, after=after),
        "is_partial": bool(after),
        "about": about.pk if about else None,
        "fault": fault,
        "typed": typed.replace("\x00", ""),
        "longest_text": appealing.LONGEST_TEXT,
        "has_account": reader.account is not None,
    }
    response = render(request, "comments/mine.html", context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
