"""Is it spam, and why? `screen` looks at a submission and answers with a score and its reasons."""

from collections.abc import Iterable
from dataclasses import replace

from comments.conf import conf
from comments.screening.context import Context
from comments.screening.fingerprints import distance, fingerprint
from comments.screening.rules import BIAS, LINK_RULES, RULES
from comments.screening.submission import Recent, Submission
from comments.screening.verdict import Reason, Verdict, log_odds

__all__ = ["Context", "Reason", "Recent", "Submission", "Verdict", "distance", "fingerprint", "screen"]

MOST_BY_LINKS = 0.80
"""The score that links alone can reach; lower where the owner calls spam what is lower."""


def screen(submission: Submission | Context) -> Verdict:
    """Score a comment from 0 (surely not spam) to 1, with the reasons that add up to the score.

    Pure but for the settings, total, and the same for the same submission. A context that others look at
    too is read only once.
    """
    context = submission if isinstance(submission, Context) else Context(submission)
    reasons = [reason for rule in RULES if (reason := rule.apply(context))]
    return Verdict.explained_by(_links_never_reject(reasons), bias=BIAS)


def _links_never_reject(reasons: Iterable[Reason]) -> list[Reason]:
    """Scale the reasons about links, so that by themselves they stay below the spam threshold."""
    reasons = list(reasons)
    by_links = sum(reason.weight for reason in reasons if reason.rule in LINK_RULES)
    ceiling = min(MOST_BY_LINKS, max(conf().spam_above - 0.02, 0.01))
    room = max(log_odds(ceiling) - BIAS, 0.0)
    if by_links <= room:
        return reasons
    return [
        replace(reason, weight=round(reason.weight * room / by_links, 4)) if reason.rule in LINK_RULES else reason
        for reason in reasons
    ]
