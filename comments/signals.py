"""What other apps can listen to."""

from django.dispatch import Signal

decision_settled = Signal()
"""A decision can no longer be undone: sent once with `decision`, in the transaction that says so.

What a receiver writes into the database is kept exactly if the decision counts as settled. A receiver that
raises, or a process that dies, leaves the decision as it was, and the signal is sent again half a minute later,
for a day. So a receiver is short, and what it has to tell the outside world it writes down as a row to be sent.
"""
