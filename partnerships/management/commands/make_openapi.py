"""Writes openapi.yaml anew. A test compares the committed file with what this would write."""

from django.conf import settings
from django.core.management.base import BaseCommand

from partnerships.api import openapi


class Command(BaseCommand):
    help = "Writes openapi.yaml from the resources, filters and schemas of the API."
    requires_system_checks: list[str] = []

    def handle(self, *args, **options):
        (settings.BASE_DIR / "openapi.yaml").write_text(openapi.write())
        self.stdout.write("openapi.yaml is written.")
