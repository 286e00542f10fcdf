"""The comments in the admin: comments and threads, the log of what was decided, and what the owner settles."""

from comments.admin.comments import CommentAdmin, ThreadAdmin
from comments.admin.decisions import DecisionAdmin
from comments.admin.desk import DeskAdmin
from comments.admin.house import BreakingNewsAdmin, HouseAdmin, WordListAdmin
from comments.admin.letters import LetterAdmin
from comments.admin.people import RestrictionAdmin, SectionModeratorAdmin

__all__ = [
    "BreakingNewsAdmin",
    "CommentAdmin",
    "DecisionAdmin",
    "DeskAdmin",
    "HouseAdmin",
    "LetterAdmin",
    "RestrictionAdmin",
    "SectionModeratorAdmin",
    "ThreadAdmin",
    "WordListAdmin",
]
