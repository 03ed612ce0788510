"""Partnerships on other pages: the address of each tab, breadcrumbs, and a row of a list."""

from functools import partial

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core import clock, record_types
from partnerships.core.languages import in_each_language
from partnerships.registry.choices import Status
from partnerships.web.frame.lists.matches import why_lines
from partnerships.web.frame.words import issue_path, label

# Key of a tab → the name of its route, and what it is called.
TABS = {
    "overview": ("partnership", _("Overview")),
    "partners": ("partnership_partners", _("Partners")),
    "power": ("partnership_power", _("Shared power")),
    "results": ("partnership_results", _("Results and activities")),
    "meetings": ("partnership_meetings", _("Meetings and action items")),
    "timeline": ("partnership_timeline", _("Timeline")),
    "agreement": ("partnership_agreement", _("Agreement")),
    "office": ("partnership_office", _("For your office")),
}
PARTIES_SHOWN = 4
_KIND = record_types.get("partnership")


def partnership_url(record, tab="overview", part="") -> str:
    """The address of a tab, or of the part of it with this id."""
    route, _ = TABS[tab]
    return reverse(route, args=[record.public_id]) + (f"#{part}" if part else "")


def crumbs_to_partnership(record, url="") -> list[tuple[str, str]]:
    """The breadcrumbs of a page below a partnership. `url`: another page of it than the first tab."""
    return [(gettext("Partnerships"), reverse("partnerships")), (record.title, url or record.get_absolute_url())]


def row_of(document, *, is_draft=False, query=None) -> dict:
    """A document for components/_row_partnership.html and for the table of all partnerships."""
    parties = current_parties(document)
    return {
        "url": reverse("partnership", args=[document["id"]]),
        "title": document["title"],
        "kind": document["kind"],
        "parties": parties[:PARTIES_SHOWN],
        "more_parties": max(0, len(parties) - PARTIES_SHOWN),
        "lead": document["lead"]["name"],
        "status": document["status"],
        "areas": [label(key, "issue") for key in document["issue_areas"]],
        "note": gettext("Draft") if is_draft else "",
        "is_illustration": document["is_illustration"],
        "summary": document["summary"],
        "why": why_lines(query, texts_of(document)) if query else [],
    }


def current_parties(document) -> list[dict]:
    """Its partners without those whose last day has passed; of a partnership that ended, those that stayed to the end."""
    day = str(clock.today())
    if document["status"] == Status.ENDED and document["ends_on"]:
        day = min(day, str(document["ends_on"]))
    return [party for party in document["parties"] if not party["ends_on"] or str(party["ends_on"]) >= day]


def texts_of(document) -> list[tuple[str, str]]:
    """The texts by which a partnership is found, each with what it is."""
    areas = [partial(issue_path, key) for key in document["issue_areas"]]
    names = [party["name"] for party in document["parties"]] + [document["lead"]["name"]]
    return [
        (gettext("Title"), document["title"]),
        *[(gettext("Partner"), name) for name in names],
        *[(_KIND.label_of(field), document[field.name]) for field in _KIND.fields if field.is_searched],
        *[
            (gettext("What %(party)s contributes") % {"party": party["name"]}, party["contribution"])
            for party in document["parties"]
        ],
        *[(gettext("Issue area"), path) for area in areas for path in (area(), *in_each_language(area))],
    ]
