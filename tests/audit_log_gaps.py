"""Random writes through every interface, compared with the audit log: each record is what its log says.

`play(seed, writes)` writes. `gaps()` replays every record's log from its beginning and compares the outcome with the
record.
"""

import random
from collections import Counter
from datetime import date
from decimal import Decimal

from partnerships.core import clock, merges, record_types
from partnerships.core.errors import EditConflict, NotAllowed, NotFound, ValidationError
from partnerships.core.models import Change, Merge
from partnerships.core.snapshots import snapshot_fields
from partnerships.directory import actions as directory
from partnerships.directory import snapshots
from partnerships.measurement import actions as measurement
from partnerships.measurement import activities
from partnerships.measurement.number_actions import save_points
from partnerships.models import (
    Activity,
    Department,
    IssueArea,
    Jurisdiction,
    Measure,
    Organization,
    Partnership,
    Person,
    Result,
)
from partnerships.records import bulk, merging, splitting, undoing
from partnerships.records.imports import files as importing
from partnerships.records.imports import work as import_work
from partnerships.registry import actions as registry
from tests.factories import (
    make_activity,
    make_department,
    make_issue_area,
    make_measure,
    make_organization,
    make_partnership,
    make_person,
    make_result,
    party,
)

REFUSED = (NotFound, NotAllowed, EditConflict, ValidationError)
MODELS = {"organization": Organization, "department": Department}
WORDS = ("Lantern", "Harbor", "Meadow", "Copper", "Juniper", "Willow", "Granite", "Prairie")


def start(office) -> Person:
    """Make an office with records of each kind, and the people who write."""
    make_issue_area("housing"), make_issue_area("jobs")
    for n in range(6):
        make_organization(f"{WORDS[n]} tenants", kept_by=office)
        make_department(office, f"{WORDS[n]} desk")
    for n in range(4):
        some = Organization.objects.order_by("pk")[n : n + 2]
        make_partnership(
            f"Table {n}", lead=office, parties=[party(office, "lead"), *(party(one, "member") for one in some)]
        )
    for table in Partnership.objects.order_by("pk")[:2]:
        make_measure(result=make_result(lead=office, partnerships=[table]))
        make_activity(table)
    return make_person("keeper@example.org", name="Keeper", is_administrator=True)


