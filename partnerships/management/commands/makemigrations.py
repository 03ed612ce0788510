"""Django's `makemigrations`, for changes of tables only."""

from django.core.management.commands import makemigrations

from partnerships.core.autodetector import Autodetector


class Command(makemigrations.Command):
    autodetector = Autodetector
