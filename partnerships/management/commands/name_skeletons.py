"""Stores how each name looks again, such as after an update of the data about characters that look alike."""

from django.core.management.base import BaseCommand

from partnerships.directory import same_names
from partnerships.directory.models import Department, Organization
from partnerships.management import instance


class Command(BaseCommand):
    help = "Stores by what the names of organizations and departments are recognized in other spellings."

    def handle(self, **options):
        instance.require_tables()
        added = sum(same_names.rebuild(model) for model in (Organization, Department))
        self.stdout.write(f"Spellings added: {added}." if added else "Nothing was missing.")
