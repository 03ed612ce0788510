"""The edit view: a page with the forms of one record, or of a new one, which one action saves.

Everything that such pages have in common is here: what was typed is checked and saved once, a save that came too late shows
both texts, drafts are drawn without being checked, and nothing typed is ever lost. A page module describes its page in a
subclass of `RecordEdit`, finds the record, asks whether the person may write it, and leaves the rest to `edit_record`.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, ClassVar

from django.forms.formsets import BaseFormSet
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse

from partnerships.core import record_types
from partnerships.core.errors import Stale, ValidationError
from partnerships.web import conflicts
from partnerships.web.drafts import unjudged, version_shown
from partnerships.web.editing import place_errors, raw, rows_to_send, saved, throwaway, typed, version_of

SAVED = "Saved."
SAME = "Nothing was different, so nothing was saved."


@dataclass(frozen=True)
class Section:
    """A part of a record that has a page of its own: some fields of its form, and some of its other forms by their keys. All
    else of the record stays as it is, and is in nobody's way."""

    title: str = ""
    lead: str = ""
    fields: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


@dataclass
class RecordEdit:
    """One editing page. A subclass says at least which form it has and which of its fields the action takes.

    `record` without a primary key is a new one. `form` is the page's form; `parts` are further forms and formsets, each under the
    key that the record's snapshot has for it. `conflict`: what came of a save that came too late.
    """

    request: HttpRequest
    record: Any
    title: str
    section: Section | None = None

    template_name: ClassVar[str] = "record_edit.html"
    form_class: ClassVar[Any] = None
    fields: ClassVar[Sequence[str]] = ()  # of `form`, which the action takes and a snapshot has
    label: ClassVar[str] = ""  # of the form, for those who hear the page
    added: ClassVar[str] = SAVED  # what is said once a new record is saved
    links_history: ClassVar[bool] = False
    # Saves at once where others changed nothing of this page meanwhile. A section always does.
    joins_changes: ClassVar[bool] = False

    def __post_init__(self):
        self.person = self.request.user
        self.form: Any = None
        self.parts: dict[str, Any] = {}
        self.conflict: conflicts.Conflict | None = None
        self.is_asked = False

    # Its forms

    def make_forms(self, data=None) -> None:
        """Makes the forms for the record as it stands, or as they were sent."""
        self.form = self.form_class(data, instance=throwaway(self.record), **self.form_arguments(data))

    def form_arguments(self, data) -> dict:
        return {"person": self.person}

    def holds(self, key) -> bool:
        """Whether the page has this of the forms beside `form`."""
        return self.section is None or key in self.section.parts

    def keep_section(self, section: Section) -> None:
        """Leaves in the forms what belongs to the section alone."""
        names = {*section.fields, "why"}
        self.form.fields = {name: field for name, field in self.form.fields.items() if name in names}
        self.parts = {key: part for key, part in self.parts.items() if key in section.parts}

    def all_forms(self) -> list:
        return [self.form, *self.parts.values()]

    def is_valid(self) -> bool:
        # Each is asked, or the errors of the later ones would be missing from the page.
        return not [form for form in self.all_forms() if not form.is_valid()]

    def made(self, data=None):
        """This page with its forms."""
        self.parts = {}
        self.make_forms(data)
        if self.section:
            self.keep_section(self.section)
        return self

    def made_for(self, current, data=None):
        """The same page for the record as it stands by now."""
        page = copy(self)
        page.record = current
        return page.made(data)

    # What was typed

    @property
    def names(self) -> list[str]:
        return [name for name in self.fields if name in self.form.fields]

    def values(self, leave_out=()) -> dict:
        """The fields as the action takes them, without those in `leave_out`, whose saved texts stand."""
        values = {name: self.form.cleaned_data[name] for name in self.names if name not in leave_out}
        return {name: list(value) if hasattr(value, "model") else value for name, value in values.items()}

    def rows(self, key, leave_out=()) -> list[dict] | None:
        """The rows of a formset as the action takes them; None leaves those that stand."""
        return rows_to_send(self.parts[key]) if key in self.parts and key not in leave_out else None

    def mine(self) -> dict:
        """What was typed, as `comparable` makes it of a snapshot."""
        return typed(self.form, self.names)

    def comparable(self, shot: dict, current) -> dict:
        """A snapshot, its keys in the words that `mine` has."""
        return shot

    def labels(self) -> dict:
        return {name: field.label for name, field in self.form.fields.items()}

    # Saving

    @property
    def versioned(self):
        """The record whose version the form is made from."""
        return self.record

    def has_question(self) -> bool:
        """Whether the page asks something first; then nothing is saved yet."""
        return False

    def save(self, leave_out, version):
        """Calls the action with all but what is in `leave_out`, and gives the record as it was saved."""
        kind = record_types.of(self.record)
        assert kind.save is not None
        return kind.save(
            **{kind.key: self.existing},
            by=self.person,
            fields=self.values(leave_out),
            version=version,
            why=self.form.cleaned_data.get("why", ""),
        )

    @property
    def existing(self):
        """The record, for an action that makes a new one of None."""
        return self.record if self.record.pk else None

    def place_errors(self, problem) -> None:
        rows = {key: part for key, part in self.parts.items() if isinstance(part, BaseFormSet)}
        others = {key: part for key, part in self.parts.items() if key not in rows}
        place_errors(problem, self.form, rows, others)

    def snapshot(self, current) -> dict:
        snapshot = record_types.of(current).snapshot
        assert snapshot is not None
        return snapshot(current)

    def compare(self, stale: Stale) -> conflicts.Conflict:
        """What others changed since, and what both changed."""
        if self.record.pk is None:  # a new one is in nobody's way
            return conflicts.Conflict(version=stale.current.version, given=stale.given)
        return conflicts.compare(
            stale.current,
            stale.given,
            self.snapshot(stale.current),
            self.mine(),
            labels=self.labels(),
            normalize=lambda shot: self.comparable(shot, stale.current),
        )

    def inputs_of(self, key) -> list[str]:
        """The fields of the form in which a key of the snapshot is typed."""
        return [key]

    def merged(self, current, theirs: set[str]):
        """The page as it was sent, with what others alone changed."""
        data, fresh = self.request.POST.copy(), self.made_for(current)
        for name in [name for key in theirs for name in fresh.inputs_of(key) if name in fresh.form.fields]:
            data.setlist(name, raw(fresh.form[name]))
        page = self.made_for(current, data)
        page.parts.update({key: fresh.parts[key] for key in theirs & fresh.parts.keys()})
        return page

    # Afterwards

    def words(self, after) -> str:
        if self.record.pk is None:
            return self.added
        return SAVED if after.version != self.record.version else SAME

    def address(self, after) -> str:
        """Where a save leads."""
        return after.get_absolute_url()

    # The page

    def back(self) -> str:
        return self.record.get_absolute_url() if self.record.pk else reverse(record_types.of(self.record).listed_in)

    def crumbs(self) -> list:
        listed_in = record_types.of(self.record).listed_in
        crumbs = [(listed_in.capitalize(), reverse(listed_in))]
        return [*crumbs, (str(self.record), self.record.get_absolute_url())] if self.record.pk else crumbs

    def context(self) -> dict:
        """What its template takes beside what every page has."""
        return {}


