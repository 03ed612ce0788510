"""Forms of counts by group: the membership composition of an advisory body, and the population of a place."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core.fields import ProseInput
from partnerships.measurement.choices import SMALLEST
from partnerships.measurement.composition import MAKEUP, OF, POPULATION
from partnerships.measurement.composition_models import MOST_MEMBERS, Makeup, Population
from partnerships.measurement.groups import CATEGORIES
from partnerships.web.frame.forms.record import RecordForm


class _CountForm(RecordForm):
    """Adds a field for each group of the record's dimension.

    `around_groups` has the names of the fields before the groups and of those after them, and `after_groups` of those in
    the same section as the groups. `group_options`: arguments of the field of a group. `parts` has all bound fields in
    these three sections.
    """

    around_groups: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    after_groups: tuple[str, ...] = ()
    blank: dict[str, int] = {}
    group_options: dict[str, Any] = {}

    def __init__(self, *args, instance, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        first, last = self.around_groups
        groups = {f"{OF}{key}": label for key, label in CATEGORIES[instance.dimension]}
        for name, label in groups.items():
            now = instance.counts.get(name.removeprefix(OF))
            initial = {"initial": now} if instance.pk else self.blank
            self.fields[name] = forms.IntegerField(
                label=gettext(str(label)), min_value=0, **self.group_options, **initial
            )
        self._parts = [first, [*groups, *self.after_groups], [*last, "why"]]
        self.order_fields([name for part in self._parts for name in part])

    @property
    def parts(self) -> list[list]:
        return [[self[name] for name in part] for part in self._parts]

    @property
    def names(self) -> list[str]:
        """The fields that the action takes."""
        return [name for name in self.fields if name != "why"]


class CompositionForm(_CountForm):
    around_groups = (("counted_on", "members", "several"), ("changed", "asked_how", "source", "note"))
    after_groups, blank, group_options = ("prefer_not", "no_answer"), {"initial": 0}, {"max_value": MOST_MEMBERS}

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
        widgets = {"note": ProseInput(attrs={"rows": 3})}

    def __init__(self, *args, instance, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        if not instance.pk:
            self.initial = {**self.initial, "prefer_not": 0, "no_answer": 0}


class PopulationForm(_CountForm):
    around_groups, group_options = (("year", "total", "several"), ("source", "link", "note")), {"required": False}

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
        widgets = {"note": ProseInput(attrs={"rows": 3})}

    def __init__(self, *args, instance, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        self.fields["source"].required = True
