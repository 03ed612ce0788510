"""The owner of a partnership or an organization, as a fact on its page."""

from django.urls import reverse
from django.utils.translation import gettext

from partnerships.core.models import type_key
from partnerships.interactions.owners import current, may_set_owners, office_of, owners_of
from partnerships.web.frame.history import name_of_person


def owner_fact(person, record) -> dict | None:
    """The owner and the backup for people of the office, with where to change them for its editors; None for others."""
    office = office_of(person, record)
    if office is None:
        return None
    rows = owners_of(person, record, office)
    owner, backup = current(rows), current(rows, is_backup=True)
    words = name_of_person(owner) if owner else gettext("No owner")
    if backup:
        words = gettext("%(owner)s (backup: %(backup)s)") % {"owner": words, "backup": name_of_person(backup)}
    url = reverse(f"{type_key(record)}_owner", args=[record.public_id]) if may_set_owners(person, office) else ""
    return {"label": gettext("Owner"), "value": words, "url": url}
