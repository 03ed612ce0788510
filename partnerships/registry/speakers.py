"""Who can be asked for a party's word, and who keeps a lead's records: memberships of people who may sign in."""

from collections import Counter

from django.db.models import Exists, Q, Value

from partnerships.accounts.models import Membership
from partnerships.core.access import WRITING_ROLES


def keepers(lead_ids):
    """The memberships of those who keep these jurisdictions' records."""
    return Membership.objects.filter(jurisdiction__in=lead_ids, role__in=WRITING_ROLES, person__is_active=True)


def people_of(party):
    """The memberships of a party's own body, in any role. A department of another jurisdiction that has nobody of its own
    is spoken for by that jurisdiction's people; one of the lead's is not, since the lead wrote the record."""
    rows = Membership.objects.filter(person__is_active=True)
    if party.organization_id:
        return rows.filter(organization=party.organization_id)
    if party.jurisdiction_id:
        return rows.filter(jurisdiction=party.jurisdiction_id)
    own, above = Q(department=party.department_id), party.department.jurisdiction_id
    if above == party.partnership.lead_id:
        return rows.filter(own)
    return rows.filter(own | (Q(jurisdiction=above) & ~Exists(rows.filter(own))))


def speakers_of(party):
    """Those of them who may speak for it: editors and managers."""
    return people_of(party).filter(role__in=WRITING_ROLES)


def count_speakers(parties) -> dict[int, int]:
    """How many may speak for each of these parties, in one query; a party without any is left out."""
    each = [speakers_of(party).values_list(Value(party.pk), "person") for party in parties]
    pairs = set(each[0].union(*each[1:])) if each else set()
    return Counter(pk for pk, _ in pairs)
