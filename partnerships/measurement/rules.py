"""Which results, measures, plans, activities and gains a person may see, and which they may change.

The lead keeps a measure; the parties that own it together with the lead supply its data, and each can add its
interpretation.
"""

from django.db.models import Q, QuerySet

from partnerships.core.access import Viewer, belongs_somewhere, is_administrator, jurisdictions_read_by
from partnerships.directory.rules import jurisdictions_visible_to
from partnerships.measurement.composition_models import Makeup, Population
from partnerships.measurement.models import Activity, Gain, Measure, MeasureOwner, Plan, Reading, Result
from partnerships.registry.models import Party
from partnerships.registry.rules import (
    held_seat_ids,
    may_edit_own_part,
    may_lead_with,
    may_speak_for,
    may_write_partnership,
    parties_visible_to,
    partnerships_visible_to,
    seated_partnership_ids,
)


def results_visible_to(person: Viewer) -> QuerySet[Result]:
    """Published results for everyone; all of a jurisdiction for its staff, and for people of parties that work on
    them.
    """
    if is_administrator(person):
        return Result.objects.all()
    if not belongs_somewhere(person):
        return Result.objects.filter(is_published=True)
    theirs = Result.partnerships.through.objects.filter(partnership__in=seated_partnership_ids(person)).values("result")
    return Result.objects.filter(Q(is_published=True) | Q(lead__in=jurisdictions_read_by(person)) | Q(pk__in=theirs))


def measures_visible_to(person: Viewer) -> QuerySet[Measure]:
    """Published measures of published records for everyone; all of a jurisdiction for its staff.

    People of parties to the partnership, or to one that works on the result, see them too.
    """
    if is_administrator(person):
        return Measure.objects.all()
    published = Q(is_published=True) & (Q(result__is_published=True) | Q(partnership__is_published=True))
    if not belongs_somewhere(person):
        return Measure.objects.filter(published)
    own_partnerships = seated_partnership_ids(person)
    theirs = Result.partnerships.through.objects.filter(partnership__in=own_partnerships).values("result")
    own = Q(lead__in=jurisdictions_read_by(person)) | Q(partnership__in=own_partnerships) | Q(result__in=theirs)
    return Measure.objects.filter(published | own)


def plans_visible_to(person: Viewer) -> QuerySet[Plan]:
    if is_administrator(person):
        return Plan.objects.all()
    return Plan.objects.filter(Q(is_published=True) | Q(lead__in=jurisdictions_read_by(person)))


def activities_visible_to(person: Viewer) -> QuerySet[Activity]:
    """Public activities of published partnerships for everyone; all of a partnership for its lead's staff and its
    parties' people.
    """
    if is_administrator(person):
        return Activity.objects.all()
    published = Q(is_public=True, partnership__is_published=True)
    if not belongs_somewhere(person):
        return Activity.objects.filter(published)
    own = Q(partnership__lead__in=jurisdictions_read_by(person)) | Q(partnership__in=seated_partnership_ids(person))
    return Activity.objects.filter(published | own)


def gains_visible_to(person: Viewer) -> QuerySet[Gain]:
    """Gains of parties that the person may see: public ones for everyone; the rest for the lead's staff and the
    parties' people.
    """
    seen = Q(party__in=parties_visible_to(person).values("pk"))
    published = Q(is_public=True, party__partnership__in=partnerships_visible_to(None).values("pk"))
    if is_administrator(person):
        return Gain.objects.all()
    if not belongs_somewhere(person):
        return Gain.objects.filter(seen & published)
    own = Q(party__partnership__lead__in=jurisdictions_read_by(person)) | Q(
        party__partnership__in=seated_partnership_ids(person)
    )
    return Gain.objects.filter(seen & (published | own))


def compositions_visible_to(person: Viewer) -> QuerySet[Makeup]:
    """Counts of a body's members, for readers who see the body. Their numbers are read by `composition_queries` only."""
    return Makeup.objects.filter(partnership__in=partnerships_visible_to(person).values("pk"))


def populations_visible_to(person: Viewer) -> QuerySet[Population]:
    """Numbers from public sources, for readers who see the place."""
    return Population.objects.filter(jurisdiction__in=jurisdictions_visible_to(person).values("pk"))


def may_write_result(person: Viewer, result: Result) -> bool:
    return may_lead_with(person, result.lead)


def may_write_measure(person: Viewer, measure: Measure) -> bool:
    return may_lead_with(person, measure.lead)


def may_write_plan(person: Viewer, plan: Plan) -> bool:
    return may_lead_with(person, plan.lead)


def may_write_composition(person: Viewer, makeup: Makeup) -> bool:
    """Whether the person may enter the composition of a body's members, and see what was entered."""
    return may_write_partnership(person, makeup.partnership)


def may_write_population(person: Viewer, population: Population) -> bool:
    return may_lead_with(person, population.jurisdiction)


def may_write_activity(person: Viewer, activity: Activity) -> bool:
    return may_write_partnership(person, activity.partnership)


def owners_spoken_for(person: Viewer, measure: Measure) -> list:
    """The owners of a measure for whose party the person may speak."""
    rows = MeasureOwner.objects.filter(measure=measure, party__in=held_seat_ids(person))
    rows = rows.select_related("party__organization", "party__department", "party__jurisdiction")
    return [row for row in rows if may_speak_for(person, row.party)]


def may_supply(person: Viewer, measure: Measure) -> bool:
    """Whether the person may enter data, and so see numbers as they were entered.

    The lead's editors may, and those of an owner that supplies data.
    """
    return may_write_measure(person, measure) or any(row.supplies for row in owners_spoken_for(person, measure))


def may_interpret_for(person: Viewer, measure: Measure) -> list:
    """The parties for which the person may add an interpretation: their own parties among the owners."""
    return [row.party for row in owners_spoken_for(person, measure)]


def may_see_overdue(person: Viewer, measure: Measure) -> bool:
    """Whether the person may see which party hasn't supplied its numbers: the lead's staff, and people of the owners."""
    if is_administrator(person) or measure.lead_id in jurisdictions_read_by(person):
        return True
    return MeasureOwner.objects.filter(measure=measure, party__in=held_seat_ids(person)).exists()


def interpretations_visible_to(person: Viewer) -> QuerySet[Reading]:
    """What parties that the person may see say about measures that they may see."""
    parties = parties_visible_to(person).values("pk")
    return Reading.objects.filter(party__in=parties, measure__in=measures_visible_to(person).values("pk"))


def may_answer_dispute(person: Viewer, measure: Measure) -> bool:
    """Whether the person may answer a dispute: the editors of the measure."""
    return may_write_measure(person, measure)


def may_write_gain(person: Viewer, party: Party) -> bool:
    return may_edit_own_part(person, party)
