"""Adds the terms and issue areas that a registry starts with. What staff have changed stays as it is."""

from django.core.management.base import BaseCommand
from django.db import transaction

from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_issue_area
from partnerships.directory.models import IssueArea
from partnerships.directory.reference.actions import add_missing_terms
from partnerships.directory.reference.vocabularies import ISSUE_AREAS


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args, **options):
        with transaction.atomic():
            terms = add_missing_terms()
            areas = add_missing_issue_areas()
        self.stdout.write(f"Vocabularies: {terms} terms and {areas} issue areas added.")


def add_missing_issue_areas() -> int:
    """Add the issue areas whose keys are missing, below their parents. Returns how many were added."""
    have = {area.key: area for area in IssueArea.objects.all()}
    added = 0
    for area in ISSUE_AREAS:
        if area["key"] not in have:
            fields = area | {"parent": have[area["parent"]] if area["parent"] else None}
            have[area["key"]] = save_issue_area(by=SYSTEM, fields=fields, why="default list options")
            added += 1
    return added
