"""Loads the sample registry: real cases from the guide, and a made-up one that shows every page. Safe to run again."""

from django.core.management import call_command
from django.core.management.base import BaseCommand

from partnerships.sample.loading import load


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args, **options):
        call_command("load_vocabularies", stdout=self.stdout)
        new = load()
        words = ", ".join(f"{number} {name}" for name, number in sorted(new.items()))
        self.stdout.write(f"Sample registry: {words} added." if words else "Sample registry: already loaded.")
