"""What goes in and out of the comments' API."""

from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework import serializers

from comments.models import Comment, Decision
from comments.screening import Reason
from comments.states import ON_THE_MENU, Action, State
from comments.targets import Target
from comments.threads import Shown


class DraftIn(serializers.Serializer):
    """A comment to post. What is wrong with it is said by `comments.posting`, as on the page."""

    text = serializers.CharField(trim_whitespace=False, allow_blank=True)
    name = serializers.CharField(required=False, allow_blank=True, default="")
    email = serializers.CharField(required=False, allow_blank=True, default="")
    parent = serializers.IntegerField(  # type: ignore[assignment]
        required=False, allow_null=True, default=None, min_value=1, max_value=2**63 - 1
    )


class ReadComment(serializers.Serializer):
    """A comment as every reader sees it; one that is gone keeps its place for the replies below it."""

    id = serializers.IntegerField()
    url = serializers.CharField()
    parent = serializers.IntegerField(allow_null=True)  # type: ignore[assignment]
    depth = serializers.IntegerField()
    name = serializers.CharField(allow_null=True)
    badges = serializers.ListField(child=serializers.CharField())
    text = serializers.CharField(allow_null=True, help_text="safe HTML; null for a comment that is gone")
    submitted_at = serializers.DateTimeField()
    hidden_replies = serializers.IntegerField()


class ThreadPage(serializers.Serializer):
    count = serializers.IntegerField()
    mode = serializers.ChoiceField(["open", "held", "closed"])
    may_read = serializers.BooleanField(help_text="false: open the article first; the count alone is given")
    results = ReadComment(many=True)
    next = serializers.CharField(allow_null=True)


class OwnComment(ReadComment):
    state = serializers.ChoiceField(State.choices)


class ReportIn(serializers.Serializer):
    """What a reader objects to. What is wrong with it is said by `comments.reporting`, as on the page."""

    reason = serializers.CharField(help_text="a code of the site's list of reasons")
    note = serializers.CharField(required=False, allow_blank=True, default="")


class ReportOut(serializers.Serializer):
    comment = serializers.IntegerField()
    reason = serializers.CharField()


class ReasonOut(serializers.Serializer):
    rule = serializers.CharField()
    sentence = serializers.CharField()
    weight = serializers.FloatField()
    spans = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))


class ModeratedComment(serializers.Serializer):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    state = serializers.ChoiceField(State.choices)
    thread = serializers.CharField()
    name = serializers.CharField()
    source = serializers.CharField(help_text="as it was typed, unsafe to show as HTML")  # type: ignore[assignment]
    text = serializers.CharField(help_text="safe HTML")
    submitted_at = serializers.DateTimeField()
    screened_at = serializers.DateTimeField(allow_null=True)
    score = serializers.FloatField(allow_null=True)
    reasons = ReasonOut(many=True)
    actions = serializers.ListField(child=serializers.CharField())


class ModeratedPage(serializers.Serializer):
    results = ModeratedComment(many=True)
    next = serializers.IntegerField(allow_null=True)


class DecisionIn(serializers.Serializer):
    action = serializers.ChoiceField([action.value for action in (*ON_THE_MENU, Action.KEEP)])
    version = serializers.IntegerField(min_value=0, max_value=2**31 - 1, help_text="`version` of the list")
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=40)
    note = serializers.CharField(required=False, allow_blank=True, default="")


class DecisionOut(serializers.Serializer):
    comment = serializers.IntegerField()
    version = serializers.IntegerField()
    action = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    made_at = serializers.DateTimeField()


def as_read(shown: Shown, badges: Mapping[int, Sequence[str]]) -> dict[str, Any]:
    comment = shown.comment
    visible = shown.is_visible
    return {
        "id": comment.pk,
        "url": comment.get_absolute_url(),
        "parent": comment.parent_id,
        "depth": comment.depth,
        "name": comment.public_name if visible else None,
        "badges": list(badges.get(comment.author_id or 0, ())) if visible else [],
        "text": comment.html if visible else None,
        "submitted_at": comment.submitted_at,
        "hidden_replies": shown.hidden_replies,
    }


def as_own(comment: Comment, target: Target) -> dict[str, Any]:
    """To its author, who sees it in every state."""
    badges = target.badges_of([comment.author] if comment.author else [])
    return as_read(Shown(comment, comment.depth), badges) | {
        "name": comment.public_name,
        "text": comment.html,
        "state": comment.state,
    }


def as_moderated(comment: Comment) -> dict[str, Any]:
    return {
        "id": comment.pk,
        "version": comment.version,
        "state": comment.state,
        "thread": str(comment.thread),
        "name": comment.public_name,
        "source": comment.source,
        "text": comment.html,
        "submitted_at": comment.submitted_at,
        "screened_at": comment.screened_at,
        "score": comment.score,
        "reasons": [as_reason(Reason.from_json(stored)) for stored in comment.reasons],
        "actions": [action.value for action in comment.allowed_actions],
    }


def as_reason(reason: Reason) -> dict[str, Any]:
    return {
        "rule": reason.rule,
        "sentence": str(reason.sentence()),
        "weight": reason.weight,
        "spans": [list(span) for span in reason.spans],
    }


def as_decision(decision: Decision, comment: Comment) -> dict[str, Any]:
    return {
        "comment": comment.pk,
        "version": comment.version,
        "action": decision.action,
        "before": decision.before,
        "after": decision.after,
        "made_at": decision.made_at,
    }
