"""Checks the data for what no database constraint covers."""

import sys

from django.core.management.base import BaseCommand

from partnerships.assessment import doctor as assessment
from partnerships.core import doctor as core
from partnerships.directory import doctor as directory
from partnerships.management import instance
from partnerships.meetings import doctor as communication
from partnerships.registry import doctor as registry
from partnerships.webhooks import doctor as webhooks

# Each yields (public ID or name, sentence) for what it finds. To add a check, add a line here.
CHECKS = (
    core.misplaced_nodes,
    core.stamps_ahead,
    directory.unknown_names,
    registry.unfinished_partnerships,
    registry.differing_documents,
    registry.wrong_counts,
    assessment.rounds_out_of_sync,
    communication.wrong_moments,
    communication.stuck_emails,
    webhooks.stuck_deliveries,
)


class Command(BaseCommand):
    help = "Checks all data of the registry without changing it. Exits with 1 if it finds a problem."
    requires_system_checks = ()

    def handle(self, **options):
        instance.require_tables()
        found = 0
        for check in CHECKS:
            for name, sentence in check():
                found += 1
                self.stdout.write(f"{name}: {sentence}")
        if found:
            self.stdout.write(f"Problems found: {found}.")
            sys.exit(1)
        self.stdout.write(f"No problems found in {len(CHECKS)} checks.")