def conflict_of_text(stale: Stale, label: str, mine: str) -> conflicts.Conflict:
    """For a record whose only text is `text`, and which no change log keeps."""
    return conflicts.of_one_text(stale.current, "text", label, mine, stale.given)


def conflict_of_values(now: dict, was: dict, mine: dict, *, labels: dict, last) -> conflicts.Conflict:
    """For a form that sends along what its sender saw (`was`); of what it doesn't say, nothing is known."""
    base = {name: was.get(name, conflicts.UNKNOWN) for name in mine}
    return conflicts.of_values(now, base, mine, labels=labels, last=last)


def edit_record(page: RecordEdit):
    """The page; after a save, the way on."""
    request, after = page.request, None
    page.made(request.POST or None)
    if request.method == "POST":
        page, after = save_or_explain(page)
    return _shown(page) if after is None else saved(request, page.words(after), page.address(after))


def save_or_explain(page: RecordEdit):
    """(the page, the record as it was saved); or, where it isn't, (the page with what is in the way, None)."""
    if not page.is_valid():
        return page, None
    try:
        page.is_asked = page.has_question()
        return (page, None) if page.is_asked else _saved(page)
    except ValidationError as problem:
        page.place_errors(problem)
        return page, None


def _saved(page):
    """Of a section, others may have changed the rest meanwhile: both changes stay."""
    leave_out = conflicts.chosen_theirs(page.request.POST)
    version = version_of(page.request) if page.versioned.pk else None
    while True:
        try:
            return page, page.save(leave_out, version)
        except Stale as stale:
            conflict = page.compare(stale)
            page = page.merged(stale.current, conflict.theirs)
            is_joined = (page.section or page.joins_changes) and stale.given
            if conflict.clashes or conflict.theirs or not is_joined or not page.is_valid():
                page.conflict = conflict
                return page, None
            version = stale.current.version


def _shown(page):
    request, record, conflict, forms = page.request, page.record, page.conflict, page.all_forms()
    unjudged(request, forms)
    context = {
        "title": page.title,
        "lead": page.section.lead if page.section else "",
        "label": page.label,
        "record": record,
        "form": page.form,
        "all_forms": forms,
        "conflict": conflict,
        # What was refused or asked about is still made from the version that its page was.
        "version": version_shown(request, page.versioned, conflict.version if conflict else 0),
        "history_url": _history_of(record) if page.links_history and record.pk else "",
        "back": page.back(),
        "crumbs": page.crumbs(),
    }
    return render(request, page.template_name, context | page.context(), status=_status(page))


def _history_of(record):
    return reverse(f"{record._meta.model_name}_history", args=[record.public_id])


def _status(page):
    if page.conflict:
        return 409
    return 422 if page.is_asked or any(form.is_bound and not form.is_valid() for form in page.all_forms()) else 200
