"""Forms of counts by group: the membership composition of an advisory body, and the population of a place."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.measurement.choices import SMALLEST
from partnerships.measurement.composition import MAKEUP, OF, POPULATION
from partnerships.measurement.composition_models import MOST_MEMBERS, Makeup, Population
from partnerships.measurement.groups import CATEGORIES
from partnerships.web.forms.record import RecordForm


class _CountForm(RecordForm):
    """Adds a field for each group of the record's dimension.

    `about` has the names of fields before and after the groups, and `beside` of those that follow the groups directly.
    `parts` has all bound fields in these three sections.
    """

    about: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    beside: tuple[str, ...] = ()
    blank: dict[str, int] = {}
    of_group: dict[str, Any] = {}

    def __init__(self, *args, instance, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        first, last = self.about
        groups = {f"{OF}{key}": label for key, label in CATEGORIES[instance.dimension]}
        for name, label in groups.items():
            now = instance.counts.get(name.removeprefix(OF))
            initial = {"initial": now} if instance.pk else self.blank
            self.fields[name] = forms.IntegerField(label=gettext(str(label)), min_value=0, **self.of_group, **initial)
        self._parts = [first, [*groups, *self.beside], [*last, "why"]]
        self.order_fields([name for part in self._parts for name in part])

    @property
    def parts(self) -> list[list]:
        return [[self[name] for name in part] for part in self._parts]

    @property
    def names(self) -> list[str]:
        """The fields that the action takes."""
        return [name for name in self.fields if name != "why"]


class CompositionForm(_CountForm):
    about = (("counted_on", "members", "several"), ("changed", "asked_how", "source", "note"))
    beside, blank, of_group = ("prefer_not", "no_answer"), {"initial": 0}, {"max_value": MOST_MEMBERS}

    class Meta:
        model = Makeup
        fields = MAKEUP
        labels = {
            "counted_on": _("Date of the count"),
            "members": _("Members in all"),
            "several": _("Members could choose more than one"),
            "prefer_not": _("Prefer not to say"),
            "no_answer": _("Did not answer"),
            "changed": _("Members who joined or left since the last count"),
            "asked_how": _("How members were asked"),
            "source": _("Who counted"),
        }
        help_texts = {
            "several": _("Groups may then add up to more than the members."),
            "prefer_not": _("They were asked, and preferred not to say."),
            "changed": format_lazy(
                _(
                    "Leave it empty for the first count. We don’t show a later count until {number} members joined or left, "
                    "because the difference could identify them."
                ),
                number=SMALLEST,
            ),
            "asked_how": _("For example: each member answered for themselves, on paper, without a name."),
        }
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, instance, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        if not instance.pk:
            self.initial = {**self.initial, "prefer_not": 0, "no_answer": 0}


class PopulationForm(_CountForm):
    about, of_group = (("year", "total", "several"), ("source", "link", "note")), {"required": False}

    class Meta:
        model = Population
        fields = POPULATION
        labels = {
            "year": _("Year"),
            "total": _("Total population"),
            "several": _("The table counts someone in more than one group"),
            "source": _("Table"),
            "link": _("Link"),
        }
        help_texts = {
            "year": _("For a table of several years, enter the last year."),
            "several": _("Groups may then add up to more than the population."),
            "source": _(
                "For example: American Community Survey, 5-year estimates, table B03002. Only from a public source."
            ),
        }
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, instance, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        self.fields["source"].required = True
