"""The pages of the comments app: posting, and the address of one comment."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from comments import authors, posting, presenting, targets, threads
from comments.forms import CommentForm
from comments.models import Comment
from comments.targets import Target


@require_POST
@never_cache
def post(request: HttpRequest) -> HttpResponse:
    """Takes in a comment from the form and returns to where it was written, or shows the form again."""
    form = CommentForm(request.POST)
    try:
        target = targets.named(request.POST.get("target", ""))
    except targets.NoSuchTargetError as missing:
        raise Http404(_("What you commented on is no longer here.")) from missing
    may_read = target.may_read(request)
    try:
        author = authors.known_or_new(request)
        comment = posting.post(target, _draft(request, form, author), may_read=may_read)
    except posting.Refused as refusal:
        return _form_again(request, target, refusal, may_read=may_read)
    response = HttpResponseRedirect(threads.where_author_sees(comment, target), status=303)
    author.remember(request, response)
    return response


@require_safe
def permalink(request: HttpRequest, pk: int) -> HttpResponse:
    """Leads to the page of the thread on which this comment stands, and to its place there."""
    comment = get_object_or_404(Comment.objects.visible().select_related("thread"), pk=pk)
    obj = comment.thread.target
    if obj is None or not targets.of(obj).is_public():
        raise Http404
    return HttpResponseRedirect(threads.address_of(comment, targets.of(obj)))


def _draft(request: HttpRequest, form: CommentForm, author: authors.Author) -> posting.Draft:
    """What the form holds. A field that cannot be read at all is refused in words."""
    if not form.is_valid():
        raise posting.Refused(**{field: str(messages[0]) for field, messages in form.errors.items()})
    data = form.cleaned_data
    return posting.Draft(
        text=data["text"],
        name=data["name"],
        email=data["email"],
        parent=data["parent"],
        user=getattr(request, "user", None),
        author_key=author.key,
        address_hash=authors.address_hash(request),
        seconds_to_fill=presenting.seconds_since(data["stamp"]),
        honeypot=data["website"],
    )


def _form_again(request: HttpRequest, target: Target, refusal: posting.Refused, *, may_read: bool) -> HttpResponse:
    """The form with everything that was typed and what is wrong with it; nothing is lost.

    The comment that was to be answered stands above the form only for those who may read the thread.
    """
    typed = request.POST
    text = "" if isinstance(refusal, posting.TooLarge) else typed.get("text", "")
    seen = presenting.look(request, target.obj, may_read=False)
    form = presenting.FormState(
        name=typed.get("name", ""),
        email=typed.get("email", ""),
        text=text.replace("\x00", ""),
        parent=presenting.answered(seen.thread, typed.get("parent", "")) if may_read else None,
        errors=refusal.errors,
    )
    shown = presenting.discussion(request, seen, form=form)
    return render(request, "comments/refused.html", {"discussion": shown}, status=refusal.status)
