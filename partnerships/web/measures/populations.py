"""The page with the population of a place, from public tables."""

from decimal import Decimal

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partnerships.core.filters import refuse_unknown
from partnerships.directory import queries as directory
from partnerships.measurement import composition_queries as queries
from partnerships.measurement.choices import Dimension
from partnerships.measurement.groups import CATEGORIES
from partnerships.measurement.number_words import plain_number
from partnerships.measurement.rate_math import rate
from partnerships.registry.rules import may_lead_with


@never_cache
@require_safe
def populations(request, public_id):
    record = directory.jurisdiction(request.user, public_id)
    refuse_unknown(request.GET, ())
    context = {
        "record": record,
        "tables": [_table(one) for one in queries.populations_of(request.user, record)],
        "may_write": may_lead_with(request.user, record),
        "dimensions": [(key, Dimension(key).label) for key in CATEGORIES],
        "crumbs": [
            (gettext("Jurisdictions"), reverse("jurisdictions")),
            (record.name, record.get_absolute_url()),
        ],
    }
    return render(request, "measures/population.html", context)


def _table(one):
    rows = []
    for key, name in CATEGORIES[one.dimension]:
        count = one.counts.get(key)
        share = None if count is None else rate(Decimal(count), Decimal(one.total))
        found = (gettext("Not counted"), "") if share is None else (f"{count:,}", f"{plain_number(share)}%")
        rows.append((name, *found))
    return {"one": one, "all": f"{one.total:,}", "rows": rows}
