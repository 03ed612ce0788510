"""The names in a report, each with a number so that it can be redacted (`reports.redaction`), its id, name and URL."""

from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch

from partnerships.core.models import Record
from partnerships.directory.models import Organization
from partnerships.registry.filters import PartnershipFilter
from partnerships.registry.models import Partnership, Party
from partnerships.registry.seats import has_agreed


class Names(dict):
    """Number → (kind, primary key) of everything that a content names and may have to remove later."""

    def add(self, kind: str, pk: int, /, **facts: Any) -> dict:
        """The facts as they go into the content, with the number (`n`) that was given to this name."""
        number = len(self) + 1
        self[number] = kind, pk
        return {"n": number} | facts

    def of_party(self, party: Party, **facts: Any) -> dict:
        is_confirmed = has_agreed(party)
        return self.add("party", party.pk, side=str(party.side), confirmed=is_confirmed, **link(party.entity), **facts)

    def of_partnership(self, record: Partnership, **facts: Any) -> dict:
        return self.add("partnership", record.pk, **link(record, record.title), **facts)

    def of_filters(self, filters: PartnershipFilter) -> list[dict]:
        """The filters of a list in use, with their labels."""
        found = []
        for name, keys in filters.in_use.items():
            labels, label = filters.labels(name), filters.filters[name].label
            bodies = filters.form.cleaned_data[name] if name == "organization" else ()
            values = [
                self.add("organization", one.pk, name=one.name) for one in bodies if isinstance(one, Organization)
            ]
            values = values or [{"name": str(labels.get(key, key))} for key in keys]
            found.append({"label": str(label), "values": values})
        return found


def link(record: Record, name: str | None = None) -> dict:
    """Its public id, name and URL, as they are now."""
    try:
        path = record.get_absolute_url()
    except NoReverseMatch:  # it has no page of its own
        return {"id": record.public_id, "name": name or str(record), "url": ""}
    return {"id": record.public_id, "name": name or str(record), "url": settings.BASE_URL + path}
