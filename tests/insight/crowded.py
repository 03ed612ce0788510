"""Many partners in few partnerships, for the network page and its timing."""

import random

from partnerships.core import clock, ids
from partnerships.models import Organization, Partnership, Party, Term


def fill_network(office, *, parties, tables, seats, first=1_000_000):
    """Make published partnerships of the office, each with `seats` of `parties` organizations, drawn with a fixed seed.

    Only rows are made, without documents.
    """
    chance, now = random.Random(500), clock.now()
    common = {"created_at": now, "updated_at": now}
    groups = Organization.objects.bulk_create(
        Organization(public_id=ids.from_number("G", first + n), name=f"Group {n:04}", listing="named", **common)
        for n in range(parties)
    )
    purpose = Term.objects.filter(vocabulary="purpose").first()
    fields = common | {"kind": "joint_project", "status": "active", "lead": office, "purpose": purpose}
    made = Partnership.objects.bulk_create(
        Partnership(public_id=ids.from_number("P", first + n), title=f"Table {n:04}", is_published=True, **fields)
        for n in range(tables)
    )
    everyone = iter([*groups, *(group for _ in made for group in chance.sample(groups, seats))])
    Party.objects.bulk_create(
        Party(partnership=table, organization=group, side="community")
        for table in made
        for group in {next(everyone) for _ in range(seats)}
    )
