"""When the ledger does not answer: noted, counted, and shown to the owner."""

import logging

from metering.ledger.base import LedgerUnavailable

logger = logging.getLogger(__name__)


def note(away: LedgerUnavailable) -> None:
    logger.error("The meter's ledger does not answer: %s", away)
