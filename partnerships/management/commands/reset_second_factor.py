"""Removes a person's second factor after they lost their phone and recovery codes. Check first that it's them."""

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError

from partnerships.accounts.queries import person_by_address


class Command(BaseCommand):
    help = "Takes away the second step of the person with this mail address; they set up a new one when they sign in."

    def add_arguments(self, parser):
        parser.add_argument("address")

    def handle(self, *, address, **options):
        person = person_by_address(address)
        if person is None:
            raise CommandError(f"There is no open account with the address {address}.")
        gone, _ = Authenticator.objects.filter(user=person).delete()
        self.stdout.write("Done." if gone else "This person had no second step.")
