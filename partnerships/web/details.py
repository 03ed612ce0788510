"""What the pages of several kinds of record share."""

from django.urls import reverse

from partnerships.directory.identifying import sharing
from partnerships.insight.network_rules import may_see_scores
from partnerships.registry import party_queries
from partnerships.registry import queries as registry
from partnerships.registry.rules import may_write_partnership
from partnerships.web.partnerships.tabs import partnership_url
from partnerships.web.partnerships.views import row_of
from partnerships.web.words import label


def identifiers_of(record, *, keeper=None) -> list[dict]:
    """The identifiers of a record, as dicts with scheme, label, value and also.

    `also` has the other records with the same identifier that `keeper`, who manages the record, may see.
    """
    rows = record.identifiers.all()
    also = sharing(keeper, record, rows) if keeper else {}
    return [
        {
            "scheme": row.scheme,
            "label": label(row.scheme, "identifier"),
            "value": row.value,
            "also": [
                {"name": str(other), "url": other.get_absolute_url()} for other in also.get((row.scheme, row.value), ())
            ],
        }
        for row in rows
    ]


def after_closing(person, record) -> list[dict]:
    """The partnerships that still name a closed record as a current partner, for people who may read more than the public:
    title, url, lead, and edit_url for those who can end its seat.
    """
    return [
        {
            "title": party.partnership.title,
            "url": partnership_url(party.partnership, "partners"),
            "lead": party.partnership.lead,
            "edit_url": (
                reverse("partner_edit", args=[party.partnership.public_id, record.public_id])
                if may_write_partnership(person, party.partnership)
                else ""
            ),
        }
        for party in party_queries.seats_after_closing(person, record)
    ]


def rows_of_partnerships(person, parameter: str, record) -> dict:
    """Template context for the partnerships of a record: the first ten, and the URL of the full list."""
    found, more = registry.partnerships_of(person, most=10, **{parameter: record})
    return {
        "partnerships": [row_of(document) for document in found],
        "more_partnerships": more,
        **links_of_partnerships(person, parameter, record),
    }


def links_of_partnerships(person, parameter: str, record) -> dict:
    """Template context for what leads to the partnerships of a record, in the list and in the network."""
    return {
        "all_url": f"{reverse('partnerships')}?{parameter}={record.public_id}",
        "network_url": _network_url(parameter, record) if may_see_scores(person) else "",
    }


def _network_url(parameter, record):
    """For a jurisdiction, the network of the partnerships that it leads. For others, the network around them."""
    name = parameter if parameter == "jurisdiction" else "focus"
    return f"{reverse('network')}?{name}={record.public_id}"


def truncate(rows: list, most: int) -> tuple[list, bool]:
    """Split the rows of a query with a limit of `most` + 1 into those to show, and whether there are more."""
    return rows[:most], len(rows) > most
