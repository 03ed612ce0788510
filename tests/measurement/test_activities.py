"""Activities, gains and plans: what is saved and refused, who may save it, and that a save without changes writes nothing."""

from types import SimpleNamespace

import pytest

from partnerships.core.access import SYSTEM
from partnerships.core.errors import EditConflict, NotAllowed, NotFound, ValidationError
from partnerships.measurement import activities, plans
from partnerships.models import Change, Gain
from partnerships.registry.actions import save_partnership
from tests.factories import make_activity, make_organization, make_partnership, make_plan, make_result, party
from tests.people import make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    people = make_people()
    table = make_partnership(lead=people.office, parties=[party(people.office), party(people.organization)])
    office, theirs = table.parties.all()
    result = make_result(lead=people.office, partnerships=[table])
    return SimpleNamespace(people=people, table=table, office=office, theirs=theirs, result=result)


def errors_of(save, **given):
    with pytest.raises(ValidationError) as problem:
        save(**given)
    return {key: [word for error in errors for word in error] for key, errors in problem.value.error_dict.items()}


def test_an_activity_has_parts_results_and_outcomes(scene):
    plan = make_plan(lead=scene.people.office, outcomes=[{"number": "1", "title": "Homes"}])
    activity = make_activity(
        scene.table, parts=[(scene.theirs, "leads")], results=[scene.result], outcomes=list(plan.outcomes.all())
    )
    assert [(part.party, part.part) for part in activity.parts.all()] == [(scene.theirs, "leads")]
    entry = Change.objects.get(record_type="activity")
    assert (entry.verb, entry.after["parts"], entry.after["results"], entry.after["outcomes"]) == (
        "create",
        [{"party": str(scene.people.organization), "part": "leads"}],
        [scene.result.public_id],
        ["1 Homes"],
    )


def test_what_is_of_another_table_or_office_is_refused(scene):
    elsewhere = make_partnership("Another", lead=scene.people.other_office, parties=[party(make_organization("Choir"))])
    other_plan = make_plan(lead=scene.people.other_office, outcomes=[{"title": "Jobs"}])
    activity = make_activity(scene.table)
    for given, key, error in (
        ({"parts": [{"party": elsewhere.parties.get(), "part": "adds"}]}, "parts-0-party", "isn’t in this partnership"),
        (
            {"fields": {"results": [make_result("Jobs", lead=scene.people.office)]}},
            "results",
            "isn’t linked to “Jobs”",
        ),
        ({"fields": {"outcomes": list(other_plan.outcomes.all())}}, "outcomes", "belongs to another office’s plan"),
        ({"fields": {"starts_on": "2026-03-01", "ends_on": "2026-02-01"}}, "ends_on", ""),
    ):
        found = errors_of(activities.save_activity, activity=activity, by=SYSTEM, **({"fields": {}} | given))
        assert list(found) == [key]
        assert error in found[key][0]
    activity.refresh_from_db()
    assert (activity.version, activity.parts.count(), activity.results.count()) == (1, 0, 0)


def test_it_stays_at_its_table(scene):
    elsewhere = make_partnership("Another", lead=scene.people.other_office, parties=[party(make_organization("Choir"))])
    activity = make_activity(scene.table)
    saved = activities.save_activity(activity=activity, by=scene.people.editor, fields={"partnership": elsewhere})
    assert (saved.partnership, saved.version) == (scene.table, 1)


def test_a_result_that_the_partnership_left_may_stay(scene):
    activity = make_activity(scene.table, results=[scene.result])
    scene.result.partnerships.clear()
    saved = activities.save_activity(activity=activity, by=SYSTEM, fields={"title": "Other", "results": [scene.result]})
    assert (saved.title, list(saved.results.all())) == ("Other", [scene.result])


def test_a_save_that_changes_nothing_writes_nothing(scene):
    activity = make_activity(scene.table, parts=[(scene.theirs, "leads")], results=[scene.result])
    before, kept = Change.objects.count(), activity.parts.get().pk
    rows = [{"party": scene.theirs, "part": "leads"}]
    saved = activities.save_activity(activity=activity, by=SYSTEM, fields={"results": [scene.result]}, parts=rows)
    assert (saved.version, Change.objects.count(), activity.parts.get().pk) == (1, before, kept)


