"""The pages of the desk: the queue, one decision, one about many, and taking it back."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from comments import handing_over, house, moderation, permissions, targets
from comments.admin.desk import figures, forms, naming, queue, rows
from comments.admin.desk.rows import Row
from comments.conf import conf
from comments.models import Comment, Decision, Thread
from comments.models.people import LONGEST_NOTE
from comments.states import ON_THE_MENU, Action, State, allowed
from comments.tallies import Tab

OURS = "X-Desk"
"""The header by which the desk's script knows an answer of the desk from a log-in page or an error."""

View = Callable[..., HttpResponse]
"""Of the request, the desk, and what the address names."""


def guarded(view: View, desk: ModelAdmin) -> View:
    """For whoever may see comments."""

    def shown(request: HttpRequest, **named: Any) -> HttpResponse:
        if not desk.has_view_permission(request):
            raise PermissionDenied
        answer = view(request, desk, **named)
        answer[OURS] = "1"
        return answer

    return shown


@require_safe
def queue_page(request: HttpRequest, desk: ModelAdmin) -> HttpResponse:
    return _page(request, desk, request.GET)


@require_POST
def decide(request: HttpRequest, desk: ModelAdmin) -> HttpResponse:
    """One decision, from a row. Answers with the receipt or the row for the script, else leads back."""
    number, version = _number(request.POST.get("comment", "")), _number(request.POST.get("version", ""))
    action = request.POST.get("action", "")
    try:
        if number is None or version is None or action not in {*ON_THE_MENU, Action.KEEP}:
            raise moderation.NotAllowedError(_("Please choose what is to be done."))
        [comment] = moderation.as_seen({number: version})
        decision = moderation.decide(comment, action, by=request.user, **_why(request))
    except moderation.DecisionError as refused:
        return _refused(request, desk, number, str(refused))
    if _by_script(request):
        return _fragment(request, said=_done(decision), receipts=[decision])
    messages.success(request, _done(decision))
    return HttpResponseRedirect(_back(request))


@require_POST
def decide_together(request: HttpRequest, desk: ModelAdmin) -> HttpResponse:
    """One decision about all that is ticked, or about none; then the list as it is now, with a report."""
    versions = _ticked(request)
    action = request.POST.get("action", "")
    try:
        if action not in {*ON_THE_MENU, Action.KEEP}:
            raise moderation.NotAllowedError(_("Please choose what is to be done."))
        made = moderation.decide_all(moderation.as_seen(versions), action, by=request.user, **_why(request))
    except moderation.DecisionError as refused:
        in_the_way = moderation.obstacles(versions, action, by=request.user) or [str(refused)]
        asked = QueryDict(urlsplit(_back(request)).query)
        return _page(request, desk, asked, ticked=versions, report=in_the_way, kept=request.POST)
    messages.success(request, _done_together(made))
    return HttpResponseRedirect(_back(request))


@require_POST
def undo(request: HttpRequest, desk: ModelAdmin) -> HttpResponse:
    """Takes back a decision of one's own, or the bulk that it was part of; without a number, the last one."""
    named = request.POST.get("decision", "")
    decision = Decision.objects.filter(pk=_number(named) or 0).first() if named else figures.last_of(request.user)
    try:
        if decision is None:
            raise moderation.NotAllowedError(_("There is nothing to undo."))
        undone = moderation.undo(decision, by=request.user)
    except moderation.DecisionError as refused:
        return _refused(request, desk, decision.comment_id if decision else None, str(refused))
    said = ngettext("Undone.", "Undone: %(count)s comments.", len(undone)) % {"count": len(undone)}
    if _by_script(request):
        return _fragment(request, said=said, shown=[one.comment_id for one in undone])
    messages.success(request, said)
    return HttpResponseRedirect(_back(request))


@require_safe
def about(request: HttpRequest, desk: ModelAdmin, pk: int) -> HttpResponse:
    """Leads to what was commented on, where readers find it."""
    thread = Thread.objects.filter(pk=pk).first()
    target = targets.behind(thread) if thread else None
    if target is None:
        raise Http404(_("What was commented on is no longer there."))
    return HttpResponseRedirect(target.reading_url)


# --- what is answered -------------------------------------------------------------------------------------


