"""Edit pages of counts: the membership composition of an advisory body, and the population of a place."""

from dataclasses import dataclass
from typing import ClassVar

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.core.errors import NotFound
from partnerships.core.types import Text
from partnerships.directory import queries as directory
from partnerships.measurement import composition_queries as queries
from partnerships.measurement.choices import Dimension
from partnerships.measurement.composition_models import Makeup, Population
from partnerships.measurement.groups import CATEGORIES
from partnerships.measurement.rules import may_write_composition, may_write_population
from partnerships.web.frame.drafts import with_drafts
from partnerships.web.frame.record_edit import RecordEdit, edit_record
from partnerships.web.measures.forms.composition import CompositionForm, PopulationForm


@dataclass
class CountEdit(RecordEdit):
    """`of_kind` is the field with the counted partnership or jurisdiction.

    `listed` is the URL name of the page with all its counts.
    """

    of_kind: ClassVar[str]
    listed: ClassVar[str]
    lead: ClassVar[Text]

    template_name = "measures/count_edit.html"
    links_history = True

    def form_arguments(self, data):
        return {}

    @property
    def of(self):
        return getattr(self.record, self.of_kind)

    @property
    def names(self):
        return self.form.names

    def values(self, leave_out=()):
        values = super().values(leave_out)
        return values if self.record.pk else values | {self.of_kind: self.of, "dimension": self.record.dimension}

    def saved_url(self, after):
        return f"{self.back()}#{self.record.dimension}"

    def back(self):
        return reverse(self.listed, args=[self.of.public_id])

    def crumbs(self):
        return [
            (gettext(f"{self.of_kind.capitalize()}s"), reverse(f"{self.of_kind}s")),
            (str(self.of), self.of.get_absolute_url()),
        ]

    def context(self):
        return {"lead": self.lead}


class CompositionEdit(CountEdit):
    form_class = CompositionForm
    of_kind = "partnership"
    listed = "partnership_makeup"
    lead = _(
        "Enter how many members are in each group, never who. Only people who may edit this record can see exact "
        "numbers. Everyone else sees a number only if it can’t identify a member. The count is kept as long as this "
        "record. A public-records request may reach it."
    )


class PopulationEdit(CountEdit):
    form_class = PopulationForm
    of_kind = "jurisdiction"
    listed = "jurisdiction_population"
    lead = _(
        "Enter the numbers as a public table has them. Leave groups that the table doesn’t count empty. Everyone can read "
        "these numbers."
    )


def _dimension(key):
    if key not in CATEGORIES:
        raise NotFound
    return Dimension(key)


def _edit(edit, request, record):
    title = gettext("Correct: %(dimension)s") if record.pk else gettext("Enter: %(dimension)s")
    return edit_record(edit(request, record, title % {"dimension": record.get_dimension_display()}))


@require_http_methods(["GET", "POST"])
@with_drafts()
def composition_new(request, public_id, dimension):
    body = queries.advisory_body(request.user, public_id)
    blank = Makeup(partnership=body, dimension=_dimension(dimension))
    require(may_write_composition(request.user, blank))
    return _edit(CompositionEdit, request, blank)


@require_http_methods(["GET", "POST"])
@with_drafts()
def composition(request, public_id):
    record = queries.composition(request.user, public_id)
    require(may_write_composition(request.user, record))
    return _edit(CompositionEdit, request, record)


@require_http_methods(["GET", "POST"])
@with_drafts()
def population_new(request, public_id, dimension):
    place = directory.jurisdiction(request.user, public_id)
    blank = Population(jurisdiction=place, dimension=_dimension(dimension))
    require(may_write_population(request.user, blank))
    return _edit(PopulationEdit, request, blank)


@require_http_methods(["GET", "POST"])
@with_drafts()
def population(request, public_id):
    record = queries.population(request.user, public_id)
    require(may_write_population(request.user, record))
    return _edit(PopulationEdit, request, record)
