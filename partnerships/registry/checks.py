"""Rules that span several rows of a partnership and must hold when it is published. Drafts may be incomplete.

The action checks them under the partnership's lock, and `manage.py doctor` checks every published partnership.
"""

from django.db.models import Case, Prefetch, Value, When, prefetch_related_objects
from django.utils.translation import gettext

from partnerships.core.errors import ValidationError
from partnerships.registry.choices import Kind, Role, Status
from partnerships.registry.models import Partnership, Party
from partnerships.registry.rules import PUBLIC_PARTY

NEEDED_ROLE: dict[str, str] = {Kind.CONTRACT: Role.CONTRACTOR, Kind.TRAINING: Role.TRAINER}


def problems(partnership: Partnership) -> dict[str, str]:
    """Field → what is wrong and what to do, for a saved partnership."""
    found = {}
    prefetch_related_objects([partnership], "parties__roles")
    parties = list(partnership.parties.all())
    roles = {role.role for party in parties for role in party.roles.all()}
    needed = NEEDED_ROLE.get(partnership.kind)
    if needed and needed not in roles:
        found["parties"] = gettext("A %(kind)s needs a %(role)s. Give one partner that role.") % {
            "kind": partnership.get_kind_display().lower(),
            "role": Role(needed).label.lower(),
        }
    if partnership.kind == Kind.LEARNING and sum(1 for p in parties if p.jurisdiction_id or p.department_id) < 2:
        found["parties"] = gettext("Cross-jurisdiction learning needs two or more jurisdictions. Add a partner.")
    if partnership.kind == Kind.STRATEGY and sum(1 for p in parties if p.department_id) < 2:
        found["parties"] = gettext("A cross-department strategy needs two or more departments. Add a department.")
    if not parties:
        found["parties"] = gettext("A partnership needs at least one partner. Add the first one.")
    if words := end_problem(partnership):
        found["status"] = words
    for party in parties:
        if partnership.ends_on and party.starts_on and party.starts_on > partnership.ends_on:
            found["parties"] = gettext("%(party)s joins after the partnership ends. Change one of the dates.") % {
                "party": party
            }
    return found


def end_problem(partnership: Partnership) -> str:
    """What an ended partnership lacks, as a message; "" if nothing."""
    is_explained = partnership.ends_on and partnership.status_reason
    if partnership.status != Status.ENDED or is_explained:
        return ""
    return gettext("To close a partnership, enter its end date and the reason.")


def partners_not_public(partnership: Partnership) -> list[Party]:
    """Its partners that the public won't see once it's published. Called before `problems`, it adds no query."""
    is_public = Case(When(PUBLIC_PARTY, then=Value(True)), default=Value(False))
    rows = Party.objects.select_related("jurisdiction", "department", "organization").annotate(is_public=is_public)
    prefetch_related_objects([partnership], Prefetch("parties", rows))
    return [party for party in partnership.parties.all() if not party.is_public]  # type: ignore[attr-defined]  # annotated


def require_complete(partnership: Partnership) -> None:
    """Raise ValidationError by field when a published partnership would be incomplete."""
    found = problems(partnership)
    if found:
        raise ValidationError(found)
