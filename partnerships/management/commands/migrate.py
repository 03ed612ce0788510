"""Django's `migrate`, which asks for a new migration only where tables have changed, and fills what migrations can't."""

from django.core.management.commands import migrate
from django.db import connection

from partnerships.core.autodetector import Autodetector
from partnerships.directory import same_names
from partnerships.directory.models import Department, NameSkeleton, Organization


class Command(migrate.Command):
    autodetector = Autodetector

    def handle(self, *args, **options):
        super().handle(*args, **options)
        if NameSkeleton._meta.db_table in connection.introspection.table_names() and not NameSkeleton.objects.exists():
            for model in (Organization, Department):
                same_names.rebuild(model)
