"""Every right of a seat × every way in which the seat can end (bench/figures/qa22.py).

Each right is used with a session, with an API token, and with a service account of the organization.
"""

from datetime import timedelta

from django.db import transaction

from partnerships.accounts import service_accounts
from partnerships.accounts.choices import READS_UNANSWERED
from partnerships.accounts.member_actions import remove_member
from partnerships.accounts.token_actions import make_token, revoke_token
from partnerships.accounts.token_queries import person_by_token
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.models import ApiToken, Membership, Party, Person
from partnerships.registry.actions import save_partnership
from partnerships.registry.consent import decline_seat, withdraw_from_seat
from tests.factories import make_person
from tests.people import make_people
from tests.registry.test_seats import ALL, ENDS, NAMED_WRITES, PARTNERS, READS, RIGHTS, WRITES, Scene, of_seat

MANAGER = "manager@partner.example"
# Rights that a token can use: the API reads, and doesn't write.
BY_TOKEN = {*ALL} - {*WRITES, *NAMED_WRITES, "belongs_to"}


def _declines(scene, people):
    of_seat(state="recorded")(scene, people)
    decline_seat(party=_seat(scene), by=Person.objects.get(pk=people.partner.pk))


def _withdraws(scene, people):
    withdraw_from_seat(party=_seat(scene), by=Person.objects.get(pk=people.partner.pk))


def _becomes_organizing(scene, people):
    save_partnership(partnership=scene.table, by=SYSTEM, fields={"kind": "organizing"})


def _expires(scene, people):
    ApiToken.objects.filter(person=people.partner).update(expires_at=clock.now() - timedelta(days=1))


def _is_revoked(scene, people):
    revoke_token(token=ApiToken.objects.get(person=people.partner), by=Person.objects.get(pk=people.partner.pk))


def _stops(scene, people):
    """No one answers for the service account anymore, and no other manager takes it over in time."""
    manager = Person.objects.get(email=MANAGER)
    remove_member(by=SYSTEM, membership=manager.memberships.get())
    ApiToken.objects.filter(answerable=manager).update(unanswered_since=clock.now() - READS_UNANSWERED)


def _revokes(scene, people):
    manager = Person.objects.get(email=MANAGER)
    service_accounts.revoke(by=manager, token=ApiToken.objects.get(answerable=manager))


# Ways that use the registry's own actions. The others only set the fields that such actions set.
ACTS = {
    "its editor declined": (_declines, ALL - {"may_answer_seat"}),
    "its editor withdrew": (_withdraws, ALL - {"may_answer_seat"}),
    "the partnership became organizing": (_becomes_organizing, {*READS, *PARTNERS, *WRITES}),
}
TOKEN_ENDS = {"the token expired": (_expires, BY_TOKEN), "the token was revoked": (_is_revoked, BY_TOKEN)}
SERVICE_ENDS = {
    "no one answered for the service account": (_stops, BY_TOKEN),
    "the service account was revoked": (_revokes, BY_TOKEN),
}
# These end what one person may. A service account goes on, since someone else answers for it.
OF_PERSON = {"the person was removed", "the person became a reader", "the person is suspended"}
REASONS = ENDS | ACTS | TOKEN_ENDS | SERVICE_ENDS


def figure():
    """How many rights were tried after they ended, which of them remained, and which were missing before they ended."""
    people = make_people()
    scene = Scene(people)
    _, secret = make_token(by=people.partner, name="Reads", memberships=people.partner.memberships.all(), days=9)
    service_secret = _add_service_account(people)
    tried, left, missing = 0, [], []
    for reason, (end, ended) in REASONS.items():
        ways = {}
        if reason not in SERVICE_ENDS:
            ways["with a token"] = (lambda: _by_token(secret), BY_TOKEN & ended)
        if reason not in TOKEN_ENDS and reason not in OF_PERSON:
            ways["with a service account"] = (lambda: _by_token(service_secret), BY_TOKEN & ended)
        if reason not in TOKEN_ENDS | SERVICE_ENDS:
            ways["in person"] = (lambda: Person.objects.get(pk=people.partner.pk), ended)
        with transaction.atomic():
            before = {way: _held(asks(), scene, names) for way, (asks, names) in ways.items()}
            end(scene, people)
            for way, (asks, names) in ways.items():
                missing += [f"{reason}: {name} {way}" for name in sorted(names - before[way])]
                left += [f"{reason}: {name} {way}" for name in sorted(_held(asks(), scene, names))]
                tried += len(names & before[way])
            transaction.set_rollback(True)
    return {
        "tried": tried,
        "left": left,
        "missing": missing,
        "rights": len(RIGHTS),
        "reasons": len(REASONS),
    }


def _add_service_account(people):
    """Return the secret of a service account of the partner's organization. One of its managers answers for it."""
    manager = make_person(MANAGER)
    Membership.objects.create(person=manager, organization=people.organization, role="manager")
    given = {"name": "Site", "role": "editor", "days": 9}
    return service_accounts.add_service_account(by=manager, body=people.organization, **given)[1]


def _by_token(secret):
    found = person_by_token(secret)
    return found[0] if found else None


def _held(person, scene, names):
    return {name for name in names if person is not None and RIGHTS[name](person, scene, _seat(scene))}


def _seat(scene):
    return Party.objects.select_related("partnership__lead", "organization", "department").get(pk=scene.seat.pk)
