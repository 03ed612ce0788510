"""Replaces the data of this registry with a backup."""

from pathlib import Path

from django.core.management.base import BaseCommand

from partnerships.management import backups, instance


class Command(BaseCommand):
    help = "Restores the data of a file that `backup` made. Stop the registry first."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="even if the registry has records (they’re lost)")

    def handle(self, *, file, replace, **options):
        instance.require_database()
        backups.restore_backup(file, replace=replace)
        self.stdout.write(f"Restored {file}. API clients should pull again from “start”.")
