"""Django's `migrate`, which asks for a new migration only where tables have changed."""

from django.core.management.commands import migrate

from partnerships.core.autodetector import Autodetector


class Command(migrate.Command):
    autodetector = Autodetector
