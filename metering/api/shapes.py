"""What the meter tells programs."""

from rest_framework import serializers

from metering.policy import Outcome, Reason


class AccessOut(serializers.Serializer):
    """The meter's answer about one reader and one piece; the counts are null where nothing is counted."""

    outcome = serializers.ChoiceField([outcome.value for outcome in Outcome])
    reason = serializers.ChoiceField([reason.value for reason in Reason])
    used = serializers.IntegerField(allow_null=True)
    limit = serializers.IntegerField(allow_null=True)
    resets_at = serializers.DateTimeField(allow_null=True)
    would_be = serializers.ChoiceField(
        [outcome.value for outcome in Outcome],
        required=False,
        help_text="there while a rule is tried that would have decided otherwise",
    )


class MeterOut(serializers.Serializer):
    """Where a reader stands."""

    used = serializers.IntegerField(allow_null=True)
    limit = serializers.IntegerField(allow_null=True)
    left = serializers.IntegerField(allow_null=True)
    resets_at = serializers.DateTimeField(allow_null=True)
    unlimited = serializers.BooleanField(help_text="subscribers and staff, or no limit is set")
