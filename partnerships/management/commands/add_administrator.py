"""Adds an administrator. An empty registry needs this for its first one."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand

from equity.environment import Refusal
from partnerships.accounts.actions import make_administrator
from partnerships.accounts.models import Person
from partnerships.management import instance


class Command(BaseCommand):
    help = "Makes the person with this email address an administrator. They sign in with a code that we email to them."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("address", help="email address, for example equity@example.org")
        parser.add_argument("--name", default="", help="name that the registry shows")

    def handle(self, *, address, name, **options):
        instance.require_database()
        there = Person.objects.filter(email=address.strip().lower(), is_administrator=True, is_active=True).exists()
        try:
            person = make_administrator(address, name=name)
        except ValidationError as problem:
            raise Refusal(f"{address}: {' '.join(problem.messages)}") from None
        is_one = "was already" if there else "is now"
        self.stdout.write(
            f"{person.email} {is_one} an administrator. Sign in with that email address. We’ll email a code."
        )
