"""What the comments app keeps."""

from comments.models.decisions import Decision, Redaction, Tally
from comments.models.discussions import Comment, Desk, Thread
from comments.models.house import BreakingNews, House, WordList
from comments.models.letters import Letter
from comments.models.objections import Appeal, Report
from comments.models.people import HandOver, Note, Restriction, SectionModerator

__all__ = [
    "Appeal",
    "BreakingNews",
    "Comment",
    "Decision",
    "Desk",
    "HandOver",
    "House",
    "Letter",
    "Note",
    "Redaction",
    "Report",
    "Restriction",
    "SectionModerator",
    "Tally",
    "Thread",
    "WordList",
]
