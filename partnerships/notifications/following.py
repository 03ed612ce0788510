"""What readers choose, each for themselves: which records they follow, at what pace each kind of email comes, and
when.
"""

from django.db import transaction
from django.utils.translation import gettext

from partnerships.accounts.models import Person
from partnerships.core import clock, record_types
from partnerships.core.errors import ValidationError
from partnerships.core.models import Record, type_key
from partnerships.mail import schedule
from partnerships.mail.choices import ALWAYS_SENT, EmailKind, Pace
from partnerships.notifications.models import EmailPreference, Follow
from partnerships.registry.models import Partnership

MOST_FOLLOWED = 200
TIMES = ("zone", "digest_at", "digest_weekday", "quiet_from", "quiet_until")


@transaction.atomic
def follow(*, by: Person, record: Partnership) -> None:
    """Send `by` news of a record that they may see, from now on. Raises ValidationError beyond MOST_FOLLOWED."""
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)
    key = {"record_type": type_key(record), "record_id": record.pk}
    others = by.follows.exclude(**key).count()
    if others >= MOST_FOLLOWED:
        words = gettext("You follow %(count)s records, which is the limit. Stop following one first.") % {
            "count": others
        }
        raise ValidationError(words, code="too_many")
    Follow.objects.get_or_create(person=by, **key, defaults={"at": clock.now()})


def stop_following(*, by: Person, kind: str, pk: int) -> None:
    by.follows.filter(record_type=kind, record_id=pk).delete()


def follows(person: Person, record: Record) -> bool:
    return person.follows.filter(record_type=type_key(record), record_id=record.pk).exists()


def followed_by(person: Person) -> list[tuple[Follow, Record | None]]:
    """What a person follows, the latest first, each with its record; None if they may no longer see it."""
    rows = list(person.follows.all())
    seen: dict[str, dict[int, Record]] = {}
    for kind in record_types.followable():
        ids = [row.record_id for row in rows if row.record_type == kind.key]
        if ids:
            seen[kind.key] = {record.pk: record for record in kind.visible_to(person).filter(pk__in=ids)}
    return [(row, seen.get(row.record_type, {}).get(row.record_id)) for row in rows]


@transaction.atomic
def choose_paces(*, by: Person, paces: dict, times: dict) -> None:
    """Set the pace of each kind named (kind → Pace), and TIMES. Raises ValidationError by field; then nothing is
    saved.
    """
    person = Person.objects.select_for_update(no_key=True).get(pk=by.pk)
    for name in TIMES:
        setattr(person, name, times[name])
    _require_times(person)
    person.full_clean(exclude={field.name for field in Person._meta.fields} - {*TIMES})
    person.save(update_fields=TIMES)
    for kind, pace in paces.items():
        if kind not in EmailKind.values or kind in ALWAYS_SENT or pace not in paces_of(kind):
            raise ValidationError({kind: gettext("Choose one of these.")})
        if pace == Pace.AT_ONCE:
            person.email_preferences.filter(kind=kind).delete()
        else:
            EmailPreference.objects.update_or_create(
                person=person, kind=kind, defaults={"pace": pace, "at": clock.now()}
            )


def paces_of(kind: str) -> list[str]:
    """The paces that a kind offers. The daily or weekly email itself can only be on or off."""
    return [Pace.AT_ONCE, Pace.NEVER] if kind == EmailKind.DIGEST else list(Pace)


def _require_times(person: Person) -> None:
    try:
        schedule.check_zone(person.zone)
    except ValidationError as problem:
        raise ValidationError({"zone": problem.messages}) from None
    if (person.quiet_from is None) != (person.quiet_until is None):
        name = "quiet_until" if person.quiet_until is None else "quiet_from"
        raise ValidationError({name: gettext("Enter both hours, or leave both empty.")})
    if person.quiet_from is not None and person.quiet_from == person.quiet_until:
        raise ValidationError(
            {
                "quiet_until": gettext(
                    "Quiet hours can’t start and end at the same time. For no quiet hours, leave both empty."
                )
            }
        )
