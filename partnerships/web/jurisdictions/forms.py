"""Forms of a jurisdiction and of a department."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from partnerships.directory.models import Department, Jurisdiction
from partnerships.directory.relations import KEYS, MOST
from partnerships.directory.rules import departments_visible_to
from partnerships.mail.schedule import ZONE_WORDS, zone_words
from partnerships.web.frame.forms.entities import SUGGESTED, EntitiesField, EntityField, entity_text, suggestions
from partnerships.web.frame.forms.fields import field_of
from partnerships.web.frame.forms.record import RenamingForm, fields_of
from partnerships.web.frame.forms.zones import us_zones


class _PlaceForm(RenamingForm):
    """`parent` is typed by name or ID, since there may be thousands."""

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = field_of(self, "parent", EntityField).person = person
        self.initial["parent"] = entity_text(self.instance.parent) if self.instance.parent_id else ""
        self.fields["about"].widget.attrs["rows"] = 4


class JurisdictionForm(_PlaceForm):
    parent = EntityField(
        person=None, prefixes="J", label=_("Within"), required=False, help_text=_("The name or ID of a jurisdiction.")
    )
    zone = forms.ChoiceField(label=_("Time zone"), choices=us_zones)
    neighbors = EntitiesField(
        person=None,
        prefixes="J",
        label=_("Neighboring jurisdictions"),
        required=False,
        help_text=format_lazy(
            _(
                "Jurisdictions that border it: one per line, by name or ID, {number} at most. It will also appear on their "
                "pages."
            ),
            number=MOST,
        ),
    )
    overlaps = EntitiesField(
        person=None,
        prefixes="J",
        label=_("Overlapping jurisdictions"),
        required=False,
        help_text=_("Such as its county, school district or park board, one per line."),
    )

    class Meta:
        model = Jurisdiction
        fields = (
            "name",
            "other_names",
            "kind",
            "state",
            "parent",
            "zone",
            "stage",
            "website",
            "about",
            "source",
            "last_verified_on",
        )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in KEYS:
            field_of(self, name, EntitiesField).person = self.person
        self.order_fields(["name", "keeps_name", *self.Meta.fields[1:5], *KEYS, *self.Meta.fields[5:]])
        if self.instance.zone not in ZONE_WORDS:
            field_of(self, "zone", forms.ChoiceField).choices = [
                *us_zones(),
                (self.instance.zone, zone_words(self.instance.zone)),
            ]

    def suggested(self) -> list[str]:
        return suggestions(self.person, "J")


class DepartmentForm(_PlaceForm):
    parent = EntityField(
        person=None,
        prefixes="D",
        label=_("Part of"),
        required=False,
        help_text=_("The name or ID of another department."),
    )

    class Meta:
        model = Department
        fields = fields_of("department")
        widgets = {"issue_areas": forms.CheckboxSelectMultiple}

    def suggested(self) -> list[str]:
        here = departments_visible_to(self.person).filter(jurisdiction_id=self.instance.jurisdiction_id)
        return [entity_text(row) for row in here.exclude(pk=self.instance.pk).order_by("name")[:SUGGESTED]]
