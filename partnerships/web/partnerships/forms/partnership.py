"""Forms of a partnership: its fields, its parties, and the facts of its type."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core.access import is_administrator
from partnerships.core.models import type_key
from partnerships.core.types import Text
from partnerships.directory import queries as directory
from partnerships.registry.choices import AskAnswer, Circle, Role
from partnerships.registry.models import (
    AdvisoryBody,
    Agreement,
    Ask,
    Document,
    JointProject,
    Partnership,
    Party,
    Practice,
    Seat,
    Training,
)
from partnerships.web.frame.forms.entities import EntityField, PickedField
from partnerships.web.frame.forms.fields import field_of, row_number
from partnerships.web.frame.forms.folds import Fold
from partnerships.web.frame.forms.record import RecordForm, Rows, fields_of

MOST_IN_SELECT = 20  # of more lead agencies, people type a name
NAME_OR_ID = _("A name from the directory, or an ID.")
_DATES = {"starts_on": _("Start date"), "ends_on": _("End date")}


class PartnershipForm(RecordForm):
    """`person` limits the lead agencies to those that they may write for."""

    field_order = (
        "title", "kind", "lead", "purpose", "status", "summary", "status_reason", "starts_on", "ends_on", "origin",
        "origin_note", "engagement", "issue_areas", "communities", "common_agenda", "backbone_is_shared", "lessons",
        "source", "last_verified_on", "internal_notes",
    )  # fmt: skip

    class Meta:
        model = Partnership
        fields = fields_of("partnership")
        widgets = {"issue_areas": forms.CheckboxSelectMultiple, "communities": forms.CheckboxSelectMultiple}

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["status_reason"].widget.attrs["rows"] = 2
        leads = directory.jurisdictions_of_editor(person)
        if self.instance.lead_id:
            leads = leads | leads.model.objects.filter(pk=self.instance.lead_id)
        lead, leads, count = field_of(self, "lead", forms.ModelChoiceField), leads.distinct(), leads.count()
        if self.instance.pk and not is_administrator(person):
            lead.help_text = gettext(
                "Its staff keep this record. To hand it over to a jurisdiction where you aren’t an editor, ask an "
                "administrator of the registry."
            )
        if count > MOST_IN_SELECT:
            self.fields["lead"] = PickedField(
                leads, person=person, prefixes="J", label=lead.label, help_text=lead.help_text or NAME_OR_ID
            )
        else:
            lead.queryset, lead.empty_label = leads, None if count == 1 else gettext("Choose one")


class PartyForm(forms.ModelForm):
    """A party. An empty row is ignored."""

    entity = EntityField(person=None, label=_("Partner"), required=False, help_text=NAME_OR_ID)
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("If you check none for a new partner, it’s a participant."),
    )
    hours = forms.IntegerField(
        label=_("Backbone hours per month"),
        min_value=1,
        max_value=2000,
        required=False,
        help_text=_("Only for the backbone role."),
    )
    id = forms.IntegerField(widget=forms.HiddenInput, required=False)

    is_row = True  # of a formset
    FOLDED = ("hours", "starts_on", "ends_on", "consented_on", "internal_notes")

    class Meta:
        model = Party
        fields = ("circle", "starts_on", "ends_on", "contribution", "consented_on", "internal_notes")
        labels = {"circle": _("Circle"), "internal_notes": _("Internal notes"), **_DATES}

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        entity = field_of(self, "entity", EntityField)
        entity.person, entity.kept = person, self.initial.get("entity")
        field_of(self, "circle", forms.ChoiceField).choices = [("", gettext("Not recorded yet")), *Circle.choices]
        self.fields["contribution"].label = gettext("Contribution")
        self.fields["contribution"].widget.attrs["rows"] = self.fields["internal_notes"].widget.attrs["rows"] = 2
        self.order_fields(["id", "entity", "circle", "roles", "contribution"])
        self.legend = gettext("Partner %(number)s") % {"number": row_number(self)} if self.is_row else ""

    @property
    def is_saved(self) -> bool:
        """Whether it's of a partner that is recorded already, whose roles no one has to say."""
        return bool(self.initial.get("id"))

    @property
    def is_proposed(self) -> bool:
        """Whether it's for a partner that this type of partnership needs, with only its role known."""
        return bool(self.initial) and not self.initial.get("entity")

    @property
    def summary(self) -> str:
        """The title of a collapsed row. Empty for a new one."""
        entity = self.initial.get("entity")
        roles = ", ".join(str(Role(role).label) for role in self.initial.get("roles", ()))
        return " · ".join(filter(None, [str(entity or ""), roles]))

    def first_fields(self) -> list:
        return [self[name] for name in self.fields if name not in (*self.FOLDED, "DELETE")]

    def folded_fields(self) -> list:
        return [self[name] for name in self.FOLDED]

    @property
    def fold(self) -> Fold:
        """What a row of a formset folds."""
        return Fold(gettext("Hours, dates and internal notes"), self.folded_fields())

    def _post_clean(self):
        """The action validates the party, since it knows its partnership and side."""

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        names = cleaned.keys() - {"id", "DELETE", "entity"}
        typed = any(cleaned.get(name) for name in (names & set(self.changed_data) if self.is_proposed else names))
        if typed and not cleaned.get("entity") and "entity" not in self.errors and not cleaned.get("DELETE"):
            self.add_error("entity", gettext("Enter the name of the partner, or remove the row."))
        return cleaned

    def as_row(self) -> dict | None:
        """The party as the action expects it, or None for an empty or removed row."""
        data = dict(self.cleaned_data)
        if data.pop("DELETE", False) or not data.get("entity"):
            return None
        entity, hours = data.pop("entity"), data.pop("hours")
        row = {"jurisdiction": None, "department": None, "organization": None} | data
        row[type_key(entity)] = entity
        roles = data["roles"] or ([] if self.is_saved else [Role.MEMBER])
        row["roles"] = [{"role": role, "hours_per_month": hours if role == Role.BACKBONE else None} for role in roles]
        return {key: value for key, value in row.items() if key != "id" or value}


