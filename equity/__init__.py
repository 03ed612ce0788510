"""The Django project. It imports the Celery app, so that every process that sends a task uses this app."""

from equity.celery import app

__all__ = ["app"]
