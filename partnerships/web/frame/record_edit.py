"""The edit view: a page with the forms of one record, existing or new, that are saved by one action.

It has all that edit pages share: validation, saving once, edit conflicts with both texts, drafts that aren't validated,
and keeping all that was typed. A page module describes its page in a subclass of `RecordEdit`, finds the record, checks
whether the person may write it, and calls `edit_record`.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.forms.formsets import BaseFormSet
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core import record_types
from partnerships.core.errors import EditConflict, PossibleDuplicates, ValidationError
from partnerships.core.models import type_key
from partnerships.core.types import Text
from partnerships.web.frame import conflicts
from partnerships.web.frame.drafts import version_shown, without_validation
from partnerships.web.frame.editing import (
    add_errors,
    add_model_errors,
    form_copy,
    raw_values,
    redirect_after_save,
    rows_to_send,
    typed_values,
    version_of,
)
from partnerships.web.frame.requests import SignedInRequest
from partnerships.web.frame.steps import posted_data

SAVED = _("Saved.")
SAME = _("You didn’t change anything, so there was nothing to save.")


@dataclass(frozen=True)
class Section:
    """A part of a record with an edit page of its own.

    `fields` are some of its form's fields, and `parts` some of its further forms. The rest of the record stays as it
    is, and changes to it cause no edit conflict.
    """

    title: Text = ""
    lead: Text = ""
    fields: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


@dataclass
class RecordEdit:
    """One edit page. A subclass sets at least `form_class` and `fields`.

    A `record` without a primary key is new. `form` is the main form. `parts` are further forms and formsets, by their
    keys in the record's snapshot. `conflict` is set after an edit conflict.
    """

    request: SignedInRequest
    record: Any
    title: Text
    section: Section | None = None

    template_name: ClassVar[str] = "record_edit.html"
    form_class: ClassVar[Any] = None
    fields: ClassVar[Sequence[str]] = ()  # fields of `form` that the action takes and a snapshot has
    label: ClassVar[Text] = ""  # the accessible name of the form
    added: ClassVar[Text] = SAVED  # the message after a new record is saved
    links_history: ClassVar[bool] = False
    # Whether to save despite an edit conflict if no one else changed the fields of this page. Sections always do.
    joins_changes: ClassVar[bool] = False

    def __post_init__(self):
        self.person = self.request.user
        self.form: Any = None
        self.parts: dict[str, Any] = {}
        self.conflict: conflicts.Conflict | None = None
        self.is_asked = False
        self.duplicates: Sequence = ()  # what the record may duplicate, to show before it's saved

    # Forms

    def make_forms(self, data=None) -> None:
        """Create the forms for the record, bound to `data` if there is any."""
        self.form = self.form_class(data, instance=form_copy(self.record), **self.form_arguments(data))

    def form_arguments(self, data) -> dict:
        return {"person": self.person}

    def holds(self, key) -> bool:
        """Whether the page has the further form with this key."""
        return self.section is None or key in self.section.parts

    def keep_section(self, section: Section) -> None:
        """Remove all fields and forms that aren't part of the section."""
        names = {*section.fields, "why"}
        self.form.fields = {name: field for name, field in self.form.fields.items() if name in names}
        self.parts = {key: part for key, part in self.parts.items() if key in section.parts}

    def all_forms(self) -> list:
        return [self.form, *self.parts.values()]

    def is_valid(self) -> bool:
        # A list and not a generator, so that each form is validated and shows its errors.
        return not [form for form in self.all_forms() if not form.is_valid()]

    def made(self, data=None):
        """Create the forms of this page, and return the page."""
        self.parts = {}
        self.make_forms(data)
        if self.section:
            self.keep_section(self.section)
        return self

    def made_for(self, current, data=None):
        """A copy of this page for the current state of the record."""
        page = copy(self)
        page.record = current
        return page.made(data)

    # Typed values

    @property
    def names(self) -> list[str]:
        return [name for name in self.fields if name in self.form.fields]

    def values(self, leave_out=()) -> dict:
        """The field values for the action, without those in `leave_out`, for which the saved values stay."""
        values = {name: self.form.cleaned_data[name] for name in self.names if name not in leave_out}
        return {name: _listed(value) if isinstance(value, QuerySet) else value for name, value in values.items()}

    def rows(self, key, leave_out=()) -> list[dict] | None:
        """The rows of a formset for the action. None leaves the saved rows unchanged."""
        return rows_to_send(self.parts[key]) if key in self.parts and key not in leave_out else None

    def submitted(self) -> dict:
        """The typed values, in the form of `comparable`."""
        return typed_values(self.form, self.names)

    def comparable(self, snapshot: dict, current) -> dict:
        """A snapshot with the keys and values that `submitted` has."""
        return snapshot

    def labels(self) -> dict:
        return {name: field.label for name, field in self.form.fields.items()}

    # Saving

    @property
    def versioned(self):
        """The record whose version the form sends."""
        return self.record

    @property
    def version_name(self) -> str:
        """The input that has the version."""
        return "version"

    def has_question(self) -> bool:
        """Whether the page asks a question before it saves."""
        return False

    def check_rest(self) -> None:
        """Check what only the action checks, as far as the forms' fields are right. Raises ValidationError.

        It's called if the forms are refused, so that people see all errors at once.
        """

    def save(self, leave_out, version):
        """Call the action with all except `leave_out`, and return the saved record.

        Raises ValidationError, or EditConflict for an edit conflict.
        """
        kind = record_types.for_record(self.record)
        return kind.save(
            **{kind.key: self.existing},
            by=self.person,
            fields=self.values(leave_out),
            version=version,
            why=self.form.cleaned_data.get("why", ""),
        )

    @property
    def existing(self):
        """The record, or None for an action that creates one."""
        return self.record if self.record.pk else None

    def place_errors(self, problem) -> None:
        rows = {key: part for key, part in self.parts.items() if isinstance(part, BaseFormSet)}
        others = {key: part for key, part in self.parts.items() if key not in rows}
        add_errors(problem, self.form, rows, others)

    def snapshot(self, current) -> dict:
        return record_types.for_record(current).snapshot(current)

    def compare(self, stale: EditConflict) -> conflicts.Conflict:
        """What others have changed since, and what both sides changed."""
        if self.record.pk is None:  # no one else can have changed a new record
            return conflicts.Conflict(version=stale.current.version, given=stale.given)
        return conflicts.compare(
            stale.current,
            stale.given,
            self.snapshot(stale.current),
            self.submitted(),
            labels=self.labels(),
            normalize=lambda snapshot: self.comparable(snapshot, stale.current),
        )

    def inputs_of(self, key) -> list[str]:
        """The form fields in which a key of the snapshot is typed."""
        return [key]

    def merged(self, current, theirs: set[str]):
        """The page as it was sent, plus the fields that only others changed."""
        data, fresh = self.request.POST.copy(), self.made_for(current)
        for name in [name for key in theirs for name in fresh.inputs_of(key) if name in fresh.form.fields]:
            data.setlist(fresh.form.add_prefix(name), raw_values(fresh.form[name]))
        page = self.made_for(current, data)
        page.parts.update({key: fresh.parts[key] for key in theirs & fresh.parts.keys()})
        return page

    # After saving

    def saved_message(self, after) -> Text:
        """What the next page says. `after`: the record as it is now, which may be unchanged."""
        if self.record.pk is None:
            return self.added
        return SAVED if after.version != self.record.version else SAME

    def saved_url(self, after) -> str:
        """The URL to redirect to after saving."""
        return after.get_absolute_url()

    # The page

    def back(self) -> str:
        """The URL to which the page leads without saving."""
        return (
            self.record.get_absolute_url()
            if self.record.pk
            else reverse(record_types.for_record(self.record).listed_in)
        )

    def crumbs(self) -> list:
        listed_in = record_types.for_record(self.record).listed_in
        crumbs = [(gettext(listed_in.capitalize()), reverse(listed_in))]
        return [*crumbs, (str(self.record), self.record.get_absolute_url())] if self.record.pk else crumbs

    def context(self) -> dict:
        """Additional context for the template."""
        return {}


