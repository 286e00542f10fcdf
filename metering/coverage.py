"""What governs each published piece, whoever reads it: the owner's overview of all of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from metering import pieces, rulebook
from metering.pieces import Piece
from metering.policy import SITE_METER, UNMETERED, Policy
from metering.rules import Terms

METERED, FREE, SUBSCRIBERS = pieces.METERED, pieces.FREE, pieces.SUBSCRIBERS
EXCLUDED, UNCOVERED, RESTING = "excluded", "uncovered", "resting"
OUTCOMES = (METERED, FREE, SUBSCRIBERS, EXCLUDED, UNCOVERED, RESTING)
"""Counted by a meter; marked as free, or for subscribers, by an editor; left out by a rule; covered by none;
given to a further meter that is switched off. The site's own switch is not looked at."""


@dataclass(frozen=True, kw_only=True)
class Governed:
    """One piece and what governs it.

    `meter` is the key of the meter that counts it, None where none does. `rule` is empty where the piece's
    own word or the site's default decides. `trial` says what would govern it if the rules that are being
    tried were in force.
    """

    piece: Piece
    outcome: str
    meter: int | None = None
    rule: str = ""
    trial: "Governed | None" = None


def governed(owner: Policy, *, now: datetime) -> Iterator[Governed]:
    """All pieces that readers can open, the newest of each kind first; `owner` is the site's policy.

    Costs what the host's `Piece.listed` costs, and some microseconds for each piece and rule.
    """
    rules = rulebook.in_force(owner)
    asked = rules.asked()
    for kind in dict.fromkeys(Piece.registered.values()):
        for piece in kind.listed(asked):
            yield _governed(piece, rules.terms(piece, owner, now=now))


def _governed(piece: Piece, terms: Terms) -> Governed:
    outcome = terms.kind
    if outcome == UNMETERED:
        outcome = EXCLUDED if terms.rule else UNCOVERED
    elif outcome == METERED and terms.policy.meter != SITE_METER and not terms.policy.is_on:
        outcome = RESTING
    return Governed(
        piece=piece,
        outcome=outcome,
        meter=terms.policy.meter if outcome == METERED else None,
        rule=terms.rule,
        trial=_governed(piece, terms.observed) if terms.observed else None,
    )
