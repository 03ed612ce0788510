"""The forms of an activity, with each partner's part in it, and of what a partner gained."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partnerships.core.fields import ProseInput
from partnerships.measurement import activity_queries as queries
from partnerships.measurement.activities import FIELDS
from partnerships.measurement.choices import Part
from partnerships.measurement.models import Activity, Gain, Outcome, Result
from partnerships.measurement.rules import results_visible_to
from partnerships.registry.rules import parties_visible_to
from partnerships.registry.seats import NAMED
from partnerships.web.frame.forms.fields import field_of
from partnerships.web.frame.forms.record import RecordForm
from partnerships.web.frame.words import label

_PARTS = [("", _("No part")), *Part.choices]


class ActivityForm(RecordForm):
    """`person` chooses among the parties, results and outcomes that they may see.

    Linked ones that they may not see stay linked.
    """

    class Meta:
        model = Activity
        fields = FIELDS
        labels = {
            "title": _("What will be done"),
            "detail": _("Details"),
            "kind": _("Is it something to do or something to stop?"),
            "status": _("Status"),
            "starts_on": _("Start date"),
            "ends_on": _("End date"),
            "results": _("Results it works toward"),
            "outcomes": _("Outcomes of your plans that it serves"),
            "source": _("Source"),
        }
        help_texts = {
            "kind": _("What partners stop doing counts as much as what they do."),
            "results": _("The results that this partnership works on."),
            "is_public": _(
                "Applies once the partnership is published. Otherwise only your office and the partners can read it."
            ),
            "last_verified_on": _("The date when someone last checked that this is right."),
        }
        widgets = {
            "detail": ProseInput(attrs={"rows": 4}),
            "kind": forms.RadioSelect,
            "results": forms.CheckboxSelectMultiple,
            "outcomes": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args, instance, person, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        partnership = instance.partnership
        self._set_choices("results", Result, results_visible_to(person).filter(partnerships=partnership), str)
        outcomes = Outcome.objects.filter(pk__in=[one.pk for one in queries.outcomes_of(person, partnership)])
        self._set_choices("outcomes", Outcome, outcomes.select_related("plan"), lambda one: f"{one.plan}: {one}")
        was = {part.party_id: part.part for part in instance.parts.all()} if instance.pk else {}
        seats = parties_visible_to(person).filter(partnership=partnership)
        seats = seats.filter(Q(pk__in=was) | NAMED)
        self.parties = {
            f"part-{seat.pk}": seat for seat in seats.select_related("jurisdiction", "department", "organization")
        }
        for name, seat in self.parties.items():
            self.fields[name] = forms.ChoiceField(
                label=f"{seat} ({label(seat.side, 'side').lower()})",
                choices=_PARTS,
                initial=was.get(seat.pk, ""),
                required=False,
            )
        self.order_fields([*FIELDS, *self.parties, "why"])

    def _set_choices(self, name, model, rows, words):
        """Set the choices of a field. `hidden[name]` has the linked records that aren't among them."""
        linked = model.objects.filter(activities=self.instance.pk) if self.instance.pk else model.objects.none()
        field = field_of(self, name, forms.ModelChoiceField)
        field.queryset, field.label_from_instance = rows, words  # type: ignore[method-assign]  # as a subclass would
        self.hidden = getattr(self, "hidden", {}) | {name: list(linked.exclude(pk__in=rows.values("pk")))}

    @property
    def about(self):
        return [self[name] for name in FIELDS]

    @property
    def seats(self):
        return [self[name] for name in self.parties]

    def values(self) -> dict:
        """The activity's fields as typed, plus the linked records that the person may not see."""
        values = {name: self.cleaned_data[name] for name in FIELDS}
        return values | {name: [*values[name], *hidden] for name, hidden in self.hidden.items()}

    def rows(self) -> list[dict]:
        """The parts, in the order of the partners."""
        given = ((seat, self.cleaned_data.get(name)) for name, seat in self.parties.items())
        return [{"party": seat, "part": part} for seat, part in given if part]


class GainForm(forms.ModelForm):
    """`parties` are those that the person may speak for. With only one, the form doesn't ask which."""

    party = forms.TypedChoiceField(label=_("Partner"))

    class Meta:
        model = Gain
        fields = ("text", "gained_on", "is_public")
        labels = {
            "text": _("What have you gained from this partnership?"),
            "gained_on": _("Since"),
            "is_public": _("Everyone can read it"),
        }
        help_texts = {
            "text": _(
                "In your own words. No one edits them. The partners and the lead agency can read this, with the date."
            ),
            "is_public": _("A public-records request may reach it either way."),
        }
        widgets = {"text": ProseInput(attrs={"rows": 5})}

    def __init__(self, *args, parties, **kwargs):
        super().__init__(*args, **kwargs)
        by_key = {str(party.pk): party for party in parties}
        field = field_of(self, "party", forms.TypedChoiceField)
        field.choices, field.coerce = [(key, str(party)) for key, party in by_key.items()], by_key.get
        if len(parties) < 2:
            del self.fields["party"]
        self.order_fields(["party"])

    def _post_clean(self):
        """The action validates the record, since it knows the party."""
