"""The moderators' desk in the admin: the queue, and what is done from it."""

from comments.admin.desk.site import DeskAdmin

__all__ = ["DeskAdmin"]
