"""The pages about people: banning somebody, and all that is known of who wrote a comment."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from comments import commenters, house, moderation, notes, permissions, records, restrictions
from comments.admin.desk import figures, guarding, rows
from comments.commenters import Person
from comments.conf import conf
from comments.models import Comment, Decision, Restriction
from comments.models.people import LONGEST_NOTE
from comments.restrictions import Whom

AT_ONCE = 25
MOST_WAITING = 500
"""So many of somebody's waiting comments are turned down with a ban; who has more sends floods."""

MOST_LINES = 20

LENGTHS = {
    "day": (_("1 day"), timedelta(days=1)),
    "week": (_("1 week"), timedelta(weeks=1)),
    "month": (_("1 month"), timedelta(days=30)),
    "good": (_("For good"), None),
    "date": (_("Until the end of"), None),
}


class BanForm(forms.Form):
    """Whom, how long, and why; only what the comment tells of its writer can be chosen."""

    whom = forms.MultipleChoiceField(
        label=_("Whom"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose whom it is to meet.")},
    )
    effect = forms.ChoiceField(label=_("What follows"), choices=Restriction.Effect, widget=forms.RadioSelect)
    length = forms.ChoiceField(
        label=_("How long"),
        choices=[(code, name) for code, (name, _span) in LENGTHS.items()],
        widget=forms.RadioSelect,
    )
    day = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    reason = forms.ChoiceField(label=_("Reason"), required=False)
    note = forms.CharField(
        label=_("Note for the moderators"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )
    rejects = forms.BooleanField(label=_("Reject what of theirs is waiting"), required=False)

    def __init__(self, comment: Comment, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["whom"].choices = [(one.value, _named(comment, one)) for one in restrictions.nameable(comment)]  # type: ignore[attr-defined]
        self.fields["reason"].choices = [("", gettext("none")), *conf().reasons.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("length") == "date" and not given.get("day") and "day" not in self.errors:
            self.add_error("day", gettext("Please choose the day."))
        return given

    @property
    def until(self) -> datetime | None:
        """The moment at which it ends, at the end of the day that was chosen; None: for good."""
        length = self.cleaned_data["length"]
        if length == "date":
            day = datetime.combine(self.cleaned_data["day"], datetime.min.time()) + timedelta(days=1)
            return timezone.make_aware(day)
        span = LENGTHS[length][1]
        return timezone.now() + span if span else None


def urls(desk: ModelAdmin) -> list[URLPattern]:
    return [
        guarding.at(desk, "ban/<int:pk>/", ban, "ban"),
        guarding.at(desk, "person/<int:pk>/", person, "person"),
        guarding.at(desk, "lift/<int:pk>/", require_POST(lift), "lift"),
        guarding.at(desk, "note/<int:pk>/", require_POST(note), "note"),
    ]


def ban(request: HttpRequest, desk: ModelAdmin, pk: int) -> HttpResponse:
    """The form, and with POST the ban; whatever is wrong with it is said beside it and nothing typed is lost."""
    comment = guarding.seen_comment(request, pk)
    back = guarding.back(request, reverse("admin:comments_desk_person", args=[comment.pk]))
    waiting = list(_waiting(comment, request.user)[:MOST_WAITING])
    start = {"effect": "ban", "length": "week", "whom": restrictions.nameable(comment)[:1]}
    form = BanForm(comment, request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            made = _ban(comment, form, by=request.user)
        except moderation.DecisionError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _banned(made))
            if form.cleaned_data["rejects"]:
                _reject(request, form.cleaned_data["reason"])
            return HttpResponseRedirect(back)
    return guarding.page(
        request,
        desk,
        "ban",
        title=gettext("Ban or watch"),
        comment=comment,
        form=form,
        back=back,
        waiting=waiting,
        in_force=_meeting(comment, Restriction.objects.in_force()),
        network_days=restrictions.longest_network_days() if comment.address_hash else "",
        person_url=reverse("admin:comments_desk_person", args=[comment.pk]),
        status=422 if form.errors else 200,
    )


@require_safe
def person(request: HttpRequest, desk: ModelAdmin, pk: int) -> HttpResponse:
    """What is known of who wrote this comment, as far as this moderator's sections go. At most 20 queries."""
    comment = guarding.seen_comment(request, pk)
    behind = commenters.person_behind(comment)
    theirs = _theirs(comment, behind, request.user)
    listed, following = _newest(theirs, request.GET.get("after", ""))
    here = reverse("admin:comments_desk_person", args=[comment.pk])
    made = Decision.objects.filter(comment__in=theirs.order_by().values("pk")).select_related("by", "comment")
    return guarding.page(
        request,
        desk,
        "person",
        title=comment.public_name or gettext("Somebody without a name"),
        comment=comment,
        behind=behind,
        record=records.record_of(comment),
        restrictions=[
            (one, one.is_in_force and restrictions.may_lift(one, request.user))
            for one in _meeting(comment, Restriction.objects.all())
        ],
        notes=notes.about(comment),
        may_decide=permissions.may_decide_in(request.user, comment.thread.section),
        longest_note=LONGEST_NOTE,
        rows=rows.of(listed, by=request.user, back=here),
        next=f"{here}?after={following}#comments" if following else "",
        first=here if request.GET.get("after") else "",
        decisions=made.order_by("-made_at", "-pk")[:MOST_LINES],
        here=here,
        ban_url=f"{reverse('admin:comments_desk_ban', args=[comment.pk])}?back={here}",
        **scripts(request),
    )


def lift(request: HttpRequest, desk: ModelAdmin, pk: int) -> HttpResponse:
    found = Restriction.objects.select_related("comment__thread").filter(pk=min(pk, guarding.LARGEST_KEY)).first()
    if found is None:
        raise guarding.OutOfSight(gettext("This ban is not there any more."))

    def do() -> str:
        return (
            gettext("Lifted.") if restrictions.lift(found, by=request.user) else gettext("It had ended already.")
        )

    return guarding.carried_out(request, do, then=guarding.queue_address())


def note(request: HttpRequest, desk: ModelAdmin, pk: int) -> HttpResponse:
    comment = guarding.seen_comment(request, pk)

    def do() -> str:
        on_person = request.POST.get("on") == "person"
        notes.add(comment, request.POST.get("text", ""), by=request.user, on_person=on_person)
        return gettext("The note is written down.")

    return guarding.carried_out(request, do, then=reverse("admin:comments_desk_person", args=[pk]))


def scripts(request: HttpRequest) -> dict[str, Any]:
    """What the rows of the desk want around them to be quicker with JavaScript."""
    return {
        "htmx": static("django_htmx/htmx-2.min.js") if apps.is_installed("django_htmx") else "",
        "done": figures.done_by(request.user),
        "undo_seconds": house.settled().house.undo_seconds,
    }


def _ban(comment: Comment, form: BanForm, *, by: Any) -> Sequence[Restriction]:
    given = form.cleaned_data
    return restrictions.ban(
        comment,
        by=by,
        whom=given["whom"],
        until=form.until,
        reason=given["reason"],
        note=given["note"].strip(),
        effect=given["effect"],
    )


def _reject(request: HttpRequest, reason: str) -> None:
    """Rejects what the page had listed, in the versions that it showed; what has changed since is told."""
    seen = dict(_seen(request.POST.getlist("waiting")[:MOST_WAITING]))
    rejected = 0
    numbers = sorted(seen)
    for start in range(0, len(numbers), moderation.LARGEST_BULK):
        versions = {pk: seen[pk] for pk in numbers[start : start + moderation.LARGEST_BULK]}
        try:
            done = moderation.decide_all(moderation.as_seen(versions), "reject", by=request.user, reason=reason)
            rejected += len(done)
        except moderation.DecisionError as refused:
            some = ngettext(
                "%(count)s comment of theirs still waits. %(why)s",
                "%(count)s comments of theirs still wait. %(why)s",
                len(versions),
            )
            messages.warning(request, some % {"count": len(versions), "why": refused})
    told = ngettext("%(count)s comment was rejected.", "%(count)s comments were rejected.", rejected)
    if rejected:
        messages.success(request, told % {"count": rejected})


def _seen(chosen: Iterable[str]) -> Iterable[tuple[int, int]]:
    for one in chosen:
        pk, _sign, version = one.partition(":")
        if (key := guarding.number(pk)) is not None:
            yield key, guarding.number(version) or 0


def _waiting(comment: Comment, by: Any) -> QuerySet[Comment]:
    """What of the same person's waits, where this moderator decides."""
    behind = commenters.person_behind(comment)
    found = Comment.objects.waiting().in_sections(permissions.sections_of(by))
    return found.filter(behind.comments() if behind else Q(pk=comment.pk)).order_by("pk")


def _theirs(comment: Comment, behind: Person | None, by: Any) -> QuerySet[Comment]:
    mine = Comment.objects.in_sections(permissions.sections_seen_by(by))
    return mine.filter(behind.comments() if behind else Q(pk=comment.pk))


def _newest(theirs: QuerySet[Comment], after: str) -> tuple[list[Comment], int | None]:
    """A page, the newest first, and the comment after which the next one begins."""
    if (key := guarding.number(after)) and (last := Comment.objects.filter(pk=key).first()):
        older = Q(submitted_at__lt=last.submitted_at) | Q(submitted_at=last.submitted_at, pk__lt=last.pk)
        theirs = theirs.filter(older)
    found = list(rows.with_everything(theirs).order_by("-submitted_at", "-pk")[: AT_ONCE + 1])
    return found[:AT_ONCE], found[AT_ONCE - 1].pk if len(found) > AT_ONCE else None


def _meeting(comment: Comment, among: QuerySet[Restriction]) -> list[Restriction]:
    traces = commenters.traces_of(comment, commenters.email_of(comment.author))
    found = among.filter(traces.restrictions()).select_related("by", "lifted_by", "comment__thread", "account")
    return list(found[:MOST_LINES])


def _banned(made: Sequence[Restriction]) -> str:
    if made[0].effect == Restriction.Effect.WATCH:
        return gettext("Watched: their comments wait for a moderator from now on.")
    return gettext("Banned: they cannot comment from now on.")


def _named(comment: Comment, whom: Whom) -> str:
    """What exactly it is, so that nobody bans a domain unaware."""
    exactly = {
        Whom.EMAIL: commenters.folded_email(comment.email),
        Whom.DOMAIN: "@" + commenters.domain_of(comment.email),
    }
    return f"{whom.label}: {exactly[whom]}" if whom in exactly else str(whom.label)