def test_parts_change_and_go(scene):
    activity = make_activity(scene.table, parts=[(scene.office, "leads"), (scene.theirs, "adds")])
    rows = [{"party": scene.theirs, "part": "leads"}]
    activities.save_activity(activity=activity, by=SYSTEM, fields={}, parts=rows)
    assert [(part.party, part.part) for part in activity.parts.all()] == [(scene.theirs, "leads")]
    save_partnership(partnership=scene.table, by=SYSTEM, fields={}, parties=[party(scene.people.office)])
    assert activity.parts.count() == 0


def test_who_writes_activities(scene):
    activity = make_activity(scene.table)
    for name in ("reader", "partner", "other_editor", "stranger", "suspended"):
        by = getattr(scene.people, name)
        with pytest.raises(NotAllowed):
            activities.save_activity(activity=activity, by=by, fields={"title": "Theirs"})
        with pytest.raises(NotAllowed):
            activities.save_activity(by=by, fields={"partnership": scene.table, "title": "Theirs"})
    activities.save_activity(activity=activity, by=scene.people.editor, fields={"title": "Ours"}, version=1)
    with pytest.raises(EditConflict):
        activities.save_activity(activity=activity, by=scene.people.editor, fields={"title": "Late"}, version=1)


# Gains


def test_a_partner_says_what_it_has_gained_and_withdraws_it(scene):
    given = {"party": scene.theirs, "by": scene.people.partner}
    gain = activities.save_gain(**given, fields={"text": "A say", "gained_on": None, "is_public": False})
    assert (gain.version, gain.by, gain.is_public) == (1, scene.people.partner, False)
    again = activities.save_gain(**given, gain=gain, fields={"text": "A say", "is_public": True}, version=1)
    assert (again.pk, again.version, again.is_public) == (gain.pk, 2, True)
    same = activities.save_gain(**given, gain=again, fields={"text": "A say"}, version=2)
    assert (same.version, same.at) == (2, again.at)
    with pytest.raises(EditConflict):
        activities.save_gain(**given, gain=gain, fields={"text": "Late"}, version=1)
    with pytest.raises(EditConflict):
        activities.withdraw_gain(gain=gain, by=scene.people.partner, version=1)
    activities.withdraw_gain(gain=gain, by=scene.people.partner, version=2)
    assert Gain.objects.count() == 0
    assert "A say" not in str(list(Change.objects.values_list("before", "after")))
    with pytest.raises(NotFound):
        activities.save_gain(**given, gain=gain, fields={"text": "Back"}, version=2)


def test_a_partner_that_said_what_it_has_gained_is_not_removed(scene):
    """It gets a last day, and its words stay until it withdraws them itself."""
    gain = activities.save_gain(party=scene.theirs, by=scene.people.partner, fields={"text": "A say"})
    edit = {"partnership": scene.table, "by": scene.people.editor, "fields": {}, "words_leave": True}
    with pytest.raises(ValidationError) as problem:
        save_partnership(**edit, parties=[party(scene.people.office)])
    assert problem.value.code == "took_part"
    assert f"{scene.people.organization} said what they have gained" in problem.value.message
    assert Gain.objects.get() == gain
    activities.withdraw_gain(gain=gain, by=scene.people.partner, version=1)
    save_partnership(**edit, parties=[party(scene.people.office)])
    assert [one.entity for one in scene.table.parties.all()] == [scene.people.office]


def test_no_one_speaks_for_another_party(scene):
    fields = {"text": "Peace and quiet"}
    gain = activities.save_gain(party=scene.theirs, by=SYSTEM, fields=fields)
    for name in ("editor", "reader", "administrator", "other_editor", "stranger"):
        by = getattr(scene.people, name)
        with pytest.raises(NotAllowed):
            activities.save_gain(party=scene.theirs, by=by, fields=fields)
        with pytest.raises(NotAllowed):
            activities.withdraw_gain(gain=gain, by=by)
    with pytest.raises(NotFound):  # and can't move it to their own party
        activities.save_gain(party=scene.office, by=scene.people.editor, gain=gain, fields=fields)
    assert errors_of(activities.save_gain, party=scene.theirs, by=SYSTEM, fields={"text": ""}) == {
        "text": ["This field cannot be blank."]
    }


