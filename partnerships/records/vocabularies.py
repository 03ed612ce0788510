"""The vocabularies: the keys that records hold, with the labels that people read."""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import translation

from partnerships.accounts.choices import MemberRole
from partnerships.assessment.choices import ScoreState
from partnerships.core import label_overrides as wording
from partnerships.core import record_types
from partnerships.core.choices import Side, Stage
from partnerships.core.types import Text
from partnerships.directory import label_overrides
from partnerships.directory.choices import (
    DepartmentKind,
    IdentifierScheme,
    JurisdictionKind,
    Listing,
    Reader,
    RelationKind,
)
from partnerships.directory.models import Organization, Term
from partnerships.directory.rules import organizations_visible_to, shown_to_all
from partnerships.interactions.choices import EventKind, InteractionDirection, InteractionKind
from partnerships.mail.choices import EmailKind, EmailState
from partnerships.measurement.choices import (
    ActivityKind,
    ActivityStatus,
    Counted,
    Dimension,
    Direction,
    MeasureKind,
    Part,
    PeriodKind,
    Unit,
)
from partnerships.meetings.choices import ActionStatus, MeetingStatus, Rhythm
from partnerships.registry.choices import AskAnswer, Circle, Engagement, Kind, Role, Status, TimelineKind, Verdict
from partnerships.registry.models import Partnership
from partnerships.reports.choices import ReportAudience, ReportFrequency, ReportKind

# Those of records that everyone may read.
PUBLIC = {
    "side": Side,
    "stage": Stage,
    "kind": Kind,
    "status": Status,
    "role": Role,
    "circle": Circle,
    "engagement": Engagement,
    "ask_answer": AskAnswer,
    "jurisdiction_kind": JurisdictionKind,
    "department_kind": DepartmentKind,
    "relation": RelationKind,
    "listing": Listing,
    "identifier": IdentifierScheme,
    "meeting_status": MeetingStatus,
    "action_status": ActionStatus,
    "activity_kind": ActivityKind,
    "activity_status": ActivityStatus,
    "part": Part,
    "verdict": Verdict,
    "standing": ScoreState,
    "measure_kind": MeasureKind,
    "unit": Unit,
    "counted": Counted,
    "direction": Direction,
    "period": PeriodKind,
    "dimension": Dimension,
}
CLOSED = PUBLIC | {
    "reader": Reader,
    "story_kind": TimelineKind,
    "rhythm": Rhythm,
    "interaction_kind": InteractionKind,
    "interaction_direction": InteractionDirection,
    "event_kind": EventKind,
    "email_kind": EmailKind,
    "email_state": EmailState,
    "member_role": MemberRole,
    "report_kind": ReportKind,
    "report_eyes": ReportAudience,
    "report_rhythm": ReportFrequency,
}


def vocabularies() -> list[dict]:
    """Each vocabulary of public records: `id`, whether staff may add to it, and its terms (key, label, help, is_retired).

    Labels are English, as offices chose them for everyone. One query.
    """
    with translation.override("en"):
        closed: dict[str, Mapping[str, Text]] = {name: dict(choices.choices) for name, choices in PUBLIC.items()}
        closed |= {name: label_overrides.CLOSED[name].values for name in ("condition", "question")}
        found = {name: [_term(name, *row) for row in rows.items()] for name, rows in closed.items()}
    for row in _public_terms():
        term = {"key": row.key, "label": row.label, "help": row.help, "is_retired": row.is_retired}
        found.setdefault(row.vocabulary, []).append(term)
    return [{"id": name, "is_open": name not in closed, "terms": terms} for name, terms in found.items()]


def _public_terms() -> QuerySet[Term]:
    """The terms that everyone may read: those that no organization has, or that one or a published partnership shows to everyone.
    The others would tell what an organization hides.
    """
    fields = record_types.get("organization").terms
    used = [Exists(Organization.objects.filter(**{name: OuterRef("pk")})) for name in fields]
    shown = [
        Exists(organizations_visible_to(None).filter(shown_to_all(name), **{name: OuterRef("pk")})) for name in fields
    ]
    shown += [Exists(Partnership.objects.filter(is_published=True, communities=OuterRef("pk")))]
    return Term.objects.filter(~reduce(or_, used) | reduce(or_, shown))


def _term(vocabulary: str, key: int | str, label: Text) -> dict[str, Any]:
    label = wording.current_label(vocabulary, str(key), label)
    return {"key": key, "label": label, "help": wording.current_help(vocabulary, str(key)), "is_retired": False}
