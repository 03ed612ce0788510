"""Backs up the database while the registry runs."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection

from partnerships.core import clock
from partnerships.management import backups, instance


class Command(BaseCommand):
    help = "Backs up the whole database to FILE. The registry can keep running."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, help="a new file (default: a file in VAR_DIR/backups)")

    def handle(self, *, file, **options):
        instance.require_database()
        ending = "sqlite3" if connection.vendor == "sqlite" else "dump"
        file = file or settings.VAR_DIR / "backups" / f"registry-{clock.now():%Y%m%d-%H%M%S}.{ending}"
        backups.create_backup(file)
        self.stdout.write(
            f"Backed up to {file} ({file.stat().st_size / 1e6:.1f} MB). Keep this file as safe as the registry."
        )