class PartnerForm(PartyForm):
    """The short form of one partner. `partner` is its office or organization, or None for a new one."""

    DELETE = forms.BooleanField(label=_("Remove this partner"), required=False)
    is_row = False

    def __init__(self, *args, partner, **kwargs):
        super().__init__(*args, **kwargs)
        self.partner = partner
        self.fields["entity"].required = True
        for name in ("id", "entity" if partner else "DELETE"):
            del self.fields[name]

    def clean(self):
        if self.partner:
            self.cleaned_data["entity"] = self.partner
        return super().clean()


class PartyRows(Rows):
    add_label = _("Add another partner")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if any(not row.get("entity") for row in self.initial or ()):
            self.open_rows, self.extra = 0, 1  # the row of the partner that is needed is one of them, and open

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.starts_open = form.starts_open or form.is_proposed


PartyFormSet = forms.formset_factory(
    PartyForm, formset=PartyRows, extra=2, can_delete=True, can_delete_extra=False, max_num=200, validate_max=True
)


def who_is(row):
    """The office or organization of a row for the action, or of one in a snapshot."""
    return row["organization"] or row["department"] or row["jurisdiction"]


def unchanged_row(party) -> dict:
    """The row for the action of a party that stays as it is."""
    row = {"jurisdiction": None, "department": None, "organization": None}
    roles = [{"role": role.role} for role in party.roles.all()]
    return row | {type_key(party.entity): party.entity, "circle": party.circle, "roles": roles}


def party_initial(party) -> dict:
    roles = list(party.roles.all())
    hours = [role.hours_per_month for role in roles if role.role == Role.BACKBONE]
    names = ("circle", "starts_on", "ends_on", "contribution", "consented_on", "internal_notes")
    return {name: getattr(party, name) for name in names} | {
        "id": party.pk,
        "entity": party.entity,
        "roles": [role.role for role in roles],
        "hours": hours[0] if hours else None,
    }


def _fact_form(model, *names, **labels):
    """A form for facts that have one row. The action validates the row."""
    meta = type("Meta", (), {"model": model, "fields": names, "labels": labels})
    return type(f"{model.__name__}Form", (_FactForm,), {"Meta": meta})


class _FactForm(forms.ModelForm):
    def is_empty(self) -> bool:
        return not any(value not in (None, "", []) for name, value in self.cleaned_data.items() if name != "currency")

    def _post_clean(self):
        pass


