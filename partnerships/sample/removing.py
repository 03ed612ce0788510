"""Removes the sample registry: all sample records and what belongs to them, with tombstones for sync clients."""

from collections import Counter
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop as _

from partnerships.accounts.models import Person
from partnerships.assessment.models import Portfolio, Respondent, Round
from partnerships.core import record_types
from partnerships.core.errors import ValidationError
from partnerships.core.merges import delete_merges
from partnerships.core.models import type_key
from partnerships.core.stored_texts import StoredText
from partnerships.directory.models import Contact, Department, Jurisdiction, Organization
from partnerships.insight.models import ExpectedSeat
from partnerships.interactions.models import Interaction
from partnerships.mail.models import Email
from partnerships.measurement.composition_models import Population
from partnerships.measurement.models import Measure, MeasureOwner, Outcome, Plan, Result
from partnerships.meetings.models import Action, CheckIn, CheckInPlan, Meeting, Participant
from partnerships.notifications.models import Follow
from partnerships.records.deleting import delete_records
from partnerships.registry import publication
from partnerships.registry.models import Agreement, Partnership, PartnershipLink, Party
from partnerships.reports.models import ReportDefinition

MODELS = (Partnership, Organization, Department, Jurisdiction, Person)
# How a real record can refer to a sample record: (model, lookup of the sample record, lookup of the record to name in
# messages). Other rows that refer to one, such as its contacts, meetings and memberships, are parts of it and are
# deleted with it.
POINTERS = (
    (Jurisdiction, "parent", ""),
    (Department, "jurisdiction", ""),
    (Department, "parent", ""),
    (Organization, "kept_by", ""),
    (Organization, "area", ""),
    (Partnership, "lead", ""),
    (Party, "jurisdiction", "partnership"),
    (Party, "department", "partnership"),
    (Party, "organization", "partnership"),
    (PartnershipLink, "earlier", "later"),
    (PartnershipLink, "later", "earlier"),
    (Participant, "person", "meeting__partnership"),
    (Participant, "contact__jurisdiction", "meeting__partnership"),
    (Participant, "contact__department", "meeting__partnership"),
    (Participant, "contact__organization", "meeting__partnership"),
    (Action, "owner_person", "partnership"),
    (Respondent, "person", "round__partnership"),
    (Respondent, "contact__jurisdiction", "round__partnership"),
    (Respondent, "contact__department", "round__partnership"),
    (Respondent, "contact__organization", "round__partnership"),
    (ReportDefinition, "partnership", "jurisdiction"),
    (ExpectedSeat, "department", "office"),
    (ExpectedSeat, "jurisdiction", "office"),
    (Result, "lead", ""),
    (Result, "partnerships", ""),
    (Measure, "lead", ""),
    (Measure, "result", ""),
    (Measure, "partnership", ""),
    (MeasureOwner, "party__partnership", "measure"),
    (Plan, "lead", ""),
    (Outcome, "partnerships", "plan"),
    (CheckInPlan, "person", "partnership"),
    (CheckInPlan, "contact__jurisdiction", "partnership"),
    (CheckInPlan, "contact__department", "partnership"),
    (CheckInPlan, "contact__organization", "partnership"),
    (Interaction, "jurisdiction", "office"),
    (Interaction, "department", "office"),
    (Interaction, "organization", "office"),
    (Interaction, "partnerships", "office"),
)

_POINTS = _("%(id)s “%(record)s” refers to “%(sample)s”, which belongs to the sample.")


def _sample_rows(model):
    return model.objects.filter(is_sample=True)


def counts() -> Counter:
    """How many sample records there are, by their plural names."""
    return Counter({str(model._meta.verbose_name_plural): n for model in MODELS if (n := _sample_rows(model).count())})


def in_the_way() -> list[StoredText]:
    """One line for each real record that refers to a sample record."""
    found: set[StoredText] = set()
    for model, field, owner in POINTERS:
        real = {f"{owner}__is_sample" if owner else "is_sample": False}
        for row in model.objects.filter(**{f"{field}__is_sample": True}, **real).distinct():
            record: Any = row
            target: Any = row
            for name in filter(None, owner.split("__")):
                record = getattr(record, name)
            for name in field.split("__"):
                target = getattr(target, name)
            # For a many-to-many field, such as an organization's area, name the first sample record.
            target = (
                _sample_rows(target.model).filter(pk__in=target.all()).first() if hasattr(target, "all") else target
            )
            found.add(StoredText(_POINTS, id=record.public_id, record=str(record), sample=str(target)))
    return sorted(found)


@transaction.atomic
def remove() -> Counter:
    """Remove the sample. Returns how many records were removed, by their plural names.

    Raises ValidationError with the lines of `in_the_way`, and then removes nothing.
    """
    lines = in_the_way()
    if lines:
        raise ValidationError(lines)
    removed = counts()
    _remove_emails()
    for kind in record_types.followable():
        if issubclass(kind.model, MODELS):
            Follow.objects.filter(record_type=kind.key, record_id__in=_sample_rows(kind.model).values("pk")).delete()
    for partnership in _sample_rows(Partnership).order_by("pk"):
        publication.withdraw_deleted(partnership)
    for kind in record_types.all_types():
        if kind.office.startswith("partnership__"):  # a part of a partnership
            delete_records(kind.model._default_manager.filter(**{"partnership__is_sample": True}))
    delete_records(Population.objects.filter(jurisdiction__is_sample=True))
    delete_records(Interaction.objects.filter(office__is_sample=True))
    for model in (Measure, Plan, Result):
        delete_records(_sample_rows(model))
    reported = Q(jurisdiction__is_sample=True) | Q(organization__is_sample=True)
    delete_records(ReportDefinition.objects.filter(reported))
    delete_records(ExpectedSeat.objects.filter(Q(office__is_sample=True) | Q(partnership__is_sample=True)))
    delete_records(Portfolio.objects.exclude(places__partnership__is_sample=False))
    for model in (Partnership, Organization, Department, Jurisdiction):
        delete_records(_sample_rows(model))
    delete_merges("person", list(_sample_rows(Person).values_list("pk", flat=True)))
    _sample_rows(Person).delete()
    return removed


def _remove_emails():
    """Delete emails about sample records and to sample people. The outbox refers to both without a foreign key."""
    of_sample = Q(organization__is_sample=True) | Q(department__is_sample=True) | Q(jurisdiction__is_sample=True)
    recipients = [f"person:{pk}" for pk in _sample_rows(Person).values_list("pk", flat=True)]
    recipients += [f"contact:{pk}" for pk in Contact.objects.filter(of_sample).values_list("pk", flat=True)]
    wanted = Q(is_sample=True) | Q(recipient__in=recipients)
    for subject, to_partnership in (
        (Meeting, ""),
        (CheckInPlan, ""),
        (CheckIn, "plan__"),
        (Action, ""),
        (Round, ""),
        (Respondent, "round__"),
        (Agreement, ""),
    ):
        gone = subject.objects.filter(**{f"{to_partnership}partnership__is_sample": True}).values("pk")
        wanted |= Q(subject_type=type_key(subject), subject_id__in=gone)
    Email.objects.filter(wanted).delete()
