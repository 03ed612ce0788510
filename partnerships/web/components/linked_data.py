"""What programs read of a public page: JSON-LD in the terms of schema.org for search engines, event calendars and
crawlers; title, description and picture (Open Graph) for links that people share; and the canonical link in each
language.

Only pages for anonymous visitors have it, so it never says more than the public sees. It leaves out contacts, since
programs collect them for advertisements, and records that are illustrations.
"""

from datetime import timedelta
from zoneinfo import ZoneInfo

import orjson
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext

from partnerships.core import languages
from partnerships.core.filters import LANGUAGE
from partnerships.directory.choices import IdentifierScheme
from partnerships.meetings.choices import MeetingStatus
from partnerships.web.frame.words import label

# In a script element, no text can end the element or start a comment. A data block isn't run, so the
# Content-Security-Policy lets it pass.
_ESCAPED = {ord(char): f"\\u{ord(char):04X}" for char in "<>&"}
LONGEST_PREVIEW = 200  # characters of a description
_TYPES = {"jurisdiction": "GovernmentOrganization", "department": "GovernmentOrganization"}


def script(request, record, build, *args) -> str:
    """The script element with what `build(*args)` says of a record, and its preview, or "" where the page has none.

    `record`: whatever has `is_illustration`.
    """
    if request.user.is_authenticated or record.is_illustration:
        return ""
    thing = {"@context": "https://schema.org"} | {
        name: value for name, value in build(*args).items() if value not in (None, "", [])
    }
    text = orjson.dumps(thing).decode().translate(_ESCAPED)
    data = mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 - escaped above  # nosec
    return format_html("{}{}{}", data, _preview(thing), _canonical(request, thing["url"]))


def _canonical(request, url: str):
    """The link element with the page's own address: only the language of its text makes it another page."""
    asked = request.GET.get(LANGUAGE, "")
    in_language = languages.is_supported(asked) and asked != settings.LANGUAGE_CODE
    return format_html('<link rel="canonical" href="{}">', f"{url}?{LANGUAGE}={asked}" if in_language else url)


def preview_of_site(request) -> str:
    """The preview of the home page, or "" for someone who is signed in."""
    if request.user.is_authenticated:
        return ""
    words = gettext(
        "See which governments and community groups work together on racial equity, and how decisions are made."
    )
    title = gettext("Who works together, and is power shared?")
    return _preview({"name": title, "url": settings.BASE_URL + reverse("home"), "description": words})


def _preview(thing: dict):
    """The Open Graph elements of a record."""
    facts = {
        "title": thing["name"],
        "description": Truncator(thing.get("description", "")).chars(LONGEST_PREVIEW),
        "url": thing["url"],
        "type": "website",
        "site_name": gettext("Partnership Registry"),
        "image": settings.BASE_URL + static("registry/preview.png"),
    }
    return format_html_join("", '<meta property="og:{}" content="{}">', ((k, v) for k, v in facts.items() if v))


def of_partnership(document, parties) -> dict:
    """A project, which in schema.org is an organization with members. `parties`: the document's present ones."""
    return _thing("Project", "partnership", document["id"], document["title"]) | {
        "description": document["summary"],
        "foundingDate": document["starts_on"],
        "dissolutionDate": document["ends_on"],
        "knowsAbout": [label(key, "issue") for key in document["issue_areas"]],
        "member": [_named(party["type"], party["id"], party["name"]) for party in parties],
    }


def of_organization(facts, identifiers) -> dict:
    """`facts`: directory.queries.OrganizationFacts. `identifiers`: as `web.components.details.identifiers_of` returns them."""
    record, profile = facts.organization, facts.profile | facts.private
    return _named("organization", record.public_id, record.name) | {
        "alternateName": profile.get("other_names"),
        "dissolutionDate": record.closed_on and record.closed_on.isoformat(),
        "description": profile.get("aims"),
        "sameAs": profile.get("website"),
        "address": profile.get("address"),
        "areaServed": [
            _thing("AdministrativeArea", "jurisdiction", place.public_id, place.name)
            for place in profile.get("area", ())
        ],
        "knowsAbout": [area.name for area in profile.get("issue_areas", ())],
        "knowsLanguage": [str(term) for term in profile.get("languages", ())],
        **_numbers(identifiers),
    }


def of_jurisdiction(record, identifiers) -> dict:
    has_place = record.latitude is not None and record.longitude is not None
    place = {"@type": "GeoCoordinates", "latitude": record.latitude, "longitude": record.longitude}
    parent = record.parent
    return _named("jurisdiction", record.public_id, record.name) | {
        "alternateName": record.other_names,
        "description": record.about,
        "sameAs": record.website,
        "location": {"@type": "Place", "geo": place} if has_place else None,
        "parentOrganization": _named("jurisdiction", parent.public_id, parent.name) if parent else None,
        **_numbers(identifiers),
    }


def of_meeting(record, partnership) -> dict:
    zone = ZoneInfo(record.zone)
    start = record.starts_at.astimezone(zone)
    places = [{"@type": "Place", "name": record.place, "address": record.place}] if record.place else []
    if record.link:  # people who may not have the link read on the page how to get it
        url = record.link_shown or _url("meeting", record.public_id)
        places.append({"@type": "VirtualLocation", "url": url})
    mode = {(True, False): "Offline", (False, True): "Online", (True, True): "Mixed"}
    attendance = mode.get((bool(record.place), bool(record.link)))
    status = MeetingStatus.CANCELLED if record.status == MeetingStatus.CANCELLED else "scheduled"
    return _thing("Event", "meeting", record.public_id, record.title) | {
        "startDate": start.isoformat(),
        "endDate": (record.starts_at + timedelta(minutes=record.minutes_long)).astimezone(zone).isoformat(),
        "eventStatus": f"https://schema.org/Event{status.capitalize()}",
        "eventAttendanceMode": attendance and f"https://schema.org/{attendance}EventAttendanceMode",
        "location": places,
        "description": "\n".join(filter(None, [record.access_notes, record.interpretation])),
        "organizer": _thing("Project", "partnership", partnership.public_id, partnership.title),
    }


def _named(kind, public_id, name):
    return _thing(_TYPES.get(kind, "Organization"), kind, public_id, name)


def _thing(type_, route, public_id, name):
    url = _url(route, public_id)
    return {"@type": type_, "@id": url, "url": url, "name": name}


def _url(route, public_id):
    return settings.BASE_URL + reverse(route, args=[public_id])


def _numbers(identifiers):
    """An EIN has a property of its own; the others are named by their scheme."""
    others = [one for one in identifiers if one["scheme"] != IdentifierScheme.EIN]
    return {
        "taxID": [one["value"] for one in identifiers if one["scheme"] == IdentifierScheme.EIN],
        "identifier": [{"@type": "PropertyValue", "propertyID": one["label"], "value": one["value"]} for one in others],
    }
