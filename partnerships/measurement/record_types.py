"""The kinds of record of shared measurement."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from partnerships.core.record_types import BoxSearch, RecordType, register
from partnerships.directory.rules import may_read_all_of_place
from partnerships.measurement import (
    actions,
    activities,
    activity_queries,
    composition,
    composition_queries,
    plan_queries,
    plans,
    queries,
    rules,
    undo_activities,
    undo_fields,
)
from partnerships.measurement.composition_models import Makeup, Population
from partnerships.measurement.models import Activity, Measure, Plan, Result
from partnerships.registry.rules import lead_reads_history, may_write_partnership

register(
    RecordType(
        model=Result,
        label=_("Result"),
        visible_to=rules.results_visible_to,
        box_search=BoxSearch(("title", "population", "detail"), ("lead",)),
        find=queries.result,
        listed_in="results",
        office="lead",
        is_named=True,
        hidden=gettext_noop("A result that you can’t see"),
        may_write=rules.may_write_result,
        may_read_history=lead_reads_history,
        save=actions.save_result,
    ),
    RecordType(
        model=Measure,
        label=_("Measure"),
        visible_to=rules.measures_visible_to,
        box_search=BoxSearch(("title", "definition"), ("lead",)),
        find=queries.measure,
        listed_in="measures",
        office="lead",
        may_write=rules.may_write_measure,
        may_read_history=lead_reads_history,
        read_for_snapshots=actions.read_measures,
        snapshot=actions.snapshot_measure,
        save=actions.save_measure,
        undo_argument=undo_fields.of_measure,
        vocabularies={name: name for name in ("unit", "counted", "direction", "period")}
        | {"kind": "measure_kind", "groups.dimension": "dimension"},
    ),
    RecordType(
        model=Activity,
        label=_("Activity"),
        visible_to=rules.activities_visible_to,
        find=activity_queries.activity,
        listed_in="partnerships",
        folder="activities",
        office="partnership__lead",
        is_named=True,
        hidden=gettext_noop("An activity that you can’t see"),
        may_write=rules.may_write_activity,
        may_read_history=lead_reads_history,
        read_for_snapshots=activities.read_for_snapshots,
        snapshot=activities.snapshot,
        save=activities.save_activity,
        undo_argument=undo_activities.of_activity,
        vocabularies={"kind": "activity_kind", "status": "activity_status", "parts.part": "part"},
    ),
    RecordType(
        model=Plan,
        label=_("Plan"),
        visible_to=rules.plans_visible_to,
        find=plan_queries.plan,
        listed_in="plans",
        office="lead",
        may_write=rules.may_write_plan,
        may_read_history=lead_reads_history,
        read_for_snapshots=plans.read_for_snapshots,
        snapshot=plans.snapshot,
        save=plans.save_plan,
        undo_argument=undo_activities.of_plan,
    ),
    # Counts of members are of few people: only those who enter them read how they changed.
    RecordType(
        model=Makeup,
        label=_("Count of members"),
        visible_to=rules.compositions_visible_to,
        find=composition_queries.composition,
        listed_in="partnerships",
        office="partnership__lead",
        may_write=rules.may_write_composition,
        may_read_history=lambda person, makeup: may_write_partnership(person, makeup.partnership),
        snapshot=composition.snapshot_composition,
        save=composition.save_composition,
        undo_argument=undo_fields.of_counts,
        vocabularies={"dimension": "dimension"},
    ),
    RecordType(
        model=Population,
        label=_("Population"),
        visible_to=rules.populations_visible_to,
        find=composition_queries.population,
        listed_in="jurisdictions",
        office="jurisdiction",
        may_write=rules.may_write_population,
        may_read_history=lambda person, population: may_read_all_of_place(person, population.jurisdiction),
        snapshot=composition.snapshot_population,
        save=composition.save_population,
        undo_argument=undo_fields.of_counts,
        vocabularies={"dimension": "dimension"},
    ),
)
