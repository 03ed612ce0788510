"""Loads the states that you choose, with their counties and cities, from the reference file."""

from django.core.management.base import BaseCommand, CommandError

from partnerships.core.errors import ValidationError
from partnerships.directory.reference import state_codes
from partnerships.directory.reference.actions import check_states, load_state


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("states", nargs="*", metavar="STATE", help="two letters, such as MN WA OR")
        parser.add_argument("--all", action="store_true", help="all states in the file")

    def handle(self, *args, states, **options):
        if bool(states) == options["all"]:
            raise CommandError(f"Name the states to load, or --all. Known: {' '.join(state_codes())}.")
        try:
            codes = check_states(state_codes() if options["all"] else states)
        except ValidationError as problem:
            raise CommandError(" ".join(problem.messages)) from None
        for code in codes:
            loaded = load_state(code)
            self.stdout.write(f"{code}: {loaded.created} added, {loaded.changed} changed, {loaded.same} unchanged.")
