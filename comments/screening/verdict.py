"""The answer of screening: a score, and the reasons that add up to it."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from comments.screening.sentences import sentence_for

Param = str | int | float
Span = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One thing that speaks for spam (weight above 0) or against it (below 0), on the log-odds scale.

    The sentence is built when it is read, not when it is found: the moderator's language is not the
    language of the process that screened.
    """

    rule: str
    weight: float
    params: Mapping[str, Param] = field(default_factory=dict)
    """What the sentence tells: counts, hosts, words of our own lists."""

    spans: tuple[Span, ...] = ()
    """Where in the original text the evidence stands, as start and end, the end excluded."""

    def sentence(self) -> str:
        """The reason in the words of the active language."""
        return sentence_for(self.rule, self.params)

    def to_json(self) -> dict[str, Any]:
        """Plain dicts and lists, for a JSON column or an API."""
        return {
            "rule": self.rule,
            "weight": self.weight,
            "params": dict(self.params),
            "spans": [list(span) for span in self.spans],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read back what `to_json` gave, also when an older version gave it."""
        return cls(
            rule=stored["rule"],
            weight=stored.get("weight", 0.0),
            params=dict(stored.get("params", {})),
            spans=tuple((start, end) for start, end in stored.get("spans", ())),
        )


@dataclass(frozen=True)
class Verdict:
    """How likely it is spam, 0 to 1, and why, the strongest reason first."""

    score: float
    reasons: tuple[Reason, ...] = ()

    @classmethod
    def explained_by(cls, reasons: Iterable[Reason], *, bias: float) -> Self:
        """The verdict that these reasons add up to: score = logistic(bias + sum of weights)."""
        strongest_first = sorted(reasons, key=lambda reason: (-abs(reason.weight), reason.rule))
        # fsum, because it gives the same sum in any order: whoever adds the reasons up gets the very score.
        total = math.fsum([bias, *(reason.weight for reason in strongest_first)])
        return cls(score=logistic(total), reasons=tuple(strongest_first))


def logistic(log_odds: float) -> float:
    """Log-odds to a probability, without overflow at either end."""
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    return math.exp(log_odds) / (1 + math.exp(log_odds))


def log_odds(probability: float) -> float:
    """A probability strictly between 0 and 1 to log-odds."""
    return math.log(probability / (1 - probability))
