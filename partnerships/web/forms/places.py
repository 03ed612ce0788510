"""Forms of a jurisdiction and of a department."""

from django import forms

from partnerships.directory.models import Department, Jurisdiction
from partnerships.directory.relations import KEYS, MOST
from partnerships.directory.rules import departments_visible_to
from partnerships.mail.schedule import ZONE_WORDS
from partnerships.web.forms.entities import SUGGESTED, EntitiesField, EntityField, entity_text, suggestions
from partnerships.web.forms.record import RecordForm


class _PlaceForm(RecordForm):
    """`parent` is typed by name or ID, since there may be thousands."""

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = self.fields["parent"].person = person
        self.initial["parent"] = entity_text(self.instance.parent) if self.instance.parent_id else ""
        self.fields["about"].widget.attrs["rows"] = 4


class JurisdictionForm(_PlaceForm):
    parent = EntityField(
        person=None, letters="J", label="Within", required=False, help_text="A jurisdiction by its name or id."
    )
    zone = forms.ChoiceField(label="Time zone", choices=list(ZONE_WORDS.items()))
    neighbors = EntitiesField(
        person=None,
        letters="J",
        label="Next to it",
        required=False,
        help_text=f"Jurisdictions that touch it, one a line, by name or id: {MOST} at most. It then stands on their pages, too.",
    )
    overlaps = EntitiesField(
        person=None,
        letters="J",
        label="Shares ground with it",
        required=False,
        help_text="Such as its county, its school district or its park board, one a line.",
    )

    class Meta:
        model = Jurisdiction
        fields = ("name", "kind", "state", "parent", "zone", "stage", "website", "about", "source", "last_verified_on")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in KEYS:
            self.fields[name].person = self.person
        self.order_fields([*self.Meta.fields[:4], *KEYS, *self.Meta.fields[4:]])
        if self.instance.zone not in ZONE_WORDS:
            self.fields["zone"].choices = [*ZONE_WORDS.items(), (self.instance.zone, self.instance.zone)]

    def suggested(self) -> list[str]:
        return suggestions(self.person, "J")


class DepartmentForm(_PlaceForm):
    parent = EntityField(
        person=None, letters="D", label="Part of", required=False, help_text="Another department, by its name or id."
    )

    class Meta:
        model = Department
        fields = (
            "name",
            "kind",
            "parent",
            "is_equity_office",
            "issue_areas",
            "website",
            "about",
            "source",
            "last_verified_on",
        )
        widgets = {"issue_areas": forms.CheckboxSelectMultiple}

    def suggested(self) -> list[str]:
        here = departments_visible_to(self.person).filter(jurisdiction_id=self.instance.jurisdiction_id)
        return [entity_text(row) for row in here.exclude(pk=self.instance.pk).order_by("name")[:SUGGESTED]]
