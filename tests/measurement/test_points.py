"""Numbers as they are entered, corrected, supplied by a partner, and changed by two people at once."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.db.models import Q

from partnerships.core.access import SYSTEM
from partnerships.core.errors import EditConflict, NotAllowed, ValidationError
from partnerships.measurement.actions import save_measure
from partnerships.measurement.linked_measures import HIDDEN, public_faces
from partnerships.measurement.number_actions import save_points
from partnerships.measurement.number_queries import entered_numbers, numbers_of, revisions
from partnerships.models import Change, DataPoint, Measure
from tests.factories import make_measure, make_partnership, make_result, party
from tests.people import make_people

pytestmark = pytest.mark.django_db
Y2023, Y2024 = date(2023, 1, 1), date(2024, 1, 1)
GROUPS = [
    {"dimension": "race", "key": "black", "name": "Black or African American"},
    {"dimension": "race", "key": "white", "name": "White", "is_reference": True},
]


def row(value=None, above=None, below=None, on=Y2024, cell="", **more):
    numbers = {"value": value, "numerator": above, "denominator": below}
    return {"starts_on": on, "cell": cell} | {k: None if v is None else D(v) for k, v in numbers.items()} | more


def save_rows(measure, *rows, by=SYSTEM, **more):
    return save_points(measure=measure, by=by, rows=list(rows), **more)


def errors_of(measure, *rows, **more):
    before = DataPoint.objects.count()
    with pytest.raises(ValidationError) as problem:
        save_rows(measure, *rows, **more)
    assert DataPoint.objects.count() == before
    found = problem.value
    return {k: [m for e in v for m in e.messages] for k, v in found.error_dict.items()} if hasattr(found, "error_dict") else found.messages  # fmt: skip  # noqa: E501


@pytest.fixture
def measure():
    return make_measure(groups=GROUPS)


def current_points(measure):
    rows = measure.points.filter(replaced_at=None)
    return {(p.starts_on.year, p.cell): (p.value, p.numerator, p.denominator) for p in rows}


def test_a_rate_is_worked_out_of_its_counts(measure):
    assert save_rows(measure, row(above=1, below=3), row("12.5", on=Y2023)) == 2
    assert current_points(measure) == {(2024, ""): (D("33.333333"), 1, 3), (2023, ""): (D("12.5"), None, None)}


@pytest.mark.both
def test_a_correction_keeps_the_former_number(measure):
    save_rows(measure, row(10))
    save_rows(measure, row(11), why="A typing error")
    rows = measure.points.order_by("id").annotate(stands=Q(replaced_at=None)).values_list("value", "why", "stands")
    assert list(rows) == [(D(10), "", False), (D(11), "A typing error", True)]


def test_the_same_again_writes_nothing(measure):
    save_rows(measure, row(10, source="Survey"))
    version, entries = type(measure).objects.get(pk=measure.pk).version, Change.objects.count()
    assert save_rows(measure, row(10, source="Survey")) == 0
    assert (type(measure).objects.get(pk=measure.pk).version, Change.objects.count()) == (version, entries)
    assert DataPoint.objects.count() == 1


def test_a_row_without_a_number_takes_it_out(measure):
    save_rows(measure, row(10), row(9, on=Y2023))
    assert save_rows(measure, row(None), row(None, cell="race=white")) == 1
    assert current_points(measure) == {(2023, ""): (D(9), None, None)}
    assert DataPoint.objects.count() == 2


def test_the_log_holds_no_number(measure):
    save_rows(measure, row(above=3, below=7, cell="race=black"))
    entry = Change.objects.filter(record_type="measure").first()
    assert entry.verb == "numbers"
    assert entry.after["numbers"] == 1
    assert "42.8" not in str(entry.after)


@pytest.mark.both
def test_all_or_nothing_and_each_error_at_its_place(measure):
    rows = [
        row(10),
        row(101, on=Y2023),
        row(5, on=date(2024, 2, 1)),
        row(5, cell="race=asian"),
        row(4),
        row(above=5, below=0),
    ]
    rows += [row(5, on=date(2999, 1, 1)), row(5, cell="nonsense")]
    assert errors_of(measure, *rows) == {
        "points-1-value": ["A percent of people can’t be more than 100."],
        "points-2-starts_on": ["This isn’t a period of this measure. Try 2024."],
        "points-3-cell": ["This measure isn’t broken out by this group. Add the group to the measure first."],
        "points-4-value": ["This period and group appears twice."],
        "points-5-value": ["This period and group appears twice."],
        "points-6-starts_on": ["This period hasn’t started yet."],
        "points-7-cell": ["This measure isn’t broken out by this group. Add the group to the measure first."],
    }


def test_too_many_in_one_go_are_refused(measure):
    assert errors_of(measure, *[row(1)] * 5001) == ["Enter 5,000 numbers at most at a time."]


def test_no_one_overwrites_what_they_did_not_see(measure):
    save_rows(measure, row(10))
    first = measure.points.get()
    save_rows(measure, row(11))
    assert errors_of(measure, row(12, seen=first.pk)) == {
        "points-0-value": ["In the meantime, someone wrote 11 here. Save again to replace it with yours."]
    }
    assert errors_of(measure, row(12, seen=None)) == {
        "points-0-value": ["In the meantime, someone wrote 11 here. Save again to replace it with yours."]
    }
    assert save_rows(measure, row(10, seen=first.pk)) == 0  # unchanged here, so the other person's change stays
    assert current_points(measure)[2024, ""][0] == 11
    assert save_rows(measure, row(12, seen=measure.points.get(replaced_at=None).pk)) == 1


@pytest.mark.both
def test_a_stale_version_is_refused(measure):
    save_rows(measure, row(10))
    with pytest.raises(EditConflict):
        save_rows(measure, row(11), version=1)


@pytest.fixture
def shared_measure():
    people = make_people()
    table = make_partnership(lead=people.office, parties=[party(people.office), party(people.organization)])
    partner = table.parties.get(organization=people.organization)
    owners = [{"party": partner, "supplies": True}]
    result = make_result(lead=people.office, partnerships=[table])
    return people, partner, make_measure(result=result, groups=GROUPS, owners=owners)


def test_a_partner_brings_its_own_numbers_under_its_own_name(shared_measure):
    people, partner, measure = shared_measure
    assert errors_of(measure, row(10), by=people.partner) == {
        "party": ["Choose the partner who provides these numbers."]
    }
    assert save_rows(measure, row(10), by=people.partner, party=partner) == 1
    assert measure.points.get().supplied_by == partner
    for name in ("partner_reader", "stranger", "other_editor", "reader", "suspended"):
        with pytest.raises(NotAllowed):
            save_rows(measure, row(11), by=getattr(people, name), party=partner)


def test_only_who_brings_numbers_is_named_for_them(shared_measure):
    people, partner, measure = shared_measure
    lead = partner.partnership.parties.get(jurisdiction=people.office)
    assert errors_of(measure, row(1), by=people.editor, party=lead) == {
        "party": ["This partner doesn’t provide data for this measure."]
    }
    measure.owners.update(supplies=False)
    with pytest.raises(NotAllowed):
        save_rows(measure, row(10), by=people.partner, party=partner)


def test_what_was_entered_is_for_those_who_enter_it(shared_measure):
    people, partner, measure = shared_measure
    save_rows(measure, row(above=3, below=7, cell="race=black"), by=people.partner, party=partner)
    for one in (people.partner, people.editor, people.administrator):
        assert entered_numbers(one, measure, [Y2024])[Y2024, "race=black"].numerator == 3
        assert len(revisions(one, measure, Y2024, "race=black")) == 1
        assert numbers_of(one, measure).number(Y2024, "race=black").state == "suppressed"
    for one in (people.reader, people.stranger, people.other_editor, None):
        with pytest.raises(NotAllowed):
            entered_numbers(one, measure, [Y2024])
        with pytest.raises(NotAllowed):
            revisions(one, measure, Y2024, "race=black")


def test_another_reference_group_shows_nothing_that_was_hidden(people):
    """The reference group is hidden last. Made the reference afterwards, a group would be shown, and another hidden."""
    groups = [{"dimension": "race", "key": key, "name": key, "is_reference": key == "b"} for key in "abc"]
    measure = make_measure("Answered", result=make_result(lead=people.office), groups=groups, smallest=10)
    counts = {"": (60, 140), "race=a": (4, 60), "race=b": (26, 40), "race=c": (30, 40)}

    def enter(day):
        rows = [{"starts_on": day, "cell": cell, "numerator": n, "denominator": d} for cell, (n, d) in counts.items()]
        save_points(measure=measure, by=SYSTEM, rows=rows)

    def hidden(day):
        faces = public_faces(Measure.objects.get(pk=measure.pk), {day})[measure.pk]
        return {cell for (_, cell), face in faces.items() if face == HIDDEN}

    enter(Y2023)
    assert hidden(Y2023) == {"race=a", "race=c"}
    keys = dict(measure.groups.values_list("key", "pk"))
    rows = [row | {"id": keys[row["key"]], "is_reference": row["key"] == "c"} for row in groups]
    measure = save_measure(measure=measure, by=people.editor, fields={}, groups=rows)
    enter(Y2024)
    assert (hidden(Y2023), hidden(Y2024)) == ({"race=a", "race=c"}, {"race=a", "race=b"})
    Measure.objects.update(limits=[one[:2] for one in Measure.objects.get(pk=measure.pk).limits[:1]])
    measure = save_measure(
        measure=Measure.objects.get(pk=measure.pk),
        by=people.editor,
        fields={},
        groups=[row | {"id": keys[row["key"]], "is_reference": False} for row in groups],
    )
    assert (hidden(Y2023), hidden(Y2024)) == ({"race=a", "race=b"}, {"race=a", "race=b"})
