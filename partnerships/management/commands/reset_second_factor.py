"""Removes a person's second factor after they lost their phone and recovery codes. Check first that it's them."""

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError

from partnerships.accounts.queries import person_by_address


class Command(BaseCommand):
    help = "Removes the second step of the person with this email address. They set up a new one at their next sign-in."

    def add_arguments(self, parser):
        parser.add_argument("address")

    def handle(self, *, address, **options):
        person = person_by_address(address)
        if person is None:
            raise CommandError(f"There’s no active account with the email address {address}.")
        gone, _ = Authenticator.objects.filter(user=person).delete()
        self.stdout.write("Done." if gone else "This person didn’t have a second step.")
