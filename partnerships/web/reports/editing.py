"""Edit pages of reports about a filtered list, about one partnership, or of an organization."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.core.models import type_key
from partnerships.directory import queries as directory
from partnerships.registry import queries as registry
from partnerships.reports import actions as reports
from partnerships.reports import queries as report_queries
from partnerships.reports.choices import ReportAudience, ReportKind
from partnerships.reports.filter_words import own_title, partnerships_in_words
from partnerships.reports.models import ReportDefinition
from partnerships.reports.rules import may_report_for
from partnerships.web.frame.drafts import with_drafts
from partnerships.web.frame.record_edit import RecordEdit, edit_record
from partnerships.web.reports.forms import ReportForm

CREATING = _("Saved. We’re creating the report. Its settings keep these choices for the next one.")


@dataclass
class ReportEdit(RecordEdit):
    """`owners` are those that a new report can be for, `about` what it's about, and `came_from` the page to return to."""

    owners: Any = ()
    about: dict = field(default_factory=dict)
    came_from: str = ""
    created: Any = None  # the report of a new definition that has no schedule

    template_name = "reports/edit.html"
    form_class = ReportForm
    fields = ReportForm.Meta.fields
    added = _("Saved. It will be created on its scheduled date.")

    def form_arguments(self, data):
        return {"owners": [self.record.owner] if self.record.pk else self.owners}

    def save(self, leave_out, version):
        values = self.values(leave_out)
        if not self.record.pk:
            owner = self.form.chosen_owner
            values |= self.about | {"kind": self.record.kind, type_key(owner): owner}
        common = {"by": self.person, "fields": values, "why": self.form.cleaned_data["why"]}
        if self.record.pk:
            return reports.save_report(definition=self.record, version=version, **common)
        saved, self.created = reports.add_report(**common)
        return saved

    def snapshot(self, current):
        return reports.snapshot(current)

    def submitted(self):
        called = self.form.fields["mailed_to"].label_from_instance
        mine = super().submitted() | {"mailed_to": sorted(called(one) for one in self.form.cleaned_data["mailed_to"])}
        return mine | self._query_in_words(mine)

    def _query_in_words(self, values):
        """Filters as people read them, and not as the URL of the list has them."""
        if self.record.kind != ReportKind.COUNCIL or "query" not in values:
            return {}
        owner = self.record.jurisdiction or self.form.chosen_owner
        definition = ReportDefinition(kind=self.record.kind, jurisdiction=owner, query=values["query"] or "")
        return {"query": partnerships_in_words(definition)}

    def comparable(self, snapshot, current):
        mailed_to = self.form.fields["mailed_to"]
        people = {str(one.pk): mailed_to.label_from_instance(one) for one in mailed_to.queryset}
        snapshot = snapshot | {
            "mailed_to": sorted(people.get(pk, gettext("Someone else")) for pk in snapshot.get("mailed_to", ()))
        }
        return snapshot | self._query_in_words(snapshot)

    def saved_message(self, after):
        return CREATING if self.created else super().saved_message(after)

    def saved_url(self, after):
        return reverse("report", args=[self.created.pk]) if self.created else after.get_absolute_url()

    def context(self):
        return {"button": gettext("Save") if self.record.pk else gettext("Create report")}

    def back(self):
        return self.record.get_absolute_url() if self.record.pk else self.came_from

    def crumbs(self):
        return [(gettext("Reports"), reverse("reports"))]


def _offices(person):
    offices = report_queries.offices_written_by(person)
    require(bool(offices))
    return offices


@require_http_methods(["GET", "POST"])
@with_drafts("filters")
def new(request):
    """A new council report. The list of partnerships sends its filters in one parameter."""
    owners = _offices(request.user)
    blank = ReportDefinition(kind=ReportKind.COUNCIL, title=own_title(owners[0]), query=request.GET.get("filters", ""))
    return _new(request, blank, owners, {}, reverse("reports"), gettext("New report for a council"))


@require_http_methods(["GET", "POST"])
@with_drafts()
def new_profile(request, public_id):
    record = registry.partnership(request.user, public_id)
    owners = _offices(request.user)
    eyes = ReportAudience.EVERYONE if record.is_published else ReportAudience.OWN
    blank = ReportDefinition(kind=ReportKind.PROFILE, title=record.title[:120], eyes=eyes)
    back, title = record.get_absolute_url(), gettext("One-page profile: %(title)s") % {"title": record.title}
    return _new(request, blank, owners, {"partnership": record}, back, title)


@require_http_methods(["GET", "POST"])
@with_drafts()
def new_own(request, public_id):
    record = directory.organization(request.user, public_id)
    require(may_report_for(request.user, record))
    title = gettext("What came of our partnerships")
    blank = ReportDefinition(kind=ReportKind.PARTNER, title=title, eyes=ReportAudience.OWN)
    back = reverse("organization_mine", args=[record.public_id])
    title = gettext("New report for our organization")
    return _new(request, blank, [record], {"eyes": ReportAudience.OWN}, back, title)


def _new(request, blank, owners, about, back, title):
    return edit_record(ReportEdit(request, blank, title, owners=owners, about=about, came_from=back))


@require_http_methods(["GET", "POST"])
@with_drafts()
def edit(request, public_id):
    one = report_queries.definition(request.user, public_id)
    require(may_report_for(request.user, one.owner))
    return edit_record(ReportEdit(request, one, gettext("Settings: %(title)s") % {"title": one.title}))