def _listed(rows: QuerySet) -> list:
    """The chosen records. For none, Django would write a statement that it then doesn't run."""
    return [] if rows.query.is_empty() else list(rows)


def conflict_of_text(stale: EditConflict, label: str, mine: str) -> conflicts.Conflict:
    """The edit conflict of a record that has only a `text`, which the audit log doesn't keep."""
    return conflicts.of_one_text(stale.current, "text", label, mine, stale.given)


def conflict_of_values(now: dict, was: dict, mine: dict, *, labels: dict, last) -> conflicts.Conflict:
    """The edit conflict of a form that sends the values that its sender saw (`was`).

    What is missing there counts as unknown.
    """
    base = {name: was.get(name, conflicts.UNKNOWN) for name in mine}
    return conflicts.of_values(now, base, mine, labels=labels, last=last)


def edit_record(page: RecordEdit):
    """The response of an edit page: the page, or a redirect after saving."""
    request, after = page.request, None
    page.made(posted_data(request))
    if request.method == "POST":
        page, after = save_or_explain(page)
    return (
        _edit_page(page)
        if after is None
        else redirect_after_save(request, page.saved_message(after), page.saved_url(after))
    )


def save_or_explain(page: RecordEdit):
    """Validate and save. Returns (page, saved record), or (page with errors, conflict or question, None)."""
    if not page.is_valid():
        add_model_errors(page.all_forms())
        try:
            page.check_rest()
        except ValidationError as problem:
            page.place_errors(problem)
        return page, None
    try:
        page.is_asked = page.has_question()
        return (page, None) if page.is_asked else _saved(page)
    except PossibleDuplicates as problem:
        page.is_asked, page.duplicates = True, problem.duplicates
        return page, None
    except ValidationError as problem:
        page.place_errors(problem)
        return page, None


