"""Removes the sample registry. Real records stay. If one refers to a sample record, nothing is removed."""

import sys

from django.core.management.base import BaseCommand, CommandError

from partnerships.core.errors import ValidationError
from partnerships.sample.removing import counts, remove


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--yes", action="store_true", help="don’t ask first")

    def handle(self, *args, yes, **options):
        found = counts()
        if not found:
            self.stdout.write("There’s no sample registry here.")
            return
        words = ", ".join(f"{number} {name}" for name, number in found.items())
        if not yes:
            self._ask(f"This removes the sample registry: {words}. Continue? [y/N] ")
        try:
            remove()
        except ValidationError as problem:
            lines = "\n".join(f"  {line}" for line in problem.messages)
            raise CommandError(f"Nothing was removed. Change these records first:\n{lines}") from None
        self.stdout.write(f"The sample registry was removed: {words}.")

    def _ask(self, question):
        if not sys.stdin.isatty():
            raise CommandError("Nothing was removed. Without a terminal, add --yes.")
        if input(question).strip().lower() not in ("y", "yes"):
            raise CommandError("Nothing was removed.")
