"""The bare view as gunicorn serves it: behind the middleware that `startproject` gives, and nothing of ours.

The settings keep the site's own middleware, since apps look for theirs when they start.
"""

import django
from django.conf import settings

from benchmarks import asking

django.setup()

application = asking.site(settings.STANDARD_MIDDLEWARE)
