"""The news site: the Django project that composes articles, comments and the meter."""

from newsroom.celery import app as celery_app

__all__ = ["celery_app"]
