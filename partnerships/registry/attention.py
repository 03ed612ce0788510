"""The conditions behind the filter “needs attention”, which depend on dates alone (docs/words.md).

For the staff who keep a record.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from functools import reduce
from operator import or_

from django.db.models import (
    Case,
    DateTimeField,
    Exists,
    Expression,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.models import Person
from partnerships.core import clock
from partnerships.core.access import is_administrator, is_staff, jurisdictions_read_by, prepared_list
from partnerships.core.fields import InList
from partnerships.core.prepared import Placeholder
from partnerships.registry.choices import Kind, Status
from partnerships.registry.models import Ask, Partnership, Party, Seat
from partnerships.registry.seats import at_table, closed_partner

NEEDS = {
    "agreement_ending": _("Agreement ends within 90 days"),
    "agreement_over": _("Agreement has ended, partnership hasn’t"),
    "seat_over": _("Term of a seat has ended"),
    "partner_closed": _("A partner has closed"),
    "ask_overdue": _("Answer to the community overdue"),
    "past_its_end": _("Past the end date, not ended"),
    "check_in_late": _("Check-in overdue"),
    "not_verified": _("Not checked for a year"),
    "quiet": _("Gone quiet"),
    "hand_over": _("Held by someone who has left"),
}
OVERDUE = {"agreement_over", "seat_over", "ask_overdue", "past_its_end", "check_in_late", "overdue_actions"}

_GOES_ON = ~Q(status=Status.ENDED)  # nothing of a partnership that has ended is due


def needing_attention(person: Person, keys: Iterable[str]) -> QuerySet[Partnership]:
    """The partnerships of the person's own offices that need attention for any of these reasons."""
    today, any_of = clock.today(), Q()
    for key in keys:
        any_of |= CONDITIONS[key](today)
    return _annotated(_led_by(person), today, Value(clock.now())).filter(any_of)


def _agreement_ending(today: date) -> Q:
    return Q(agreement__ends_on__range=(today, today + timedelta(days=90))) & _GOES_ON


def _agreement_over(today: date) -> Q:
    return Q(agreement__ends_on__lt=today) & _GOES_ON


def _seat_over(today: date) -> Q:
    """A seat of an advisory body whose term has ended, and that no later row with the same name fills."""
    rows = Seat.objects.filter(partnership=OuterRef("partnership"), title=OuterRef("title"))
    filled = rows.filter(Q(ends_on=None) | Q(ends_on__gte=today))
    over = Seat.objects.filter(partnership=OuterRef("pk"), ends_on__lt=today).exclude(Exists(filled))
    return Q(Exists(over)) & Q(kind=Kind.ADVISORY_BODY) & _GOES_ON


def _partner_closed(today: date) -> Q:
    closed = Party.objects.filter(at_table(today), closed_partner(), partnership=OuterRef("pk"))
    return Q(Exists(closed)) & _GOES_ON


def _ask_overdue(today: date) -> Q:
    return Q(Exists(Ask.objects.filter(partnership=OuterRef("pk"), answer="", answer_due_on__lt=today))) & _GOES_ON


def _past_its_end(today: date) -> Q:
    return Q(ends_on__lt=today) & _GOES_ON


def _not_verified(today: date) -> Q:
    year_ago = today - timedelta(days=365)
    unchecked = Q(last_verified_on__lt=year_ago) | Q(last_verified_on__isnull=True, created_at__date__lt=year_ago)
    return unchecked & _GOES_ON


# Higher packages add the conditions for what they know: key of NEEDS → function of today. ANNOTATIONS: name → function
# of today, for what these conditions need of each partnership; they have the time as `now` too. COUNTED: what needs
# attention in numbers.
ANNOTATIONS: dict[str, Callable[[date], Expression]] = {}
COUNTED: dict[str, Callable[[date], Expression]] = {}
CONDITIONS: dict[str, Callable[[date], Q]] = {
    "agreement_ending": _agreement_ending,
    "agreement_over": _agreement_over,
    "seat_over": _seat_over,
    "partner_closed": _partner_closed,
    "ask_overdue": _ask_overdue,
    "past_its_end": _past_its_end,
    "not_verified": _not_verified,
}


def needs_of(person: Person, pks: Sequence[int]) -> dict[int, list[tuple[str, int]]]:
    """Why these partnerships need attention: primary key → (key of NEEDS or COUNTED, how many or 1).

    Only for those of the person's own offices, which all have an entry. One query.
    """
    if not pks or not is_staff(person):
        return {}
    keys = (*CONDITIONS, *COUNTED)
    found = _needs_of(person, keys, pks=list(pks), now=clock.now())
    return {pk: [(key, n) for key, n in zip(keys, row, strict=True) if n] for pk, *row in found}


@prepared_list
def _needs_of(person: Person, keys: tuple[str, ...]) -> QuerySet:
    rows = _with_needs(_led_by(person).filter(InList("pk", Placeholder("pks"))), keys, Placeholder("now"))
    return rows.order_by().values_list("pk", *map(_column, keys))


def needing(person: Person, keys: tuple[str, ...], *, most: int) -> list[tuple[Partnership, list[str]]]:
    """The partnerships of the person's own offices that need attention for some of these reasons, and for which.

    Those that haven't changed for the longest come first. One query.
    """
    rows = _needing(person, keys, most, now=clock.now())
    return [(row, [key for key in keys if getattr(row, _column(key))]) for row in rows]


@prepared_list
def _needing(person: Person, keys: tuple[str, ...], most: int) -> QuerySet[Partnership]:
    some = reduce(or_, (Q(**{_column(key): 1}) for key in keys))
    rows = _with_needs(_led_by(person), keys, Placeholder("now")).filter(some).select_related("lead", "agreement")
    return rows.order_by("updated_at", "pk")[:most]


def _column(key: str) -> str:
    return f"needs_{key}"


def _annotated(rows: QuerySet[Partnership], today: date, now: Expression) -> QuerySet[Partnership]:
    """These partnerships with what CONDITIONS need of them."""
    rows = rows.alias(now=ExpressionWrapper(now, output_field=DateTimeField()))
    return rows.annotate(**{name: of(today) for name, of in ANNOTATIONS.items()})


def _with_needs(rows: QuerySet[Partnership], keys: tuple[str, ...], now: Expression) -> QuerySet[Partnership]:
    today = clock.today()
    rows = _annotated(rows, today, now)
    holding = {_column(key): _holding(key, today) for key in CONDITIONS if key in keys}
    return rows.annotate(**holding, **{_column(key): of(today) for key, of in COUNTED.items() if key in keys})


def _holding(key: str, today: date) -> Expression:
    """1 for the partnerships that need attention for this reason, otherwise 0."""
    return Case(When(CONDITIONS[key](today), then=1), default=0)


def _led_by(person: Person) -> QuerySet[Partnership]:
    """The partnerships of the person's own offices; an administrator's are all."""
    rows = Partnership.objects.all()
    return rows if is_administrator(person) else rows.filter(lead__in=jurisdictions_read_by(person))


def needs_among(person: Person, partnership: Partnership, keys: tuple[str, ...]) -> set[str]:
    """For which of these reasons the partnership needs attention, if the person's own office leads it. One query."""
    found = _needs_of(person, keys, pks=[partnership.pk], now=clock.now())
    return {key for _, *row in found for key, n in zip(keys, row, strict=True) if n}
