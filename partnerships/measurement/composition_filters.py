"""The filters of the lists of counts: of the members of advisory bodies, and of the people of places."""

from django.utils.translation import gettext_lazy as _

from partnerships.core.filters import KeysFilter, ListFilter
from partnerships.directory.filters import jurisdiction_filter
from partnerships.measurement.composition_models import Makeup, Population
from partnerships.measurement.groups import COUNTED_BY
from partnerships.registry.filters import of_partnerships


class _CountFilter(ListFilter):
    CONTROL = ("ordering", "cursor")  # search doesn't include counts

    dimension = KeysFilter(choices=COUNTED_BY, label=_("Counted by"))


class CompositionFilter(_CountFilter):
    partnership = of_partnerships()

    class Meta:
        model = Makeup
        fields: list[str] = []


class PopulationFilter(_CountFilter):
    jurisdiction = jurisdiction_filter(lambda filter_, qs, nodes: qs.filter(jurisdiction__in=nodes))

    class Meta:
        model = Population
        fields: list[str] = []