def _saved(page):
    """Save the page. If others changed only what isn't in its section, save again on top of their version."""
    leave_out = conflicts.chosen_theirs(page.request.POST, page.form)
    version = version_of(page.request, page.version_name) if page.versioned.pk else None
    while True:
        try:
            return page, page.save(leave_out, version)
        except EditConflict as stale:
            conflict = page.compare(stale)
            page = page.merged(stale.current, conflict.theirs)
            is_joined = (page.section or page.joins_changes) and stale.given
            if conflict.clashes or conflict.theirs or not is_joined or not page.is_valid():
                conflict.name_for(page.form)
                page.conflict = conflict
                return page, None
            version = stale.current.version


def _edit_page(page):
    request, record, conflict, forms = page.request, page.record, page.conflict, page.all_forms()
    without_validation(request, forms)
    status, in_place = _status(page), bool(request.htmx)
    context = {
        "frame_template": "in_place.html" if in_place else "base.html",
        "in_place": in_place,
        "is_refused": status != 200,
        "title": page.title,
        "lead": page.section.lead if page.section else "",
        "label": page.label,
        "record": record,
        "form": page.form,
        "all_forms": forms,
        "conflict": conflict,
        # A form with errors or a question still refers to the version that it was rendered with.
        "version": version_shown(request, page.versioned, conflict.version if conflict else 0),
        "history_url": reverse(f"{type_key(record)}_history", args=[record.public_id])
        if page.links_history and record.pk
        else "",
        "back": page.back(),
        "crumbs": page.crumbs(),
    }
    return render(request, page.template_name, context | page.context(), status=status)


def _status(page):
    if page.conflict:
        return 409
    return 422 if page.is_asked or any(form.is_bound and not form.is_valid() for form in page.all_forms()) else 200
