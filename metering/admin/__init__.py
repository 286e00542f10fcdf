"""The meter in the admin: what the owner settles, and what the meter has written down."""

from metering.admin import policy, records, walls

__all__ = ["policy", "records", "walls"]
