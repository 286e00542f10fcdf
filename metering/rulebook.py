"""The owner's rules as the database has them, kept in each process as long as they do not change."""

from functools import lru_cache

from metering.models import SITE_METER, Meter, Rule
from metering.policy import Policy
from metering.rules import Rule as RuleInForce
from metering.rules import Rulebook, in_order

NONE = Rulebook()
CONDITIONS = ("section", "tag", "author", "older_than", "younger_than", "path")
ALLOWANCE = ("is_on", "limit", "registered_limit", "period", "days", "first_weekday")
"""What each meter has of its own; the rest of a policy is the site's."""


def in_force(owner: Policy) -> Rulebook:
    """The rules by which pieces are judged now.

    Their edition comes along with the owner's policy, so that a change holds in every process at its
    next request. Costs three queries when it has changed, else none; without rules nothing at all.
    """
    return _rulebook(owner.rules_edition) if owner.rules_edition else NONE


@lru_cache(maxsize=1)
def _rulebook(edition: str) -> Rulebook:
    site = Meter.objects.get(pk=SITE_METER)
    others = list(Meter.objects.exclude(pk=SITE_METER))
    return Rulebook(
        rules=in_order(as_asked(rule) for rule in Rule.objects.in_force().select_related("meter")),
        covers_the_rest=site.covers_the_rest,
        rest_walls_from=site.walls_from,
        meters={meter.pk: allowance(meter) for meter in others},
        names={meter.pk: meter.name for meter in others},
    )


def as_asked(rule: Rule) -> RuleInForce:
    """A rule of the admin as the pure one that is asked."""
    return RuleInForce(
        name=rule.name,
        effect=rule.effect,
        priority=rule.priority,
        meter=rule.meter.pk,
        walls_from=rule.walls_from,
        **{name: getattr(rule, name) for name in CONDITIONS},
    )


def allowance(meter: Meter) -> dict[str, object]:
    """What distinguishes this meter's policy from the site's."""
    return {name: getattr(meter, name) for name in ALLOWANCE}
