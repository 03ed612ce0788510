"""The wiring. Celery's app is made with the package, so that whoever sends a task sends it to this app."""

from equity.celery import app

__all__ = ["app"]
