"""What the pages of several kinds of record share."""

from django.urls import reverse
from django.utils.translation import gettext

from partnerships.directory.identifying import sharing
from partnerships.directory.rules import identifiers_confirmable_by, may_withdraw_confirmation
from partnerships.insight.network_rules import may_see_scores
from partnerships.registry import party_queries
from partnerships.registry import queries as registry
from partnerships.registry.rules import may_write_partnership
from partnerships.web.components.partnerships import partnership_url, row_of
from partnerships.web.frame.words import day, label


def identifiers_of(person, record) -> list[dict]:
    """The identifiers of a record, as dicts with pk, scheme, label, value, state, also, may_confirm and may_withdraw.

    `state` says whether it’s confirmed, and who confirmed it. `also` has the other records with the same identifier that
    the person may read, too.
    """
    rows = list(record.identifiers.select_related("organization", "confirmed_for"))
    also = sharing(person, record, rows)
    unconfirmed = [row.pk for row in rows if not row.is_confirmed]
    confirmable = set(identifiers_confirmable_by(person).filter(pk__in=unconfirmed).values_list("pk", flat=True))
    return [
        {
            "pk": row.pk,
            "scheme": row.scheme,
            "label": label(row.scheme, "identifier"),
            "value": row.value,
            "state": _state_words(row),
            "also": [
                {"name": str(other), "url": other.get_absolute_url()} for other in also.get((row.scheme, row.value), ())
            ],
            "may_confirm": row.pk in confirmable,
            "may_withdraw": may_withdraw_confirmation(person, row),
        }
        for row in rows
    ]


def _state_words(identifier) -> str:
    if not identifier.is_confirmed:
        return gettext("Not confirmed")
    if identifier.confirmed_source:
        return gettext("Confirmed by an official list: %(source)s") % {"source": identifier.confirmed_source}
    if identifier.confirmed_for is None:
        return gettext("Confirmed")
    words = gettext("Confirmed by %(office)s on %(day)s")
    return words % {"office": identifier.confirmed_for, "day": day(identifier.confirmed_at)}


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
