"""Forms of a measure: what it counts, which groups it's broken down by, and who owns it."""

from django import forms
from django.utils import dates
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core.fields import ProseInput
from partnerships.measurement import periods
from partnerships.measurement.choices import Counted, Dimension, MeasureKind, Unit
from partnerships.measurement.groups import REFERENCES, SETS, key_for
from partnerships.measurement.measure_sums import TOO_FEW_PARTS
from partnerships.measurement.models import Measure, MeasureGroup
from partnerships.web.frame.forms.fields import field_of, row_number
from partnerships.web.frame.forms.folds import Fold
from partnerships.web.frame.forms.record import RecordForm, Rows

_SUCH_AS = _("For example: %(examples)s.")


_PARTS = {
    _("About this measure"): ("title", "kind", "definition", "source"),
    _("Counting"): ("unit", "counted", "direction"),
    _("How often"): ("period", "first_month", "due_days", "last_on"),
    _("Baseline and target"): ("baseline_value", "baseline_on", "target_value", "target_on"),
    _("Who can see it"): ("is_published", "smallest", "last_verified_on", "why"),
}
# What only some measures need, in a fold below the part that starts with this field.
_RARE = {"unit": (_("Only for a rate or a score: what it’s per, and its limits"), ("per", "lowest", "highest"))}


