"""Form fields for jurisdictions, departments and organizations.

The browser suggests names, and the server looks them up. They work without script and with any number of records. A
name or a public ID is enough.
"""

from collections.abc import Callable

from django import forms
from django.db.models import QuerySet
from django.urls import reverse_lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from partnerships.core.access import Viewer, is_staff, merged_into
from partnerships.core.errors import ValidationError
from partnerships.core.fields import ProseInput
from partnerships.core.ids import MistypedId, parse, primary_key
from partnerships.directory.matching import similar_names
from partnerships.directory.rules import (
    departments_visible_to,
    has_closed,
    jurisdictions_visible_to,
    organizations_visible_to,
)

ROWS: dict[str, Callable[[Viewer], QuerySet]] = {
    "J": jurisdictions_visible_to,
    "D": departments_visible_to,
    "G": organizations_visible_to,
}
SUGGESTED = 300


class EntityField(forms.CharField):
    """Cleans to a record that the person may see, or None.

    `prefixes` are the ID prefixes of the allowed kinds (`Record.ID_PREFIX`).
    """

    def __init__(self, *, person, prefixes="GDJ", suggestions="entities", **kwargs):
        kwargs.setdefault("max_length", 240)
        super().__init__(**kwargs)
        self.person, self.prefixes = person, prefixes
        self.kept = None  # the current value, which is valid even if the person may not see it elsewhere
        self.widget.attrs |= {"list": suggestions, "autocomplete": "off", "data-pick": _picker(prefixes)}

    def prepare_value(self, value):
        return entity_text(value) if hasattr(value, "public_id") else value

    def clean(self, value):
        text = super().clean(value)
        if self.kept is not None and text == entity_text(self.kept):
            return self.kept
        return look_up(text, self.person, self.prefixes) if text else None


class PickedField(forms.ModelChoiceField):
    """A choice among more records of one kind than a select could show: by name or id, like `EntityField`.

    It also takes a primary key, as the select of the same field sends it.
    """

    widget = forms.TextInput

    def __init__(self, queryset, *, person, prefixes, **kwargs):
        super().__init__(queryset, **kwargs)
        self.person, self.prefixes = person, prefixes
        self.widget.attrs |= {"autocomplete": "off", "data-pick": _picker(prefixes)}

    def prepare_value(self, value):
        if (key := primary_key(str(value))) and self.queryset is not None:
            value = self.queryset.filter(pk=key).first()
        return entity_text(value) if hasattr(value, "public_id") else value

    def to_python(self, value):
        text = value.strip() if isinstance(value, str) else value
        if not text or str(text).isdecimal():
            return super().to_python(text)
        found = look_up(text, self.person, self.prefixes)
        return super().to_python(found.pk)


class EntitiesField(forms.CharField):
    """Several records, one per line by name or ID. Cleans to a list without duplicates."""

    widget = ProseInput(attrs={"rows": 3})

    def __init__(self, *, person, prefixes, **kwargs):
        super().__init__(max_length=20_000, **kwargs)
        self.person, self.prefixes = person, prefixes

    def prepare_value(self, value):
        return value if value is None or isinstance(value, str) else "\n".join(entity_text(one) for one in value)

    def clean(self, value):
        lines = dict.fromkeys(line.strip() for line in super().clean(value).splitlines() if line.strip())
        return list(dict.fromkeys(look_up(line, self.person, self.prefixes) for line in lines))


def _picker(prefixes):
    """Where script gets matches from as one types (web.home.picking)."""
    return format_lazy("{}?kinds={}", reverse_lazy("picker"), prefixes)


def entity_text(record) -> str:
    """A record as text of the field, with name and ID: “City of Saint Paul (J-7KQ4MX-2)”."""
    return f"{record} ({record.public_id})"


def look_up(text, person, prefixes):
    """The record with this name or ID. Raises ValidationError, with suggestions, if there is none or more than one."""
    found = _by_id(text, person, prefixes) or _by_name(text, person, prefixes)
    if found is not None:
        return found
    may_add = is_staff(person)
    words = (
        _("We can’t find “%(text)s”. Check the spelling, or add it to the directory first.")
        if may_add
        else _("We can’t find “%(text)s”. Check the spelling, or ask registry staff to add it.")
    )
    similar = [record for prefix in prefixes for record in _similar(text, ROWS[prefix](person))][:3]
    if similar:
        words = (
            _("We can’t find “%(text)s”. Did you mean %(similar)s? If not, add it to the directory first.")
            if may_add
            else _("We can’t find “%(text)s”. Did you mean %(similar)s? If not, ask registry staff to add it.")
        )
    raise ValidationError(
        words, code="unknown", params={"text": text[:80], "similar": "; ".join(entity_text(r) for r in similar)}
    )


def _by_id(text, person, prefixes):
    candidate = text.rsplit("(", 1)[-1].rstrip(") ")
    try:
        public_id = parse(candidate)
    except MistypedId:
        return None
    if public_id[0] not in prefixes:
        return None
    rows = ROWS[public_id[0]](person)
    return rows.filter(public_id=public_id).first() or merged_into(rows, public_id)


def _by_name(text, person, prefixes):
    same = [row for prefix in prefixes for row in ROWS[prefix](person).filter(name__iexact=text)[:2]]
    if len(same) > 1:
        raise ValidationError(
            _("More than one record has this name: %(same)s. Enter the name with the ID of the one you mean."),
            code="ambiguous",
            params={"same": "; ".join(entity_text(row) for row in same)},
        )
    return same[0] if same else None


def _similar(text, rows):
    return similar_names(text, [(row.name, row) for row in rows.filter(name__icontains=text[:3])[:200]])


def suggestions(person, prefixes="GDJ") -> list[str]:
    """A limited number of suggestions for the browser, organizations first."""
    offered = []
    for prefix in prefixes:
        rows = ROWS[prefix](person).order_by("name")
        rows = rows if prefix == "J" else rows.exclude(has_closed())
        offered += [entity_text(row) for row in rows[: SUGGESTED // len(prefixes)]]
    return offered