ONE_ROW = {
    "agreement": (
        _("Agreement"),
        _fact_form(
            Agreement,
            *("amount", "currency", "starts_on", "ends_on", "scope", "payment_days", "renewal"),
            amount=_("Amount"),
            currency=_("Currency"),
            scope=_("Scope"),
            **_DATES,
        ),
    ),
    "training": (
        _("Training"),
        _fact_form(
            Training,
            *("audience", "hours", "evaluator"),
            audience=_("Audience"),
            hours=_("Hours"),
            evaluator=_("Evaluator"),
        ),
    ),
    "advisory_body": (
        _("Advisory body"),
        _fact_form(
            AdvisoryBody,
            *("seat_count", "term_months", "position", "chosen_how", "decides_what", "decides_how", "compensation"),
            compensation=_("Compensation"),
        ),
    ),
    "joint_project": (
        _("Joint project"),
        _fact_form(
            JointProject,
            *("outcomes", "budget", "budget_split"),
            outcomes=_("Outcomes"),
            budget=_("Budget"),
            budget_split=_("Budget split"),
        ),
    ),
}


class _RowForm(forms.ModelForm):
    """A form for facts that have several rows. The action validates each row."""

    ADD = _("Add another row")
    id = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.legend = gettext("Row %(number)s") % {"number": row_number(self)}
        for field in self.fields.values():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 2

    @property
    def summary(self) -> str:
        return str(self.initial.get("title") or self.initial.get("text") or "")

    def _post_clean(self):
        pass

    def as_row(self):
        data = dict(self.cleaned_data)
        if data.pop("DELETE", False) or not any(value for name, value in data.items() if name != "id"):
            return None
        return {key: value for key, value in data.items() if key != "id" or value}


class AskForm(_RowForm):
    ADD = _("Add another ask")

    class Meta:
        model = Ask
        fields = ("text", "asked_on", "answer", "answer_reason", "answer_due_on", "answered_on", "delivered_on")
        labels = {
            "text": _("The ask"),
            "asked_on": _("Asked on"),
            "answer": _("The government’s answer"),
            "answer_reason": _("Answer reason"),
            "answer_due_on": _("Answer due on"),
            "answered_on": _("Answered on"),
            "delivered_on": _("Delivered on"),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "answer", forms.ChoiceField).choices = [("", gettext("No answer yet")), *AskAnswer.choices]


class _OfPartiesForm(_RowForm):
    """A row that refers to parties of the saved partnership."""

    PARTY_FIELDS: tuple[str, ...] = ()

    def __init__(self, *args, parties=(), **kwargs):
        super().__init__(*args, **kwargs)
        named = [(str(party.pk), str(party)) for party in parties]
        for name in self.PARTY_FIELDS:
            field = field_of(self, name, forms.ChoiceField)
            field.choices = (
                named if isinstance(field, forms.MultipleChoiceField) else [("", gettext("Not provided")), *named]
            )


class SeatForm(_OfPartiesForm):
    ADD = _("Add another seat")
    PARTY_FIELDS = ("held_by",)
    held_by = forms.ChoiceField(label=_("Held by"), required=False)

    class Meta:
        model = Seat
        fields = ("title", "chosen_by", "starts_on", "ends_on")
        labels = {"title": _("Title"), "chosen_by": _("Chosen by"), **_DATES}


class PracticeForm(_OfPartiesForm):
    ADD = _("Add another practice")
    PARTY_FIELDS = ("shared_by", "adopted_by")
    shared_by = forms.ChoiceField(label=_("Shared by"), required=False)
    adopted_by = forms.MultipleChoiceField(label=_("Adopted by"), required=False, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Practice
        fields = ("title", "shared_on", "adopted_on")
        labels = {"title": _("Title"), "shared_on": _("Shared on"), "adopted_on": _("Date adopted")}
        help_texts = {"adopted_on": _("Optional. Not in the future.")}


class DocumentForm(_RowForm):
    ADD = _("Add another document")

    class Meta:
        model = Document
        fields = ("title", "url")
        labels = {"title": _("Title"), "url": _("Link")}


MANY_ROWS: dict[str, tuple[Text, type[forms.ModelForm]]] = {
    "asks": (_("What the community asked for"), AskForm),
    "seats": (_("Seats"), SeatForm),
    "practices": (_("Practices"), PracticeForm),
    "documents": (_("Documents"), DocumentForm),
}


def row_formset(form):
    labeled = type("LabeledRows", (Rows,), {"add_label": form.ADD})
    return forms.formset_factory(form, formset=labeled, extra=1, can_delete=True, max_num=200, validate_max=True)