class MeasureForm(RecordForm):
    """`kinds` are those that fit the measure's owner. Periods are typed as people write them: 2024, March 2024, 2023-24."""

    baseline_on = forms.CharField(label=_("Baseline period"), required=False, max_length=40)
    target_on = forms.CharField(label=_("Target period"), required=False, max_length=40)
    last_on = forms.CharField(label=_("Last period"), required=False, max_length=40)
    first_month = forms.TypedChoiceField(
        label=_("First month of its year"),
        choices=list(dates.MONTHS.items()),
        coerce=int,
        help_text=_("Only for school years and fiscal years."),
    )

    class Meta:
        model = Measure
        fields = (
            "title", "kind", "definition", "source", "unit", "per", "counted", "lowest", "highest", "direction", "period",
            "first_month", "baseline_value", "baseline_on", "target_value", "target_on", "smallest", "due_days",
            "last_on", "is_published", "last_verified_on",
        )  # fmt: skip
        labels = {
            "title": _("Name of the measure"),
            "kind": _("Type of measure"),
            "source": _("Source of the numbers"),
            "unit": _("Unit"),
            "per": _("Rate per"),
            "counted": _("What it counts"),
            "direction": _("Better direction"),
            "period": _("How often"),
            "baseline_value": _("Baseline"),
            "target_value": _("Target"),
            "smallest": _("Hide groups of fewer than (5 to 30)"),
            "due_days": _("Days after each period until data are due"),
            "is_published": _("Everyone can read this measure and its numbers"),
        }
        help_texts = {
            "title": _("In plain words, for example “Families who own their home”."),
            "per": _("Only for a rate. For example, 1000 for “per 1,000 people”."),
            "counted": _("People are part of the group in the denominator. An event can happen twice to one person."),
            "lowest": _("Only for a score."),
            "highest": _("Only for a score."),
            "smallest": _(
                "A number about so few people could identify someone. We show it to no one, and no total reveals it. Other "
                "counts of people and events are rounded to the nearest 5 for everyone except the people who enter them."
            ),
            "is_published": (
                _(
                    "Its numbers then appear on public pages, with the story behind them. Small groups stay hidden. The "
                    "result or partnership must be public too."
                )
            ),
            "last_verified_on": _("The date when someone last checked that this is right."),
        }
        widgets = {"definition": ProseInput(attrs={"rows": 3})}

    def __init__(self, *args, kinds, instance, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        field_of(self, "kind", forms.ChoiceField).choices = [(one.value, one.label) for one in kinds]
        field_of(self, "counted", forms.ChoiceField).choices = [
            ("", gettext("Choose one")),
            *Counted.choices,
        ]
        for name in ("lowest", "highest", "baseline_value", "target_value"):
            if (value := getattr(instance, name)) is not None:
                self.initial[name] = format(value.normalize(), "f")
        for name in ("baseline_on", "target_on", "last_on"):
            known = [periods.EXAMPLES[instance.period]] if instance.pk else periods.EXAMPLES.values()
            self.fields[name].help_text = _SUCH_AS % {"examples": ", ".join(map(gettext, known))}
            if day := getattr(instance, name):
                self.initial[name] = periods.label(instance.period, day)
        ended = _("Only for a measure that has ended. No one is asked for numbers after it.")
        self.fields["last_on"].help_text = format_lazy("{} {}", ended, self.fields["last_on"].help_text)
        if not instance.pk:
            del self.fields["last_on"]

    @property
    def parts(self) -> list[tuple[Fold, str, Fold | None]]:
        """Each part, and what a measure with numbers shows of it in place of its fields; "" for those that it shows. Last,
        what only some measures need of it.
        """
        short = {"unit": self.instance.get_unit_display(), "period": self.instance.get_period_display()}
        return [
            (
                Fold(title, [self[name] for name in names if name in self.fields]),
                next((short[name] for name in names if name in short), ""),
                self._rare(names[0]),
            )
            for title, names in _PARTS.items()
        ]

    def _rare(self, first) -> Fold | None:
        if first not in _RARE:
            return None
        title, names = _RARE[first]
        return Fold(title, [self[name] for name in names])

    def clean(self):
        super().clean()
        data = self.cleaned_data
        for name in ("baseline_on", "target_on", "last_on"):
            self._read_period(data, name)
        if data.get("unit") == Unit.RATE and not data.get("per"):
            self.add_error("per", gettext("Enter the number that the rate is per."))
        if data.get("unit") in (Unit.NUMBER, Unit.PERCENT, Unit.RATE) and not data.get("counted"):
            self.add_error("counted", gettext("Choose what it counts: people, events, or something else."))
        if data.get("unit") not in (Unit.RATE, None):
            data["per"] = None
        return data

    def _read_period(self, data, name):
        text = data.get(name)
        if not text:
            data[name] = None
        elif data.get("period") and data.get("first_month"):
            try:
                data[name] = periods.parse(text, data["period"], data["first_month"])
            except ValueError as problem:
                self.add_error(name, str(problem))


class GroupForm(forms.ModelForm):
    """A group that a measure is broken down by. An empty row is ignored."""

    id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    class Meta:
        model = MeasureGroup
        fields = ("dimension", "name", "is_reference")
        labels = {"dimension": _("Broken out by"), "name": _("Name of the group")}
        help_texts = {"is_reference": _("At most one of each kind. Gaps compare other groups with this one.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "dimension", forms.ChoiceField).choices = [("", gettext("Choose one")), *Dimension.choices]
        self.fields["name"].required = self.fields["dimension"].required = False
        self.legend = gettext("Group %(number)s") % {"number": row_number(self)}

    @property
    def summary(self) -> str:
        name, dimension = self.initial.get("name"), self.initial.get("dimension")
        return f"{name} · {Dimension(dimension).label}" if name and dimension else ""

    def _post_clean(self):
        """The action validates the group."""

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if data.get("name") and not data.get("dimension") and not data.get("DELETE"):
            self.add_error("dimension", gettext("Choose what this group is part of, or remove the row."))
        if data.get("dimension") and not data.get("name") and not data.get("DELETE"):
            self.add_error("name", gettext("Enter a name for the group, or remove the row."))
        return data

    def as_row(self) -> dict | None:
        data = self.cleaned_data
        if data.get("DELETE") or not data.get("name"):
            return None
        row = {name: data[name] for name in ("dimension", "name", "is_reference")}
        row["key"] = data["key"]
        return row | ({"id": data["id"]} if data.get("id") else {})


class _Groups(Rows):
    add_label = _("Add another group")
    open_rows = 0  # most people check a list of groups above them

    def clean(self):
        """Reject duplicate groups, and give each group its own key."""
        met = set()
        keys: set[tuple[str, str]] = set()
        for form in self.forms:
            data = getattr(form, "cleaned_data", None)
            if not data or data.get("DELETE") or not data.get("name") or form.errors:
                continue
            name = (data["dimension"], data["name"].casefold())
            if name in met:
                form.add_error("name", gettext("This group is listed twice. Keep only one of the rows."))
                continue
            met.add(name)
            key = data.get("key") or key_for(data["dimension"], data["name"])
            while (data["dimension"], key) in keys:
                key = f"{key[:34]}-{len(keys)}"
            keys.add((data["dimension"], key))
            data["key"] = key


GroupFormSet = forms.formset_factory(
    GroupForm, formset=_Groups, extra=2, can_delete=True, max_num=200, validate_max=True
)


def group_initial(row) -> dict:
    return {"id": row.pk, **{name: getattr(row, name) for name in ("dimension", "key", "name", "is_reference")}}


class AddSetForm(forms.Form):
    """Ready-made sets of groups, which the next save adds."""

    sets = forms.MultipleChoiceField(
        label=_("Add a ready-made list of groups"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(key, _(one.label)) for key, one in SETS.items()],
        help_text=_(
            "Groups that already exist aren’t added twice. Use only one of the lists for race. They can’t be combined."
        ),
    )
    reference = forms.ChoiceField(
        label=_("Which group are the others compared with?"),
        required=False,
        choices=[("", _("None for now")), *((key, _(label)) for key, label in REFERENCES)],
        help_text=_("For the ready-made list that you check. Gaps compare each other group with this one."),
    )

    def clean(self):
        super().clean()
        data = self.cleaned_data
        key, sets = data.get("reference"), data.get("sets") or []
        if key and not sets:
            self.add_error("reference", gettext("Check a ready-made list too, or choose “None for now”."))
        elif key and any(key not in dict(SETS[name].groups) for name in sets):
            self.add_error("reference", gettext("This group isn’t in the list that you checked. Choose another one."))
        return data


class OwnersForm(forms.Form):
    """The parties that own a measure, and those among them that supply its data.

    `parties` are those of the partnerships that work on it.
    """

    def __init__(self, *args, parties, **kwargs):
        super().__init__(*args, **kwargs)
        shows_table = len({one.partnership_id for one in parties}) > 1
        named = [(str(one.pk), f"{one}, {one.partnership.title}" if shows_table else str(one)) for one in parties]
        self.by_key = {str(one.pk): one for one in parties}
        for name, label, text in (
            (
                "owners",
                gettext("Owners"),
                gettext("Check partners of both sides. They can say how they read its numbers."),
            ),
            (
                "supplies",
                gettext("Provides data"),
                gettext("They can enter numbers, and we remind them when numbers are due."),
            ),
        ):
            self.fields[name] = forms.MultipleChoiceField(
                label=label, choices=named, required=False, widget=forms.CheckboxSelectMultiple, help_text=text
            )

    def rows(self) -> list[dict]:
        data = self.cleaned_data
        chosen = [key for key in self.by_key if key in {*data["owners"], *data["supplies"]}]
        return [{"party": self.by_key[key], "supplies": key in data["supplies"]} for key in chosen]


class PartsForm(forms.Form):
    """The measures that add up to this one. `measures` are the candidates, and `linked` those that already do."""

    parts = forms.MultipleChoiceField(
        label=_("Measures that add up to this one"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=(
            _(
                "We protect small groups across measures that add up, so that no one can work one out from the others. You "
                "can’t remove a link. When you save numbers, we also link measures that we find add up."
            )
        ),
    )

    def __init__(self, *args, measures, linked, **kwargs):
        super().__init__(*args, **kwargs)
        self.by_key, self.linked = {str(one.pk): one for one in measures}, linked
        field_of(self, "parts", forms.ChoiceField).choices = [(key, one.title) for key, one in self.by_key.items()]

    def clean_parts(self):
        found = [self.by_key[key] for key in self.cleaned_data["parts"]]
        if len(found) == 1:
            raise forms.ValidationError(TOO_FEW_PARTS)
        return found


def kinds_for(result) -> list:
    """The kinds of measure: an indicator for a result, or the three kinds of performance measure for a partnership."""
    return [MeasureKind.INDICATOR] if result else [one for one in MeasureKind if one != MeasureKind.INDICATOR]
