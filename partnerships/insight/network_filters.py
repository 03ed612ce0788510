"""The parameters of a network: which parties and ties it has, and how it is drawn."""

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from partnerships.assessment.catalog import INTENSITY, TIE_ITEMS
from partnerships.core.choices import Side
from partnerships.core.dates import require_year
from partnerships.core.filters import KeysFilter, ListFilter
from partnerships.directory.filters import issue_filter, jurisdiction_filter
from partnerships.registry.choices import Kind
from partnerships.registry.filters import led_from, on_issue_areas
from partnerships.registry.models import Party
from partnerships.registry.rules import seated_partnership_ids

STEPS = [("1", _("One step")), ("2", _("Two steps")), ("3", _("Three steps"))]
CLOSE = [(str(n), format_lazy(_("{} or closer"), name)) for n, name in enumerate(TIE_ITEMS[INTENSITY].names) if n > 1]
SIZES = [("degree", _("Number of connections")), ("betweenness", _("Betweenness")), ("even", _("All alike"))]
COLOURS = [("side", _("Side")), ("component", _("Cluster"))]
COLUMNS = ("name", "ties", "betweenness", "closeness", "part", "loss")
LAST_PAGE = 100_000
OWN = "own"
# Parameters that only those who see scores may use: other dates, and what draws or orders by scores.
FOR_MEMBERS = ("of", "on", "close", "size", "colour", "ordering")


class DayField(forms.DateField):
    def clean(self, value: str) -> date:
        day = super().clean(value)
        if day:
            require_year(day)
        return day


class DayFilter(django_filters.Filter):
    field_class = DayField


class PageFilter(django_filters.Filter):
    field_class = forms.IntegerField


class NetworkFilter(ListFilter):
    """Filters the party rows.

    Parameters for drawing or later steps don't change them. `focus` is the public id of a partner.
    """

    CONTROL = ()

    side = KeysFilter(choices=Side.choices, label=_("Side"))
    kind = KeysFilter(field_name="partnership__kind", choices=Kind.choices, label=_("Type of partnership"))
    issue = issue_filter(on_issue_areas)
    jurisdiction = jurisdiction_filter(led_from, label=_("Lead agency"))
    of = django_filters.ChoiceFilter(
        choices=[(OWN, _("Only those of my organizations, with scores"))], method="of_own", label=_("Partnerships")
    )
    on = DayFilter(method="as_it_is", label=_("Date"))
    focus = django_filters.CharFilter(method="as_it_is", label=_("Around this partner"), max_length=40)
    steps = django_filters.ChoiceFilter(choices=STEPS, method="as_it_is", label=_("Steps around it"))
    close = django_filters.ChoiceFilter(choices=CLOSE, method="as_it_is", label=_("How closely, as both reported"))
    size = django_filters.ChoiceFilter(choices=SIZES, method="as_it_is", label=_("Size by"))
    colour = django_filters.ChoiceFilter(choices=COLOURS, method="as_it_is", label=_("Color by"))
    ordering = django_filters.ChoiceFilter(
        choices=[(sign + name, name) for name in COLUMNS for sign in ("", "-")], method="as_it_is", label=_("Order")
    )
    page = PageFilter(method="as_it_is", label=_("Page of connections"), min_value=1, max_value=LAST_PAGE)

    class Meta:
        model = Party
        fields: list[str] = []

    def as_it_is(self, queryset: QuerySet[Party], name: str, value: date | int | str) -> QuerySet[Party]:
        return queryset

    def of_own(self, queryset: QuerySet[Party], name: str, value: str) -> QuerySet[Party]:
        return queryset.filter(partnership__in=seated_partnership_ids(self.person))

    def value(self, name: str, default: Any = None) -> Any:
        """The cleaned value of this parameter."""
        return (self.form.cleaned_data.get(name) if name in self.filters else None) or default
