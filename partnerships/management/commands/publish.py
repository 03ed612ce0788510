"""Compares all stored documents with a rebuild, or writes them again."""

import sys

from django.core.management.base import BaseCommand
from django.db import transaction

from partnerships.core.models import Outdated
from partnerships.management import instance
from partnerships.registry import publication
from partnerships.registry.choices import RESOURCE
from partnerships.registry.models import Partnership


class Command(BaseCommand):
    help = "Compares every stored document with a rebuild (exits with 1 if one differs), or rewrites all of them."
    requires_system_checks = ()

    def add_arguments(self, parser):
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--check", action="store_true", help="only compare, don’t change anything")
        what.add_argument("--all", action="store_true", help="rewrite every document and everything linked to it")

    def handle(self, *, check, **options):
        instance.require_database()
        total, done, found = Partnership.objects.count(), 0, 0
        for ids in _batches():
            if check:
                for public_id, sentence in publication.check(ids):
                    found += 1
                    self.stdout.write(f"{public_id}: {sentence}")
            else:
                _write(ids)
            done += len(ids)
            self.stderr.write(f"{done:,} of {total:,}", ending="\r" if self.stderr.isatty() else "\n")
        if found:
            self.stdout.write(f"{found} of {total} documents differ. Rewrite them with publish --all.")
            sys.exit(1)
        outdated = Outdated.objects.filter(resource=RESOURCE).values("record_id").distinct()
        waiting = outdated.count() if check else 0
        if waiting:
            self.stdout.write(
                f"{waiting} of {total} documents are outdated and weren’t compared. A worker rewrites them, and until then "
                "pages read the records."
            )
        if not waiting or waiting < total:
            self.stdout.write(f"All {total - waiting} documents {'match a rebuild' if check else 'are rewritten'}.")


def _batches():
    """Yield the IDs of all partnerships in batches. No transaction or lock spans two batches."""
    last = 0
    while ids := list(
        Partnership.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[: publication.BATCH]
    ):
        yield ids
        last = ids[-1]


def _write(ids):
    with transaction.atomic():
        for partnership in Partnership.objects.filter(pk__in=ids, publication=None):
            publication.prepare(partnership)
        publication.publish(ids)
