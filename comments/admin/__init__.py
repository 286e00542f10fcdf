"""The comments in the admin: comments and threads, and the log of what was decided about them."""

from comments.admin.comments import CommentAdmin, ThreadAdmin
from comments.admin.decisions import DecisionAdmin
from comments.admin.desk import DeskAdmin
from comments.admin.people import RestrictionAdmin, SectionModeratorAdmin

__all__ = [
    "CommentAdmin",
    "DecisionAdmin",
    "DeskAdmin",
    "RestrictionAdmin",
    "SectionModeratorAdmin",
    "ThreadAdmin",
]
