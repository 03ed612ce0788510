"""Links to where people add a record that they named and that isn't in the registry yet."""

from django.urls import reverse
from django.utils.translation import gettext as _

from partnerships.directory.rules import may_add_organization, may_write_jurisdiction


def add_links(person, prefixes, jurisdiction=None) -> list[tuple[str, str]]:
    """(words, URL) for the kinds of record with these prefixes that the person may add.

    `jurisdiction`: whose departments are added. Who may not add a jurisdiction gets the list of them.
    """
    links = []
    if "G" in prefixes and may_add_organization(person):
        links.append((_("Add an organization"), reverse("organization_new")))
    if "D" in prefixes and jurisdiction is not None and may_write_jurisdiction(person, jurisdiction):
        words = _("Add a department of %(name)s") % {"name": jurisdiction}
        links.append((words, reverse("department_new", args=[jurisdiction.public_id])))
    if "J" in prefixes and may_write_jurisdiction(person, None):
        links.append((_("Add a jurisdiction"), reverse("jurisdiction_new")))
    elif "J" in prefixes:
        links.append((_("See all jurisdictions"), reverse("jurisdictions")))
    return links


def links_of_field(bound) -> list[tuple[str, str]]:
    """(text, URL) of pages that add a record, if this field names one that doesn't exist."""
    errors = bound.form.errors.get(bound.name)
    person, prefixes = getattr(bound.field, "person", None), getattr(bound.field, "prefixes", "")
    is_unknown = errors and any(error.code == "unknown" for error in errors.as_data())
    return add_links(person, prefixes) if person is not None and is_unknown else []
