"""The site's settings: everything that differs between two sites comes from the environment.

`docs/operating.md` lists every variable with its default.
"""

from newsroom.settings.accounts import *  # noqa: F403  the one place where a star reads best: this *is* the union
from newsroom.settings.base import *  # noqa: F403
from newsroom.settings.mail import *  # noqa: F403
from newsroom.settings.plugins import *  # noqa: F403
from newsroom.settings.security import *  # noqa: F403