# Plans


def rows_of(plan):
    return [{"id": one.pk, "number": one.number, "title": one.title} for one in plan.outcomes.all()]


def test_outcomes_keep_their_place_and_change_numbers(scene):
    made = make_plan(lead=scene.people.office, outcomes=[{"number": "1", "title": "A"}, {"number": "2", "title": "B"}])
    first, second = rows_of(made)
    plans.save_plan(plan=made, by=SYSTEM, fields={}, outcomes=[second | {"number": "1"}, first | {"number": "2"}])
    assert list(made.outcomes.values_list("pk", "number", "position")) == [
        (second["id"], "1", 0),
        (first["id"], "2", 1),
    ]
    before = Change.objects.count()
    saved = plans.save_plan(plan=made, by=SYSTEM, fields={}, outcomes=rows_of(made))
    assert (saved.version, Change.objects.count()) == (2, before)


def test_two_outcomes_have_no_number_in_common(scene):
    rows = [{"number": "1", "title": "A"}, {"number": "1", "title": "B"}]
    found = errors_of(plans.save_plan, by=SYSTEM, fields={"lead": scene.people.office, "title": "Plan"}, outcomes=rows)
    assert found == {"outcomes-1-number": ["Another outcome already has the number 1."]}


def test_an_outcome_is_for_a_result_of_its_own_office(scene):
    other = make_result(lead=scene.people.other_office)
    made = make_plan(lead=scene.people.office, outcomes=[{"title": "A", "result": scene.result}])
    row = rows_of(made)[0]
    found = errors_of(plans.save_plan, plan=made, by=SYSTEM, fields={}, outcomes=[row | {"result": other}])
    assert found == {"outcomes-0-result": ["This result belongs to another office."]}


def test_partnerships_that_they_cannot_see_still_serve_it(scene):
    draft = make_partnership("Hidden", lead=scene.people.other_office, published=False)
    made = make_plan(lead=scene.people.office, outcomes=[{"title": "A", "partnerships": [draft]}])
    outcome = made.outcomes.get()
    given = {"plan": made, "outcome": outcome, "by": scene.people.editor}
    plans.save_outcome(**given, fields={"partnerships": [scene.table], "title": "B"}, version=1)
    assert (set(outcome.partnerships.all()), made.outcomes.get().title) == ({draft, scene.table}, "B")
    plans.save_outcome(**given, fields={"partnerships": []}, version=2)
    assert set(outcome.partnerships.all()) == {draft}
    with pytest.raises(EditConflict):
        plans.save_outcome(**given, fields={"partnerships": []}, version=1)


def test_outcomes_come_and_go_one_by_one(scene):
    made = make_plan(lead=scene.people.office, outcomes=[{"title": "A"}, {"title": "B"}])
    plans.save_outcome(plan=made, by=scene.people.editor, fields={"title": "C"})
    first = made.outcomes.first()
    plans.remove_outcome(plan=made, by=scene.people.editor, outcome=first)
    assert list(made.outcomes.values_list("title", "position")) == [("B", 0), ("C", 1)]
    for late in (plans.save_outcome, plans.remove_outcome):
        more = {"fields": {"title": "D"}} if late is plans.save_outcome else {}
        with pytest.raises(NotFound):
            late(plan=made, by=scene.people.editor, outcome=first, **more)


def test_who_writes_plans(scene):
    made = make_plan(lead=scene.people.office, outcomes=[{"title": "A"}])
    for name in ("reader", "partner", "other_editor", "stranger"):
        by = getattr(scene.people, name)
        with pytest.raises(NotAllowed):
            plans.save_plan(plan=made, by=by, fields={"title": "Other"})
        with pytest.raises(NotAllowed):
            plans.save_outcome(plan=made, by=by, fields={"title": "Other"})
        with pytest.raises(NotAllowed):
            plans.remove_outcome(plan=made, by=by, outcome=made.outcomes.get())
    with pytest.raises(NotAllowed):  # and can't move it to another office
        plans.save_plan(plan=made, by=scene.people.editor, fields={"lead": scene.people.other_office})
