"""What the pages of single records share: what a record is called elsewhere, its partnerships."""

from django.urls import reverse

from partnerships.directory.identifying import sharing
from partnerships.insight.network_rules import may_see_networks
from partnerships.registry import queries as registry
from partnerships.web.partnerships.views import row_of
from partnerships.web.words import label


def identifiers_of(record, *, keeper=None) -> list[dict]:
    """`keeper`: who keeps the record and is told which other records carry the same number, of those that they read."""
    rows = record.identifiers.all()
    also = sharing(keeper, record, rows) if keeper else {}
    return [
        {
            "label": label(row.scheme, "identifier"),
            "value": row.value,
            "also": [
                {"name": str(other), "url": other.get_absolute_url()} for other in also.get((row.scheme, row.value), ())
            ],
        }
        for row in rows
    ]


def rows_of_partnerships(person, parameter: str, record) -> dict:
    """The rows of the partnerships that a record takes part in, and the address of the list that holds them all."""
    found, more = registry.partnerships_of(person, most=10, **{parameter: record})
    return {
        "partnerships": [row_of(document) for document in found],
        "more_partnerships": more,
        "all_url": f"{reverse('partnerships')}?{parameter}={record.public_id}",
        "network_url": _network_url(parameter, record) if may_see_networks(person) else "",
    }


def _network_url(parameter, record):
    """Of a jurisdiction what it leads; of the others who sits with them."""
    name = parameter if parameter == "jurisdiction" else "focus"
    return f"{reverse('network')}?{name}={record.public_id}"


def capped(rows: list, most: int) -> tuple[list, bool]:
    """Rows of a query that was asked for one more than `most`: those to show, and whether there are more."""
    return rows[:most], len(rows) > most
