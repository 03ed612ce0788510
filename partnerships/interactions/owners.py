"""Who looks after a partnership or an organization in an office: the owner and a backup, since when, and who it was before.

Owning gives no right, and only the office reads it.
"""

from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from partnerships.accounts.models import Person
from partnerships.core import clock
from partnerships.core.access import (
    SYSTEM,
    Author,
    Viewer,
    is_administrator,
    jurisdictions_read_by,
    jurisdictions_written_by,
    require,
)
from partnerships.core.errors import ValidationError
from partnerships.core.models import type_key
from partnerships.directory.hooks import owned
from partnerships.directory.models import Jurisdiction, Organization
from partnerships.interactions.models import Owner
from partnerships.interactions.queries import people_of
from partnerships.registry.models import Partnership

Owned = Partnership | Organization


def owners_visible_to(person: Viewer) -> QuerySet[Owner]:
    rows = Owner.objects.all()
    return rows if is_administrator(person) else rows.filter(office__in=jurisdictions_read_by(person))


def office_of(person: Viewer, record: Owned) -> Jurisdiction | None:
    """The office whose owners of a record the person reads: the lead agency of a partnership, or of an organization the office
    that keeps it, or else the person's own.
    """
    if isinstance(record, Partnership):
        office: Jurisdiction | None = record.lead
    else:
        office = record.kept_by
    read = jurisdictions_read_by(person)
    if office and (office.pk in read or is_administrator(person)):
        return office
    if isinstance(record, Partnership):
        return None
    return Jurisdiction.objects.filter(pk__in=read).order_by("name", "pk").first() if read else None


def may_set_owners(person: Viewer, office: Jurisdiction | None) -> bool:
    return office is not None and office.pk in jurisdictions_written_by(person)


def owners_of(person: Viewer, record: Owned, office: Jurisdiction) -> list[Owner]:
    """The owner, the backup, and those before them, latest first, as far as the person may see."""
    rows = owners_visible_to(person).filter(**{type_key(record): record}, office=office)
    return list(rows.select_related("person").order_by("is_backup", "-since", "-pk"))


def current(rows: list[Owner], *, is_backup: bool = False) -> Person | None:
    return next((one.person for one in rows if one.until is None and one.is_backup == is_backup), None)


def state(rows: list[Owner]) -> str:
    """What tells whether someone has chosen another owner or backup since."""
    return " ".join(str(row.pk) for row in sorted(rows, key=lambda row: row.is_backup) if row.until is None)


@owned.register
def records_owned(person: Viewer, kind: str, which: str) -> Q:
    now = owners_visible_to(person).filter(until=None, **{f"{kind}__isnull": False})
    if which == "mine":
        return Q(pk__in=now.filter(person=getattr(person, "pk", None)).order_by().values(kind))
    office = "lead" if kind == "partnership" else "kept_by"
    own = Q() if is_administrator(person) else Q(**{f"{office}__in": jurisdictions_read_by(person)})
    return own & ~Q(pk__in=now.filter(is_backup=False).order_by().values(kind))


@transaction.atomic
def set_owners(
    *,
    record: Owned,
    office: Jurisdiction,
    by: Author,
    owner: Person | None,
    backup: Person | None = None,
    seen: str | None = None,
) -> None:
    """Say who looks after a record from today on. None: no one. Raises NotAllowed and ValidationError by field.

    `seen`: `state` as the person read it, to refuse a choice made without knowing of another one.
    """
    require(by is SYSTEM or may_set_owners(by, office))
    type(record)._default_manager.select_for_update().get(pk=record.pk)  # two people at once take turns
    chosen = {False: owner, True: backup}
    rows = Owner.objects.filter(**{type_key(record): record}, office=office, until=None)
    there = {row.is_backup: row for row in rows.select_related("person")}
    if seen is not None and seen != state(list(there.values())):
        words = gettext(
            "Someone has chosen another owner or backup since you opened this page. Check it and save again."
        )
        raise ValidationError({"owner": ValidationError(words, code="changed")})
    _check(office, chosen, {key: row.person for key, row in there.items()})
    today = clock.today(clock.zone(office.zone))
    for is_backup, person in chosen.items():
        row = there.get(is_backup)
        if row and row.person == person:
            continue
        if row:
            _end(row, today)
        if person:
            Owner.objects.create(
                office=office, person=person, is_backup=is_backup, since=today, **{type_key(record): record}
            )


@transaction.atomic
def pass_to(row: Owner, person: Person | None) -> None:
    """End someone's time as owner or backup, and let this person follow, unless they have the other part already."""
    today = clock.today(clock.zone(row.office.zone))
    record = {"partnership": row.partnership, "organization": row.organization}
    others = Owner.objects.filter(office=row.office, until=None, person=person, **record)
    is_owner_already = others.exists()
    _end(row, today)
    if person and not is_owner_already:
        Owner.objects.create(office=row.office, person=person, is_backup=row.is_backup, since=today, **record)


def _end(row: Owner, today: date) -> None:
    if row.since == today:
        row.delete()
    else:
        row.until = today
        row.save(update_fields=["until"])


def _check(office: Jurisdiction, chosen: dict[bool, Person | None], there: dict[bool, Person]) -> None:
    errors = {}
    if chosen[True] and chosen[True] == chosen[False]:
        errors["backup"] = ValidationError(gettext("Choose someone else as the backup."), code="same")
    elif chosen[True] and not chosen[False]:
        errors["owner"] = ValidationError(gettext("Choose an owner, or no backup."), code="required")
    for is_backup, person in chosen.items():
        if person and there.get(is_backup) != person and not people_of(office, [person.pk]).exists():
            words = gettext("%(person)s doesn’t work in this office now. Choose someone who does.")
            errors["backup" if is_backup else "owner"] = ValidationError(
                words % {"person": person}, code="not_in_office"
            )
    if errors:
        raise ValidationError(errors)
