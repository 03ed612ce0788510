"""Edit pages of partnerships: add, edit, publish, unpublish, close."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import partial

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from partnerships.assessment import portfolios
from partnerships.core.access import require
from partnerships.core.children import joined
from partnerships.core.errors import ValidationError
from partnerships.core.fields import ProseInput
from partnerships.core.models import related_model
from partnerships.core.snapshots import serialize
from partnerships.meetings import series
from partnerships.meetings.queries import next_meetings
from partnerships.registry import actions, checks, party_queries, party_rows, queries, rules
from partnerships.registry.choices import KIND_FACTS, Kind
from partnerships.registry.models import Partnership
from partnerships.web.components.partnerships import crumbs_to_partnership, partnership_url
from partnerships.web.frame.drafts import with_drafts
from partnerships.web.frame.editing import form_copy, typed_values, version_of
from partnerships.web.frame.forms.entities import suggestions
from partnerships.web.frame.forms.folds import Fold
from partnerships.web.frame.record_edit import RecordEdit, Section, edit_record
from partnerships.web.frame.steps import Step, take_step
from partnerships.web.partnerships.forms import partnership as made

# The parts of a partnership with an edit page of their own, by the tab that shows them. The overview has two.
SECTIONS = {
    "overview": Section(
        _("Edit the overview"),
        fields=("title", "kind", "lead", "status", "starts_on", "ends_on", "status_reason", "summary"),
    ),
    "about": Section(
        _("Edit purpose, issue areas and communities"), fields=("purpose", "engagement", "issue_areas", "communities")
    ),
    "partners": Section(_("Edit the partners"), fields=("backbone_is_shared",), parts=("parties",)),
    "timeline": Section(_("Edit where it came from"), fields=("origin", "origin_note", "lessons")),
    "agreement": Section(
        _("Edit the agreement"),
        _("Only details that fit this type of partnership are here."),
        fields=("common_agenda",),
        parts=(*made.ONE_ROW, *made.MANY_ROWS),
    ),
    "office": Section(_("Edit the source and internal notes"), fields=("source", "last_verified_on", "internal_notes")),
}  # fmt: skip

# The form of a whole partnership folds these, and the facts of its type: title → fields. None of them is required.
FOLDED = {
    _("Promise to the community, common agenda, backbone"): ("engagement", "common_agenda", "backbone_is_shared"),
    _("Where it came from, and lessons learned"): ("origin", "origin_note", "lessons"),
    _("Source, internal notes, and the reason for this change"): (
        "source",
        "last_verified_on",
        "internal_notes",
        "why",
    ),
}


@dataclass
class PartnershipEdit(RecordEdit):
    """`kind` is the type of a new partnership.

    `given` and `seated` are the initial values of its form and its rows of parties.
    """

    kind: str = ""
    given: dict = field(default_factory=dict)
    seated: Sequence = ()

    template_name = "partnerships/edit.html"
    fields = made.PartnershipForm.Meta.fields
    added = _("Saved as a draft. Only your office can see it.")

    def make_forms(self, data=None):
        record = self.record
        sent = None if self.section else (data or {}).get("kind")  # no section has both the type and what depends on it
        kind = self.kind or sent or record.kind
        parties = self._parties()
        self.form = made.PartnershipForm(
            data,
            instance=form_copy(record),
            person=self.person,
            initial={"kind": kind} | self.given if not record.pk else None,
        )
        if self.holds("parties"):
            self.parts["parties"] = made.PartyFormSet(
                data,
                prefix="parties",
                form_kwargs={"person": self.person},
                initial=[made.party_initial(party) for party in parties] or self._proposed_parties(kind),
            )
        shown = {*KIND_FACTS.get(kind, ()), "documents"}
        shown |= {name for name in made.ONE_ROW if record.pk and hasattr(record, name)}
        for name, (_title, form_class) in made.ONE_ROW.items():
            if name in shown and self.holds(name):
                self.parts[name] = form_class(data, prefix=name, instance=_copy_row(record, name))
        for name, (_title, form_class) in made.MANY_ROWS.items():
            if name in shown and self.holds(name):
                kwargs = {"form_kwargs": {"parties": parties}} if issubclass(form_class, made._OfPartiesForm) else {}
                initial = [_row_initial(row) for row in getattr(record, name).all()] if record.pk else []
                self.parts[name] = made.row_formset(form_class)(data, prefix=name, initial=initial, **kwargs)

    def _parties(self):
        if not self.record.pk or (self.section and not self.section.parts):
            return []
        return list(party_queries.parties_to_edit(self.record))

    def _proposed_parties(self, kind):
        """The initial rows of a new partnership: the partners chosen before, and the role that this type needs."""
        needed = [{"roles": [checks.NEEDED_ROLE[kind]]}] if self.kind and kind in checks.NEEDED_ROLE else []
        return [*self.seated, *needed]

    def check_rest(self):
        problems = []
        if parties := self.parts.get("parties"):
            parties.sent = [row for row in parties.forms if not row.errors and row.as_row()]
            try:
                party_rows.refuse_twice([row.as_row() for row in parties.sent])
            except ValidationError as problem:
                problems.append(problem)
        names, data, record = {"status", "ends_on", "status_reason"}, self.form.cleaned_data, copy(self.record)
        for name in names & data.keys():
            setattr(record, name, data[name])
        if record.is_published and not names & self.form.errors.keys() and (words := checks.end_problem(record)):
            problems.append(ValidationError({"status": words}))
        if problems:
            raise joined(problems)

    def save(self, leave_out, version):
        parties = self.rows("parties")
        facts = self._facts(parties)
        return actions.save_partnership(
            partnership=self.existing,
            by=self.person,
            fields=self.values(leave_out),
            version=version,
            why=self.form.cleaned_data["why"],
            parties=None if "parties" in leave_out else parties,
            words_leave="words_leave" in self.request.POST,
            facts={name: value for name, value in facts.items() if name not in leave_out},
        )

    def _facts(self, parties):
        """The facts for the action, in which rows refer to parties by their index in the list."""
        if parties is None:
            parties = [{"id": pk} for pk in self.record.parties.values_list("pk", flat=True)]
        places, facts = {str(row["id"]): index for index, row in enumerate(parties) if row.get("id")}, {}
        for name in [name for name in self.parts if name != "parties"]:
            if name in made.ONE_ROW:
                facts[name] = None if self.parts[name].is_empty() else self.parts[name].cleaned_data
                continue
            rows = facts[name] = self.rows(name) or []
            for row in rows:
                for key in {"held_by", "shared_by"} & row.keys():
                    row[key] = places.get(row[key])
                if "adopted_by" in row:
                    row["adopted_by"] = [places[pk] for pk in row["adopted_by"] if pk in places]
        return facts

    def submitted(self):
        mine = super().submitted()
        for name, part in self.parts.items():
            if name == "parties":
                mine[name] = [party_line(row) for row in self.rows(name) or ()]
            elif name in made.ONE_ROW:
                mine[name] = {} if part.is_empty() else typed_values(part, part.fields)
            else:
                self.rows(name)
                mine[name] = [_row_words(form) for form in part.sent]
        return mine

    def comparable(self, snapshot, current):
        """A snapshot reduced to what the forms contain: parties as lines of text, facts as their fields."""
        snapshot = snapshot | {"parties": [party_line(party) for party in snapshot["parties"]]}
        for name, (_title, form) in made.ONE_ROW.items():
            snapshot[name] = {key: snapshot[name].get(key) for key in form.base_fields} if snapshot[name] else {}
        for name, (_title, form) in made.MANY_ROWS.items():
            keys = [key for key in form.base_fields if key != "id"]
            snapshot[name] = [{key: row.get(key) for key in keys} for row in snapshot[name]]
        return snapshot

    def saved_url(self, after):
        return self._tab or super().saved_url(after)

    def back(self):
        return self._tab or super().back()

    def _pages(self) -> list[dict]:
        """The edit pages of this partnership, with their URLs, except this one."""
        pages = [(f"partnership_{key}_edit", one.title) for key, one in SECTIONS.items() if one is not self.section]
        if self.section:
            pages.append(("partnership_edit", gettext("Edit everything on one page")))
        return [{"title": title, "url": reverse(route, args=[self.record.public_id])} for route, title in pages]

    @property
    def _tab(self) -> str:
        """The URL of the tab that shows the section, if the page has only one section."""
        key = next((key for key, section in SECTIONS.items() if section is self.section), "")
        return partnership_url(self.record, "overview" if key == "about" else key) if key else ""

    def context(self):
        folded = {} if self.section else FOLDED
        folded_names = {name for names in folded.values() for name in names}
        facts = [(made.ONE_ROW[name][0], part) for name, part in self.parts.items() if name in made.ONE_ROW]
        lists = [(made.MANY_ROWS[name][0], part) for name, part in self.parts.items() if name in made.MANY_ROWS]
        folds = [Fold(title, [self.form[name] for name in names]) for title, names in folded.items()]
        folds += [Fold(title, [*form]) for title, form in facts] + [Fold(title, rows=rows) for title, rows in lists]
        return {
            "pages": self._pages() if self.record.pk else [],
            "fields": [field for field in self.form if field.name not in folded_names],
            "form_is_last": bool(self.section and self.section.parts),
            "parties": self.parts.get("parties"),
            "folds": folds if folded else [],
            "facts": [] if folded else facts,
            "lists": [] if folded else lists,
            "suggested": suggestions(self.person) if self.holds("parties") else [],
            "drops_words": self.form.has_error(NON_FIELD_ERRORS, "has_spoken") or "words_leave" in self.request.POST,
        }


def _row_words(form):
    """A row of facts as its snapshot has it, with parties by name."""
    words = typed_values(form, [name for name in form.fields if name not in ("id", "DELETE")])
    for name in getattr(form, "PARTY_FIELDS", ()):
        labels = dict(form.fields[name].choices)
        value = words[name]
        words[name] = (
            sorted(labels[pk] for pk in value) if isinstance(value, list) else labels.get(value) if value else None
        )
    return words


def _copy_row(record, name):
    row = getattr(record, name, None) if record.pk else None
    return form_copy(row) if row else related_model(Partnership, name)()


def _row_initial(row):
    values = {f.name: getattr(row, f.attname) for f in row._meta.concrete_fields} | {"id": row.pk}
    for name in ("held_by", "shared_by"):
        if name in values:
            values[name] = str(values[name] or "")
    if hasattr(row, "adopted_by"):
        values["adopted_by"] = [str(party.pk) for party in row.adopted_by.all()]
    return values


def party_line(row) -> str:
    """A party in one line. `row` is from a form or a snapshot."""
    roles = ", ".join(sorted(role["role"] for role in row["roles"]))
    hours = [f"{role['hours_per_month']} hours" for role in row["roles"] if role.get("hours_per_month")]
    words = [serialize(made.who_is(row)), roles, *hours, row["circle"], row["contribution"], row["internal_notes"]]
    dates = [str(serialize(row[name])) for name in ("starts_on", "ends_on", "consented_on") if row[name]]
    return " · ".join(filter(None, [*words, *dates]))


@with_drafts("kind")
def new(request, kind, given=None, seated=()):
    """The form for a new partnership of this type. Its initial values are from `starting`."""
    title = gettext("New: %(kind)s") % {"kind": Kind(kind).label.lower()}
    page = PartnershipEdit(request, Partnership(), title, kind=kind, given=given or {}, seated=seated)
    return edit_record(page)


@require_http_methods(["GET", "POST"])
@with_drafts()
def edit(request, public_id):
    record = queries.partnership_to_edit(request.user, public_id)
    require(rules.may_write_partnership(request.user, record))
    return edit_record(PartnershipEdit(request, record, gettext("Edit: %(title)s") % {"title": record.title}))


@require_http_methods(["GET", "POST"])
@with_drafts()
def edit_part(request, public_id, key):
    """The short form of one of the SECTIONS."""
    record, section = queries.partnership_to_edit(request.user, public_id), SECTIONS[key]
    require(rules.may_write_partnership(request.user, record))
    return edit_record(PartnershipEdit(request, record, section.title, section=section))


class ReasonForm(forms.Form):
    why = forms.CharField(
        label=_("Why"), max_length=300, required=False, help_text=_("Optional. Appears in the history.")
    )


class EndForm(forms.Form):
    """`planned`: how many meetings are ahead."""

    ends_on = forms.DateField(label=_("End date"))
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=ProseInput(attrs={"rows": 3}))
    lessons = forms.CharField(
        label=_("What was learned"), max_length=3000, required=False, widget=ProseInput(attrs={"rows": 4})
    )
    asks_say = forms.BooleanField(
        label=_("Ask both sides how much influence the community had"),
        required=False,
        initial=True,
        help_text=_(
            "People who speak for a partner here get an email with one question. It stays open for three weeks. Replies to the "
            "email go to your email address."
        ),
    )
    cancels_meetings = forms.BooleanField(
        label=_("Cancel the meetings after the end date"),
        required=False,
        initial=True,
        help_text=_(
            "Everyone who was invited gets an email. Meetings that you keep stay on its pages, without reminders."
        ),
    )

    def __init__(self, *args, planned, **kwargs):
        super().__init__(*args, **kwargs)
        if not planned:
            del self.fields["cancels_meetings"]


def step(request, record, form_class, act, *, to=None, **texts):
    """A step for a partnership. `act(record, version, data)` returns the success message. `to`: a tab with its place."""
    require(rules.may_write_partnership(request.user, record))

    def page(record):
        crumbs = crumbs_to_partnership(record)
        return Step(record=record, back=record.get_absolute_url(), crumbs=crumbs, **texts)

    form = form_class(request.POST or None)
    to = partnership_url(record, *to) if to else record.get_absolute_url()
    return take_step(request, form, lambda data: act(record, version_of(request), data), page, record, to=to)


@require_http_methods(["GET", "POST"])
def publish(request, public_id):
    def act(record, version, data):
        actions.publish_partnership(partnership=record, by=request.user, version=version, why=data["why"])
        if hidden:
            return gettext(
                "Published. Everyone can see it now, except the partners who are unlisted or haven’t agreed."
            )
        return gettext("Published. Everyone can see it now.")

    record = queries.partnership(request.user, public_id)
    hidden = checks.partners_not_public(record)
    missing = list(checks.problems(record).values())
    return step(
        request,
        record,
        ReasonForm,
        act,
        title=gettext("Publish “%(title)s”?") % {"title": record.title},
        text=gettext(
            "Everyone will be able to see it on pages, in search and through the API. You can unpublish it at any time."
        ),
        points=missing or hidden,
        points_title=(
            gettext("Before you can publish")
            if missing
            else gettext("The public won’t see these partners. They’re unlisted, or haven’t agreed.")
        ),
        button=gettext("Publish"),
    )


@require_http_methods(["GET", "POST"])
def withdraw(request, public_id):
    def act(record, version, data):
        actions.withdraw_partnership(partnership=record, by=request.user, version=version, why=data["why"])
        return gettext("Unpublished. Only your office, and people you share the draft with, can see it.")

    return step(
        request,
        queries.partnership(request.user, public_id),
        ReasonForm,
        act,
        title=gettext("Unpublish this partnership?"),
        text=gettext(
            "It’s removed from all public pages, search and the API right away. Nothing is deleted, and you can publish it "
            "again."
        ),
        button=gettext("Unpublish"),
    )


@require_http_methods(["GET", "POST"])
def end(request, public_id):
    def act(record, version, data):
        wants_say, cancels = data.pop("asks_say"), data.pop("cancels_meetings", False)
        ended = actions.end_partnership(partnership=record, by=request.user, version=version, **data)
        if cancels:
            series.cancel_after(partnership=ended, day=data["ends_on"], by=request.user)
        if wants_say and portfolios.ask_what_was_given(partnership=record, by=request.user):
            return gettext(
                "Closed. We’ll ask both sides how much influence the community had. The record stays, with what was learned."
            )
        return gettext("Closed. The record stays, with what was learned.")

    record = queries.partnership(request.user, public_id)
    planned = next_meetings(request.user, record, most=1)
    return step(
        request,
        record,
        partial(EndForm, planned=planned),
        act,
        title=gettext("Close this partnership"),
        text=gettext(
            "The record stays public. It says when and why the work ended. You can reopen it by editing its status: "
            "its history keeps the end date and the reason."
        ),
        button=gettext("Close partnership"),
    )
