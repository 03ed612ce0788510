"""Canaries of circles: a seat that only the partnership's office and partners see, and the circles of January."""

from datetime import date

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.insight.expected_seats import expect_seat
from partnerships.models import CircleSnapshot, ExpectedSeat, SeatConsent, Term


def plant(world):
    table, term = world["table"], Term.objects.get(key="labor_union")
    fields = {"partnership": table, "term": term, "circle": "consulted", "why": world.put("expectedseat.why")}
    seat = expect_seat(office=world.people.office, by=SYSTEM, fields=fields)
    ExpectedSeat.objects.filter(pk=seat.pk).update(source=world.put("expectedseat.source"))
    world.records["seat of the table"] = seat
    partner = table.parties.filter(organization__isnull=False).order_by("pk").first()
    texts = {name: world.put(f"seatconsent.{name}") for name in ("source", "text", "note")}
    SeatConsent.objects.create(
        partnership=table, organization=partner.organization, state=partner.state, at=clock.now(), **texts
    )
    for party in table.parties.all():
        CircleSnapshot.objects.create(
            quarter_on=date(2026, 1, 1), partnership=table, party=party, side=party.side, circle="informed"
        )
