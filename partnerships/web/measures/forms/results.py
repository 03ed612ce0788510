"""The form of a result: what should change, for which population, and which partnerships work on it."""

import re

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core.errors import ValidationError
from partnerships.core.fields import ProseInput
from partnerships.core.ids import MistypedId, parse
from partnerships.directory import queries as directory
from partnerships.measurement.models import Result
from partnerships.registry.rules import partnerships_visible_to
from partnerships.web.frame.forms.entities import entity_text
from partnerships.web.frame.forms.fields import field_of
from partnerships.web.frame.forms.record import RecordForm

MOST = 100  # partnerships per result


class PartnershipsField(forms.CharField):
    """Partnerships, one per line by ID or title. Cleans to a list of those that the person may see."""

    widget = ProseInput(attrs={"rows": 3})

    def __init__(self, *, person, **kwargs):
        super().__init__(max_length=10_000, **kwargs)
        self.person = person

    def prepare_value(self, value):
        return value if value is None or isinstance(value, str) else "\n".join(entity_text(one) for one in value)

    def clean(self, value):
        lines = dict.fromkeys(line.strip() for line in super().clean(value).splitlines() if line.strip())
        if len(lines) > MOST:
            raise ValidationError(gettext("Enter %(number)s partnerships at most.") % {"number": MOST})
        return list(dict.fromkeys(self._find_partnership(line) for line in lines))

    def _find_partnership(self, line):
        seen = partnerships_visible_to(self.person)
        same = list((seen.filter(public_id=_id_in(line)) if _id_in(line) else seen.filter(title__iexact=line))[:2])
        if not same:
            raise ValidationError(
                gettext("We can’t find a partnership “%(text)s”. Copy its ID from its page, such as P-7KQ4MX-2.")
                % {"text": line[:80]}
            )
        if len(same) > 1:
            raise ValidationError(
                gettext("More than one partnership is called “%(text)s”. Enter its ID instead.") % {"text": line[:80]}
            )
        return same[0]


def _id_in(line):
    candidate = re.split(r"[(\s/]+", line.rstrip(") /"))[-1]
    try:
        return parse(candidate)
    except MistypedId:
        return ""


class ResultForm(RecordForm):
    """`person` limits the offices to those that they may write for."""

    class Meta:
        model = Result
        fields = ("title", "population", "detail", "lead", "issue_areas", "is_published", "source", "last_verified_on")
        labels = {
            "title": _("What should be different"),
            "population": _("Population"),
            "detail": _("Details"),
            "lead": _("Office that keeps it"),
            "issue_areas": _("Issue areas"),
            "is_published": _("Everyone can read this result"),
            "source": _("Source"),
        }
        help_texts = {
            "title": _("One plain sentence about people, for example “Every family has a home it can afford”."),
            "population": _("The whole group of people, for example “Renters in the city”."),
            "is_published": (
                _(
                    "If checked, its name, population and partnerships appear on public pages. You publish each indicator "
                    "separately. If not, only your office and the partners can see it."
                )
            ),
            "last_verified_on": _("The date when someone last checked that this is right."),
        }
        widgets = {"issue_areas": forms.CheckboxSelectMultiple, "detail": ProseInput(attrs={"rows": 4})}

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        leads = directory.jurisdictions_of_editor(person)
        if self.instance.lead_id:
            leads = leads | leads.model.objects.filter(pk=self.instance.lead_id)
        field_of(self, "lead", forms.ModelChoiceField).queryset = leads.distinct()
        field_of(self, "lead", forms.ModelChoiceField).empty_label = (
            None if leads.count() == 1 else gettext("Choose one")
        )
        self.fields["partnerships"] = PartnershipsField(
            person=person,
            label=gettext("Partnerships that work on it"),
            required=False,
            help_text=gettext("One per line, by title or ID. Users of their partners can also see this result."),
        )
        self.order_fields(["title", "population", "detail", "lead", "partnerships"])
