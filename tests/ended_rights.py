"""Every right of a seat × every way in which the seat can end (bench/figures/qa22.py).

Each right is used with a session and with an API token.
"""

from datetime import timedelta

from django.db import transaction

from partnerships.accounts.token_actions import make_token, revoke_token
from partnerships.accounts.token_queries import person_by_token
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.models import ApiToken, Party, Person
from partnerships.registry.actions import save_partnership
from partnerships.registry.consent import decline_seat, withdraw_from_seat
from tests.people import make_people
from tests.registry.test_seats import ALL, ENDS, NAMED_WRITES, PARTNERS, READS, RIGHTS, WRITES, Scene, of_seat

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


# Ways that use the registry's own actions. The others only set the fields that such actions set.
ACTS = {
    "its editor declined": (_declines, ALL - {"may_answer_seat"}),
    "its editor withdrew": (_withdraws, ALL - {"may_answer_seat"}),
    "the partnership became organizing": (_becomes_organizing, {*READS, *PARTNERS, *WRITES}),
}
TOKEN_ENDS = {"the token expired": (_expires, BY_TOKEN), "the token was revoked": (_is_revoked, BY_TOKEN)}


def figure():
    """How many rights were tried after they ended, which of them remained, and which were missing before they ended."""
    people = make_people()
    scene = Scene(people)
    _, secret = make_token(by=people.partner, name="Reads", memberships=people.partner.memberships.all(), days=9)
    tried, left, missing = 0, [], []
    for reason, (end, ended) in (ENDS | ACTS | TOKEN_ENDS).items():
        ways = {"with a token": (lambda: _by_token(secret), BY_TOKEN & ended)}
        if reason not in TOKEN_ENDS:
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
        "reasons": len(ENDS | ACTS | TOKEN_ENDS),
    }


def _by_token(secret):
    found = person_by_token(secret)
    return found[0] if found else None


def _held(person, scene, names):
    return {name for name in names if person is not None and RIGHTS[name](person, scene, _seat(scene))}


def _seat(scene):
    return Party.objects.select_related("partnership__lead", "organization", "department").get(pk=scene.seat.pk)