class Player:
    def __init__(self, seed, by):
        self.random, self.by, self.n, self.done = random.Random(seed), by, 0, Counter()

    def one(self, model):
        rows = list(model.objects.order_by("pk"))
        return self.random.choice(rows)

    def any_of(self, rows):
        if not rows:
            raise ValidationError("there is nothing of the kind yet")
        return self.random.choice(list(rows))

    def two(self, model):
        return self.random.sample(list(model.objects.order_by("pk")), 2)

    def text(self):
        self.n += 1
        return f"{self.random.choice(WORDS)} {self.random.choice((self.n, self.n % 3))}"

    def save_organization(self):
        one = self.one(Organization)
        contacts = [
            *[{"id": row.pk} for row in one.contacts.all()][:2],
            {"name": self.text(), "email": "desk@example.org"},
        ]
        fields = {"aims": self.text(), "issue_areas": self.random.sample(list(IssueArea.objects.all()), 1)}
        directory.save_organization(
            organization=one, by=self.by, fields=fields, contacts=self.random.choice((None, contacts))
        )

    def save_partnership(self):
        fields = {"summary": self.text(), "status": self.random.choice(("active", "paused"))}
        registry.save_partnership(partnership=self.one(Partnership), by=self.by, fields=fields)

    def save_department(self):
        one, other = self.two(Department)
        fields = {"about": self.text(), "parent": self.random.choice((None, other))}
        directory.save_department(department=one, by=self.by, fields=fields)

    def bulk(self):
        kind, model = self.random.choice((("partnership", Partnership), ("organization", Organization)))
        seen = {one.public_id: one.version for one in self.two(model)}
        asked = {self.random.choice((bulk.ADD, bulk.DROP)) + "issue_areas": [self.one(IssueArea)]}
        bulk.change_many(kind=kind, by=self.by, seen=seen, asked=asked)

    def undo(self):
        change = self.any_of(
            Change.objects.filter(verb="update", record_type__in=[kind.key for kind in record_types.bulk_editable()])[
                :40
            ]
        )
        record = record_types.get(change.record_type).visible_to(self.by).filter(pk=change.record_id).first()
        if record is None:
            raise ValidationError("gone")
        plan = undoing.plan_for(self.by, record, change)
        undoing.undo(record=record, change=change, by=self.by, version=record.version, seen=list(plan.wanted))

    def undo_together(self):
        change = self.any_of(
            Change.objects.filter(record_type__in=[kind.key for kind in record_types.bulk_editable()])[:40]
        )
        rows = [one for one in bulk.bulk_changes(self.by, change.request_id, plans=True) if one.can_be_undone]
        seen = {one.change.pk: one.record.version for one in rows}
        bulk.undo_together(request_id=change.request_id, by=self.by, seen=seen)

    def merge(self):
        model = self.random.choice((Organization, Department))
        if model.objects.count() < 5:
            raise ValidationError("too few are left")
        kept, lost = self.two(model)
        take = {
            name: self.random.choice(("kept", "other", "both")) for name in ("name", "aims", "issue_areas", "about")
        }
        merging.merge(kept=kept, lost=lost, by=self.by, versions=(kept.version, lost.version), take=take)

    def take_apart(self):
        row = self.any_of([row for row in Merge.objects.order_by("pk") if merges.can_be_undone(row)])
        kept = MODELS[row.record_type].objects.filter(pk=row.kept_id).first()
        if kept is None:
            raise ValidationError("nothing to take apart")
        merging.undo_merge(merge=row, kept=kept, by=self.by)

    def split(self):
        one = self.one(Organization)
        going = {name: [row.pk for row in rows[:1]] for name, rows in splitting.movable_rows(self.by, one).items()}
        splitting.split(record=one, by=self.by, version=one.version, name=self.text(), going=going)

    def bring_in(self):
        """Import a file with one new organization and one that exists."""
        there, name = self.one(Organization), f"{self.text()} readers"
        content = f"Id,Name,Aims\n,{name},New aims\n{there.public_id},{there.name},{self.text()}\n".encode()
        office = Jurisdiction.objects.order_by("pk").first()
        file_import = importing.add_file(
            by=self.by, jurisdiction=office, kind="organizations", filename="file.csv", content=content
        )
        importing.match(one=file_import, by=self.by, columns={0: "id", 1: "name", 2: "aims"})
        while import_work.process_next():
            pass
        file_import.refresh_from_db()
        importing.answer(one=file_import, by=self.by, answers=importing.all_others(file_import))
        while import_work.process_next():
            pass
        file_import.refresh_from_db()
        importing.start_writing(one=file_import, by=self.by)
        while import_work.process_next():
            pass
        file_import.refresh_from_db()
        assert file_import.state == "done", (file_import.state, file_import.result)

    def save_result(self):
        fields = {"title": self.text(), "is_published": self.random.choice((True, False))}
        measurement.save_result(result=self.one(Result), by=self.by, fields=fields)

    def save_measure(self):
        measurement.save_measure(measure=self.one(Measure), by=self.by, fields={"definition": self.text()})

    def enter_numbers(self):
        rows = [
            {"starts_on": date(2024, 1, 1), "cell": "", "value": self.random.choice((Decimal(4), Decimal(5), None))}
        ]
        save_points(measure=self.one(Measure), by=self.by, rows=rows, why="Counted again")

    def save_activity(self):
        one = self.one(Activity)
        parts = [{"party": seat, "part": "leads"} for seat in one.partnership.parties.order_by("pk")[:1]]
        fields = {"title": self.text(), "results": self.random.choice(([], [self.one(Result)]))}
        activities.save_activity(activity=one, by=self.by, fields=fields, parts=self.random.choice((None, parts)))

    DOORS = (
        ("save_organization", 5), ("save_partnership", 5), ("save_department", 4), ("bulk", 4), ("undo", 4),
        ("undo_together", 2), ("merge", 2), ("take_apart", 2), ("split", 1), ("bring_in", 1),
        ("save_result", 2), ("save_measure", 2), ("enter_numbers", 3), ("save_activity", 2),
    )  # fmt: skip

    def play(self, writes):
        names, weights = zip(*self.DOORS, strict=True)
        for _ in range(writes):
            name = self.random.choices(names, weights)[0]
            try:
                getattr(self, name)()
                self.done[name] += 1
            except REFUSED:
                self.done[f"{name}, refused"] += 1
        return self.done


def gaps() -> list[str]:
    """Return a line for each difference between a record and its audit log."""
    wrong = []
    for model, snapshot in (
        (Organization, snapshots.snapshot),
        (Department, snapshots.snapshot),
        (Partnership, registry.snapshot),
        (Result, snapshot_fields),
        (Measure, measurement.snapshot_measure),
        (Activity, activities.snapshot),
    ):
        kind = record_types.get(model._meta.model_name)
        for record in model.objects.order_by("pk"):
            logged, entries = _replay(record, wrong, kind.follows)
            now = {key: value for key, value in snapshot(record).items() if key not in kind.follows}
            wrong += [
                f"{record} {key}: {logged.get(key)!r}, is {now[key]!r}" for key in now if logged.get(key) != now[key]
            ]
            if record.version != entries:
                wrong.append(f"{record}: version {record.version} after {entries} entries")
    return wrong


def _replay(record, wrong, follows):
    state, entries = {}, 0
    for row in Change.objects.filter(record_type=record._meta.model_name, record_id=record.pk).order_by("pk"):
        entries += row.verb != "merged"  # a merge doesn't change the version of the record that disappears
        for key, value in row.before.items():
            if key not in follows and state.get(key) != value:
                wrong.append(f"{record} {key}: {state.get(key)!r} was there, entry {row.pk} says {value!r}")
        for key in row.before.keys() - row.after.keys():
            state.pop(key, None)
        state |= row.after
    return state, entries


def figure(writes=700):
    """Return the result for bench/figures/qd3.py."""
    from tests.factories import make_jurisdiction

    office = make_jurisdiction()
    player = Player(clock.today().toordinal(), start(office))
    done = player.play(writes)
    return {"wrong": gaps(), "done": dict(done), "writes": sum(n for name, n in done.items() if "refused" not in name)}
