"""Organizations in the Human Services Data Specification (HSDS) 3.1 of Open Referral, as far as everyone may see them.

HSDS requires UUIDs. Each is computed from the URL of the thing that it identifies (`uri`), so it is the same in every
file. The documentation page says which fields have no place in HSDS.
"""

from collections import defaultdict
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.urls import reverse

from partnerships.directory import queries as directory
from partnerships.directory.choices import IdentifierScheme
from partnerships.directory.models import IssueArea
from partnerships.directory.rules import contacts_visible_to

_TAXONOMIES = {  # field of an organization → the name of its vocabulary and what it is about
    "kind": ("Kind of organization", "What sort of organization it is."),
    "languages": ("Languages", "Languages that the organization works in."),
    "led_by": ("Led by", "Who leads the organization."),
    "communities": ("Communities served", "Communities that the organization serves."),
}
_SCHEMES = {IdentifierScheme.EIN: "US-EIN"}  # as org-id.guide names them


def organizations(records) -> list[dict]:
    found = directory.organization_facts_many(None, records)
    open_ones = [facts.organization for facts in found if facts.is_profile]
    prefetch_related_objects(open_ones, "identifiers")
    contacts = defaultdict(list)
    for contact in contacts_visible_to(None).filter(organization__in=open_ones).select_related("role"):
        contacts[contact.organization_id].append(contact)
    keys = dict(IssueArea.objects.values_list("pk", "key"))
    return [_organization(facts, contacts[facts.organization.pk], keys) for facts in found]


def _organization(facts, contacts, keys):
    record, profile = facts.organization, facts.profile | facts.private
    uri = settings.BASE_URL + reverse("organization", args=[record.public_id])
    row = {
        "id": _uuid(uri),
        "name": record.name,
        "alternate_name": profile.get("other_names"),
        "description": profile.get("aims", ""),
        "website": profile.get("website"),
        "uri": uri,
        "contacts": [_contact(contact, uri) for contact in contacts],
        "locations": [_location(profile["address"], uri)] if profile.get("address") else [],
        "organization_identifiers": [_identifier(one, uri) for one in record.identifiers.all()]
        if facts.is_profile
        else [],
        "attributes": _attributes(record, profile, uri, keys),
    }
    return {name: value for name, value in row.items() if value or name == "description"}


def _contact(contact, uri):
    own = f"{uri}#contact-{contact.pk}"
    row = {
        "id": _uuid(own),
        "organization_id": _uuid(uri),
        "name": contact.name,
        "title": str(contact.role or ""),
        "email": contact.email,
        "phones": [{"id": _uuid(f"{own}-phone"), "contact_id": _uuid(own), "number": contact.phone}]
        if contact.phone
        else [],
    }
    return {name: value for name, value in row.items() if value}


def _location(address, uri):
    """A location with the address as its description. HSDS addresses need street, city, state and ZIP code in separate
    fields, and ours are free text.
    """
    return {
        "id": _uuid(f"{uri}#address"),
        "organization_id": _uuid(uri),
        "location_type": "physical",
        "description": address,
    }


def _identifier(identifier, uri):
    scheme = _SCHEMES.get(identifier.scheme)
    return {
        "id": _uuid(f"{uri}#{identifier.scheme}-{identifier.value}"),
        "organization_id": _uuid(uri),
        **({"identifier_scheme": scheme} if scheme else {}),
        "identifier_type": identifier.get_scheme_display(),
        "identifier": identifier.value,
    }


def _attributes(record, profile, uri, keys):
    found = [
        _attribute(uri, "side", ("Side", "Who the organization speaks for."), record.side, record.get_side_display())
    ]
    for area in sorted(profile.get("issue_areas", ()), key=lambda area: area.key):
        about = ("Issue areas", "Fields of work.")
        parent = {"parent_id": _uuid(_term_uri("issue_areas", keys[area.parent_id]))} if area.parent_id else {}
        found.append(_attribute(uri, "issue_areas", about, area.key, area.name, area.about, parent))
    for field, about in _TAXONOMIES.items():
        value = profile.get(field)
        for term in value if isinstance(value, list) else [value] if value else []:
            found.append(_attribute(uri, field, about, term.key, term.label, term.help))
    return found + ([_illustration(uri)] if record.is_illustration else [])


def _illustration(uri):
    own = {"id": _uuid(f"{uri}#illustration"), "link_id": _uuid(uri), "link_entity": "organization"}
    return own | {"label": "Illustration", "value": "Made up to show how a page works"}


def _attribute(uri, field, about, key, name, description="", more=()):
    """A term of the organization with this `uri`. `about`: (name, description) of the taxonomy; `more`: further keys of
    the term.
    """
    term, (taxonomy, words) = _term_uri(field, key), about
    of = settings.BASE_URL + reverse("api-vocabularies-list") + f"#{field}"
    return {
        "id": _uuid(f"{uri}#{field}-{key}"),
        "link_id": _uuid(uri),
        "link_entity": "organization",
        "link_type": field,
        "label": taxonomy,
        "taxonomy_term": {
            "id": _uuid(term),
            "code": key,
            "name": name,
            "description": description or name,
            "taxonomy": taxonomy,
            "taxonomy_detail": {"id": _uuid(of), "name": taxonomy, "description": words, "uri": of},
            **dict(more),
        },
    }


def _term_uri(field, key):
    return settings.BASE_URL + reverse("api-vocabularies-list") + f"#{field}-{key}"


def _uuid(url) -> str:
    return str(uuid5(NAMESPACE_URL, url))
