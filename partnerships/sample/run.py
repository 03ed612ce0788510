"""The state of one run that loads the sample."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from partnerships.core import clock
from partnerships.core.models import Change, type_key
from partnerships.directory.models import Department, IssueArea, Jurisdiction, Organization, Term
from partnerships.meetings.models import Meeting
from partnerships.registry.models import Partnership
from partnerships.sample import illustration

WHY = "Sample registry: "
MODELS = {type_key(model): model for model in (Jurisdiction, Department, Organization, Partnership, Meeting)}
MADE_UP = {"source": illustration.SOURCE, "is_sample": True, "is_illustration": True}


@dataclass
class Run:
    """`records` are those of this run by key, `known` are those of earlier runs, and `new` counts what this run added."""

    today: date
    known: dict
    terms: dict
    areas: dict
    records: dict = field(default_factory=dict)
    new: Counter = field(default_factory=Counter)

    def day(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def term(self, vocabulary: str, key: str | None):
        return self.terms[vocabulary, key] if key else None

    def terms_of(self, vocabulary: str, keys) -> list:
        return [self.terms[vocabulary, key] for key in keys]

    def areas_of(self, keys) -> list:
        return [self.areas[key] for key in keys]


def start() -> Run:
    return Run(
        today=clock.today(ZoneInfo(illustration.ZONE)),
        known=_known_records(),
        terms={(term.vocabulary, term.key): term for term in Term.objects.all()},
        areas={area.key: area for area in IssueArea.objects.all()},
    )


def _known_records() -> dict:
    """Key → record of an earlier run. The audit log keeps the key, so a renamed record is found as well."""
    entries = Change.objects.filter(verb="create", why__startswith=WHY).values_list("why", "record_type", "record_id")
    found = {}
    for why, kind, pk in entries:
        record = MODELS[kind].objects.filter(pk=pk).first()
        if record is not None:
            found[why.removeprefix(WHY)] = record
    return found


def once(run: Run, row: dict, make):
    """Put the record for this row's key into `run.records`: one from an earlier run, or a new one from
    `make(run, row, why)`.
    """
    key = row["key"]
    if key not in run.known:
        run.known[key] = make(run, row, f"{WHY}{key}")
        run.new[run.known[key]._meta.verbose_name_plural] += 1
    run.records[key] = run.known[key]
