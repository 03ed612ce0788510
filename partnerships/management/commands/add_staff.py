"""Adds a person as staff of a jurisdiction."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand

from equity.environment import Refusal
from partnerships.accounts.actions import make_staff
from partnerships.accounts.choices import MemberRole
from partnerships.core.errors import NotFound
from partnerships.core.ids import MistypedId
from partnerships.directory import queries
from partnerships.management import instance


class Command(BaseCommand):
    help = "Makes the person with this email address a user of a jurisdiction. They sign in with a code that we email to them."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("address", help="email address, for example equity@example.org")
        parser.add_argument("jurisdiction", help="the jurisdiction’s ID, as on its page: J-XXXXXX-X")
        parser.add_argument("--name", default="", help="name that the registry shows")
        parser.add_argument("--role", default=MemberRole.MANAGER, choices=MemberRole.values)

    def handle(self, *, address, jurisdiction, name, role, **options):
        instance.require_database()
        try:
            place = queries.jurisdiction(None, jurisdiction)
            person = make_staff(address, place, name=name, role=role)
        except (NotFound, MistypedId):
            raise Refusal(
                f"{jurisdiction}: there’s no jurisdiction with this ID. Its page shows the ID at the end."
            ) from None
        except ValidationError as problem:
            raise Refusal(f"{address}: {' '.join(problem.messages)}") from None
        self.stdout.write(f"{person.email} is now {role} of {place}.")
