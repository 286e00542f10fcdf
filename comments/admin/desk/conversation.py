"""The page of a whole conversation: comments in every state, decided where they stand, and the thread itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from comments import conversation, handing_over, moderation, notes, permissions, switching, targets, threads
from comments.admin.desk import guarding, rows
from comments.admin.desk.people import scripts
from comments.admin.desk.rows import Row
from comments.conf import conf
from comments.models import Comment, Note, Redaction, Thread
from comments.models.people import LONGEST_NOTE
from comments.states import Action, State, after


@dataclass(frozen=True)
class Turn:
    """A row of the desk in its place in the conversation, and what moderators have beside it."""

    row: Row
    depth: int
    is_asked: bool
    notes: Sequence[Note] = ()
    originals: Sequence[Redaction] = ()
    """What it said before parts were blacked out, the oldest first."""

    redact_url: str = ""


def urls(desk: ModelAdmin) -> list[URLPattern]:
    return [
        guarding.at(desk, "conversation/<int:pk>/", require_safe(page), "conversation"),
        guarding.at(desk, "conversation/<int:pk>/mode/", require_POST(switch), "mode"),
        guarding.at(desk, "conversation/<int:pk>/hand-over/", require_POST(hand_over), "hand_over"),
        guarding.at(desk, "redact/<int:pk>/", redact, "redact"),
    ]


def page(request: HttpRequest, desk: ModelAdmin, pk: int) -> HttpResponse:
    """A window of the conversation, around `?comment=`, or `?before=` or `?after=` another. At most 25 queries."""
    thread = guarding.seen_thread(request, pk)
    asked, window = _window(thread, request)
    here = address(thread, asked)
    may_decide = permissions.may_decide_in(request.user, thread.section)
    target = targets.behind(thread)
    start = address(thread)
    return guarding.page(
        request,
        desk,
        "conversation",
        title=str(thread),
        thread=thread,
        target_url=target.reading_url if target else "",
        says=_says(thread, target),
        modes=[("", _("As the article says")), *Thread.Mode.choices],
        turns=_turns(window, asked, by=request.user, back=here, may_decide=may_decide),
        before=f"{start}?before={window.before}" if window.before else "",
        after=f"{start}?after={window.after}" if window.after else "",
        keepers=handing_over.who_could(thread) if may_decide else [],
        handed=handing_over.last(thread),
        may_decide=may_decide,
        longest_note=LONGEST_NOTE,
        here=here,
        **scripts(request),
    )


def switch(request: HttpRequest, desk: ModelAdmin, pk: int) -> HttpResponse:
    thread = guarding.seen_thread(request, pk)

    def do() -> str:
        switching.switch(thread, request.POST.get("mode", "?"), by=request.user)
        return _("This conversation: %(mode)s.") % {
            "mode": thread.get_mode_display() if thread.mode else _("As the article says")
        }

    return guarding.carried_out(request, do, then=address(thread))


def hand_over(request: HttpRequest, desk: ModelAdmin, pk: int) -> HttpResponse:
    thread = guarding.seen_thread(request, pk)

    def do() -> str:
        asked = request.POST.get("to", "")
        keeper = next((one for one in handing_over.who_could(thread) if str(one.pk) == asked), None)
        if asked and keeper is None:
            raise moderation.NotAllowedError(_("Please choose somebody who moderates this section."))
        handing_over.hand_over(thread, by=request.user, to=keeper, note=request.POST.get("note", ""))
        if keeper is None:
            return _("Nobody in particular looks after this conversation now.")
        return _("%(name)s looks after this conversation now.") % {"name": keeper}

    return guarding.carried_out(request, do, then=address(thread))


def redact(request: HttpRequest, desk: ModelAdmin, pk: int) -> HttpResponse:
    """The form in which a part of a comment is blacked out; what was typed stays when it is refused."""
    comment = guarding.seen_comment(request, pk)
    back = guarding.back(request, address(comment.thread, comment))
    fault = ""
    if request.method == "POST":
        try:
            _redact(request, comment)
        except moderation.DecisionError as refused:
            fault = str(refused)
        else:
            messages.success(request, _("Redacted. The original stands in the log, for moderators."))
            return HttpResponseRedirect(back)
    return guarding.page(
        request,
        desk,
        "redact",
        title=_("Redact a comment"),
        comment=comment,
        typed={
            "text": request.POST.get("text", comment.source).replace("\x00", ""),
            "reason": request.POST.get("reason", ""),
            "note": request.POST.get("note", "").replace("\x00", ""),
        },
        fault=fault,
        back=back,
        reasons=conf().reasons.items(),
        longest_note=LONGEST_NOTE,
        status=409 if fault else 200,
    )


def address(thread: Thread, comment: Comment | None = None) -> str:
    """Of the conversation, and of one comment in it."""
    start = reverse("admin:comments_desk_conversation", args=[thread.pk])
    return f"{start}?comment={comment.pk}#comment-{comment.pk}" if comment else start


def _redact(request: HttpRequest, comment: Comment) -> None:
    if (version := guarding.number(request.POST.get("version", ""))) is not None:
        comment.version = version
    moderation.redact(
        comment,
        request.POST.get("text", "").replace("\r\n", "\n"),
        by=request.user,
        reason=request.POST.get("reason", ""),
        note=request.POST.get("note", "").strip(),
    )


def _window(thread: Thread, request: HttpRequest) -> tuple[Comment | None, conversation.Window]:
    """What the address asks for; a comment that is not of this thread is as good as none."""
    among = rows.with_everything(Comment.objects.all())
    wanted = {name: guarding.number(request.GET.get(name, "")) for name in ("comment", "before", "after")}
    key = next((pk for pk in wanted.values() if pk is not None), None)
    found = thread.comments.select_related("root").filter(pk=key).first() if key is not None else None
    if found and wanted["comment"] is None and wanted["before"] is not None:
        return None, conversation.preceding(thread, found, among)
    if found and wanted["comment"] is None:
        return None, conversation.following(thread, found, among)
    return found, conversation.around(thread, found, among)


def _turns(
    window: conversation.Window, asked: Comment | None, *, by: Any, back: str, may_decide: bool
) -> list[Turn]:
    comments = [turn.comment for turn in window.turns]
    shown = {row.comment.pk: row for row in rows.of(comments, by=by, back=back)}
    noted, originals = notes.on(comments), _originals(comments)
    return [
        Turn(
            row=shown[turn.comment.pk],
            depth=turn.depth,
            is_asked=turn.comment == asked,
            notes=noted.get(turn.comment.pk, ()),
            originals=originals.get(turn.comment.pk, ()),
            redact_url=_redact_url(turn.comment) if may_decide else "",
        )
        for turn in window.turns
    ]


def _redact_url(comment: Comment) -> str:
    if after(Action.REDACT, State(comment.state)) is None:
        return ""
    return reverse("admin:comments_desk_redact", args=[comment.pk])


def _originals(comments: Sequence[Comment]) -> dict[int, list[Redaction]]:
    """No query where nothing is redacted."""
    redacted = [comment.pk for comment in comments if comment.is_redacted]
    found: dict[int, list[Redaction]] = {}
    if redacted:
        standing = Redaction.objects.filter(decision__comment__in=redacted, decision__is_undone=False)
        for one in standing.select_related("decision__by").order_by("decision_id"):
            found.setdefault(one.decision.comment_id, []).append(one)
    return found


def _says(thread: Thread, target: targets.Target | None) -> str:
    """What holds in this thread now, in words."""
    if target is None:
        return _("What was commented on is not there any more.")
    return str(Thread.Mode(threads.mode_of(target, thread)).label)