def _page(
    request: HttpRequest,
    desk: ModelAdmin,
    asked: QueryDict,
    *,
    ticked: Collection[int] = (),
    report: Sequence[str] = (),
    refused: Sequence[int] = (),
    fault: str = "",
    kept: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The queue; with `report`, what stood in the way of a bulk, and everything of it still chosen.

    With `fault`, why the comment in `refused` is not decided about: told in its row, wherever it stands by now.
    """
    sections = permissions.sections_seen_by(request.user)
    numbers = figures.numbers(sections)
    question, form, faults = forms.question(asked, sections=sections, known_sections=numbers.sections)
    comments = rows.with_everything(Comment.objects.all())
    page = queue.Page([])
    if form.is_valid():
        page = queue.page(question, comments, is_screened_late=_is_late(numbers))
    back = _queue_address() + question.here()
    listed = rows.of(
        page.comments,
        by=request.user,
        back=back,
        unmasked=_numbers(asked.getlist("unmask")),
        ticked=[one.pk for one in page.comments] if asked.get("ticked") == "all" else ticked,
    )
    if fault:
        listed = _with_the_refused(request, listed, refused, fault, back)
    may_decide = permissions.may_decide(request.user)
    context = {
        **desk.admin_site.each_context(request),
        "title": _("Moderators' desk"),
        "opts": desk.opts,
        "question": question,
        "form": form,
        "faults": faults,
        "rows": listed,
        "next": question.address(after=page.next) if page.next else "",
        "first": question.address() if question.after else "",
        "tick_all": f"{question.here()}&ticked=all",
        "filters_set": _filters_set(question, form),
        "without_filters": queue.Question(tab=question.tab, order=question.order).address(),
        "hidden": numbers.tabs[question.tab],
        "empty": naming.EMPTY[question.tab],
        "orders": _orders(question),
        "bulk_actions": _bulk_actions(question.tab) if may_decide else [],
        "report": report,
        "fault": "" if any(row.fault for row in listed) else fault,
        "kept": kept or {},
        "reasons_to_give": conf().reasons.items(),
        "longest_note": LONGEST_NOTE,
        "largest_bulk": moderation.LARGEST_BULK,
        "back": back,
        "handed": handing_over.handed_to(request.user)[:10],
        "htmx": static("django_htmx/htmx-2.min.js") if apps.is_installed("django_htmx") else "",
        **_above(request, question, numbers),
    }
    status = (
        409 if (report or fault) and not _by_script(request) else 200
    )  # the script shows what comes with success
    return render(request, "admin/comments/desk/queue.html", context, status=status)


def _fragment(
    request: HttpRequest,
    *,
    said: str,
    receipts: Sequence[Decision] = (),
    shown: Sequence[int] = (),
    fault: str = "",
) -> HttpResponse:
    """For the script: receipts or rows that take the place of what stood there, new counts, and what is said."""
    back = _back(request)
    sections = permissions.sections_seen_by(request.user)
    comments = rows.with_everything(Comment.objects.in_sections(sections).filter(pk__in=shown))
    listed = rows.of(comments, by=request.user, back=back)
    if fault:
        listed = [_with_fault(row, fault, request.POST) for row in listed]
    context = {"receipts": receipts, "rows": listed, "said": said, "back": back, "is_a_fault": bool(fault)}
    if urlsplit(back).path == _queue_address():
        question, _form, _faults = forms.question(
            QueryDict(urlsplit(back).query), sections=sections, known_sections=()
        )
        last = receipts[0] if len(receipts) == 1 else None
        context |= _above(request, question, figures.numbers(sections), last)
    else:
        context |= {"done": figures.done_by(request.user)}
    context["undo_seconds"] = house.settled().house.undo_seconds
    return render(request, "admin/comments/desk/answer.html", context)


def _above(
    request: HttpRequest, question: queue.Question, numbers: figures.Numbers, last: Decision | None = None
) -> dict[str, Any]:
    """The tabs with their counts, and what stands beside them."""
    return {
        "tabs": [
            {"name": naming.TABS[tab], "number": number, "tab": tab.value, "is_current": tab is question.tab,
             "address": _queue_address() + question.address(tab=tab)}
            for tab, number in numbers.tabs.items()
        ],
        "numbers": numbers,
        "checking_is_late": _is_late(numbers),
        "done": figures.done_by(request.user, last=last),
    }  # fmt: skip


def _is_late(numbers: figures.Numbers) -> bool:
    return numbers.checking_since is not None and queue.is_late(numbers.checking_since)


def _refused(request: HttpRequest, desk: ModelAdmin, number: int | None, told: str) -> HttpResponse:
    """Nothing was changed: the row as it is now and why, with what was written kept."""
    shown = [number] if number else []
    if _by_script(request):
        return _fragment(request, said=told, shown=shown, fault=told)
    back = urlsplit(_back(request))
    if back.path == _queue_address():
        return _page(request, desk, QueryDict(back.query), refused=shown, fault=told)
    messages.error(request, _("Nothing was changed. %s") % told)
    return HttpResponseRedirect(_back(request))


def _with_the_refused(
    request: HttpRequest, listed: list[Row], refused: Sequence[int], fault: str, back: str
) -> list[Row]:
    """The list with the fault in its row; what has left the list meanwhile stands before it."""
    sections = permissions.sections_seen_by(request.user)
    there = {row.comment.pk for row in listed}
    gone = Comment.objects.in_sections(sections).filter(pk__in=set(refused) - there)
    before = rows.of(rows.with_everything(gone), by=request.user, back=back)
    return [
        _with_fault(row, fault, request.POST) if row.comment.pk in refused else row for row in [*before, *listed]
    ]


def _with_fault(row: Row, fault: str, kept: Mapping[str, str]) -> Row:
    return replace(
        row, fault=fault, chosen_reason=kept.get("reason", "")[:40], note=kept.get("note", "")[:LONGEST_NOTE]
    )


def _done(decision: Decision) -> str:
    return str(naming.DONE[Action(decision.action)])


def _done_together(made: Sequence[Decision]) -> str:
    told = ngettext("%(done)s %(count)s comment.", "%(done)s %(count)s comments.", len(made))
    return told % {"done": _done(made[0]), "count": len(made)}


def _bulk_actions(tab: Tab) -> list[Action]:
    """What can be done with what stands under this tab; where a tab mixes states, any of it."""
    if tab is Tab.PENDING or tab in queue.DECIDED:
        return allowed(State(tab.value))
    return [Action.KEEP, *ON_THE_MENU]


def _orders(question: queue.Question) -> list[dict[str, Any]]:
    if question.is_newest_first:
        return []
    names = {queue.Order.URGENCY: _("Most urgent first"), queue.Order.TIME: _("Oldest first")}
    return [
        {"name": name, "address": question.address(order=order), "is_current": order is question.order}
        for order, name in names.items()
    ]


def _filters_set(question: queue.Question, form: forms.FilterForm) -> list[dict[str, str]]:
    """Each filter in words, and the address without it; those that cannot be read as well."""
    asked = {**{name: form.data.get(name, "") for name in form.errors if name in form.fields}, **question.filters}
    return [
        {
            "name": str(form.fields[name].label),
            "value": _value(form, name, value),
            "address": question.address(**{name: None}),
        }
        for name, value in asked.items()
    ]


def _value(form: forms.FilterForm, name: str, value: Any) -> str:
    choices: Iterable[tuple[Any, Any]] = getattr(form.fields[name], "choices", ())
    return str(dict(choices).get(value, value))[:80]


# --- what is asked ----------------------------------------------------------------------------------------


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true" and "whole" not in request.POST


def _back(request: HttpRequest) -> str:
    """The address to return to, if it is one of ours; else the queue."""
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith(_queue_address())
    return back if is_ours else _queue_address()


def _queue_address() -> str:
    return reverse("admin:comments_desk_changelist")


def _why(request: HttpRequest) -> dict[str, Any]:
    return {"reason": request.POST.get("reason", ""), "note": request.POST.get("note", "").strip()}


def _ticked(request: HttpRequest) -> dict[int, int]:
    """What is ticked, in the versions that were shown. Of what cannot be read nothing is decided."""
    found = {}
    for one in request.POST.getlist("chosen"):
        number, _sign, version = one.partition(":")
        if (pk := _number(number)) is not None:
            found[pk] = _number(version) or 0
    return found


def _numbers(written: Iterable[str]) -> set[int]:
    return {number for one in written if (number := _number(one)) is not None}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
