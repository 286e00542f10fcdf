"""Which meter covers a piece: the owner's rules, asked in order. Pure: no request, no database, no clock."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

from metering.pieces import METERED, Piece
from metering.policy import SITE_METER, UNMETERED, Policy

EXCLUDE, INCLUDE = "exclude", "include"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule of the owner's. Of its conditions all must hold; without any it covers every piece.

    `section`, `tag` and `author` are keys of the host's; a section covers those below it as well.
    `older_than` and `younger_than` are days since publication; `path` is how the address begins, or a
    pattern with `*` for the whole of it. Before `walls_from` the rule is only observed.
    """

    name: str
    effect: str = INCLUDE
    priority: int = 0
    meter: int = SITE_METER
    section: str = ""
    tag: str = ""
    author: str = ""
    older_than: int | None = None
    younger_than: int | None = None
    path: str = ""
    walls_from: datetime | None = None

    def covers(self, piece: Piece, *, now: datetime) -> bool:
        """Do all of its conditions hold? A piece is asked only for what the rule speaks of."""
        return (
            (not self.section or self.section in piece.sections)
            and (not self.tag or self.tag in piece.tags)
            and (not self.author or self.author in piece.authors)
            and self._fits_age(piece, now)
            and (not self.path or _fits(self.path, unquote(piece.url)))
        )

    def is_observed(self, *, now: datetime) -> bool:
        """Is it only being tried: counting and reporting, walling nobody?"""
        return self.walls_from is not None and now < self.walls_from

    def _fits_age(self, piece: Piece, now: datetime) -> bool:
        if self.older_than is None and self.younger_than is None:
            return True
        if piece.published_at is None:
            return False
        age = now - piece.published_at
        return (self.older_than is None or age >= timedelta(days=self.older_than)) and (
            self.younger_than is None or age < timedelta(days=self.younger_than)
        )


@dataclass(frozen=True, kw_only=True)
class Terms:
    """By what a piece is governed: the piece's own word, and where that is `metered` the rules'.

    `kind` is a policy of the piece or `UNMETERED`. `policy` is that of the meter that counts, `rule`
    names the rule, empty for the site's default. `observed` is what would hold if the rule that is
    being tried were in force.
    """

    kind: str
    policy: Policy
    rule: str = ""
    observed: "Terms | None" = None


@dataclass(frozen=True, kw_only=True)
class Rulebook:
    """All rules in the order in which they are asked, and what the meters allow that they name.

    `covers_the_rest`: does the site's meter count what no rule covers? `meters` gives for the key of
    each further meter the values in which its policy differs from the site's, `names` what it is called.
    """

    rules: tuple[Rule, ...] = ()
    covers_the_rest: bool = True
    rest_walls_from: datetime | None = None
    meters: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)

    def terms(self, piece: Piece, owner: Policy, *, now: datetime) -> Terms:
        """What governs this piece; `owner` is the site's policy."""
        if piece.policy != METERED:
            return Terms(kind=piece.policy, policy=owner)
        if not self.rules and self.covers_the_rest and self.rest_walls_from is None:
            return Terms(kind=METERED, policy=owner)  # as nearly everywhere
        winner = self._first(piece, now, (rule for rule in self._all()))
        if winner is None or not winner.is_observed(now=now):
            return self._terms_by(winner, owner)
        in_force = self._first(piece, now, (rule for rule in self._all() if not rule.is_observed(now=now)))
        return replace(self._terms_by(in_force, owner), observed=self._terms_by(winner, owner))

    def asked(self) -> frozenset[str]:
        """Which of `section`, `tag` and `author` any rule speaks of."""
        return frozenset(
            name for rule in self.rules for name in ("section", "tag", "author") if getattr(rule, name)
        )

    def others(self, owner: Policy, *, now: datetime) -> Iterable[tuple[str, Policy]]:
        """The further meters by name, with their policies, as far as they count: none that is off or on trial."""
        counting = {rule.meter for rule in self.rules if rule.effect == INCLUDE and not rule.is_observed(now=now)}
        for key, differing in self.meters.items():
            policy = replace(owner, meter=key, **differing)
            if key in counting and policy.is_on and owner.is_on:
                yield self.names.get(key, ""), policy

    def _all(self) -> Iterable[Rule]:
        yield from self.rules
        if self.covers_the_rest:
            yield Rule(name="", walls_from=self.rest_walls_from)

    def _first(self, piece: Piece, now: datetime, rules: Iterable[Rule]) -> Rule | None:
        return next((rule for rule in rules if rule.covers(piece, now=now)), None)

    def _terms_by(self, rule: Rule | None, owner: Policy) -> Terms:
        if rule is None or rule.effect == EXCLUDE:
            return Terms(kind=UNMETERED, policy=owner, rule=rule.name if rule else "")
        differing = self.meters.get(rule.meter)
        policy = replace(owner, meter=rule.meter, **differing) if differing else owner
        if not owner.is_on:
            policy = owner  # the site's switch is everybody's
        return Terms(kind=METERED, policy=policy, rule=rule.name)


def in_order(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Exclusions first, then the highest priority first."""
    return tuple(sorted(rules, key=lambda rule: (rule.effect != EXCLUDE, -rule.priority, rule.name)))


def _fits(pattern: str, path: str) -> bool:
    if "*" not in pattern:
        return path.startswith(pattern)
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split("*")), path) is not None
