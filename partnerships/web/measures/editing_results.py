"""Edit pages of results."""

from dataclasses import dataclass, field

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from partnerships.core.access import may_write_somewhere, require
from partnerships.measurement import queries
from partnerships.measurement.models import Result
from partnerships.measurement.rules import may_write_result
from partnerships.registry import queries as registry
from partnerships.registry.rules import partnerships_visible_to
from partnerships.web.frame.drafts import with_drafts
from partnerships.web.frame.record_edit import RecordEdit, edit_record
from partnerships.web.measures.forms.results import ResultForm


@dataclass
class ResultEdit(RecordEdit):
    """`given` has the initial values for a new result."""

    given: dict = field(default_factory=dict)

    form_class = ResultForm
    fields = (*ResultForm.Meta.fields, "partnerships")
    label = _("Result")
    added = _("Added. Next, add an indicator to show whether it’s getting better.")

    def form_arguments(self, data):
        initial = {"partnerships": self._visible_partnerships(self.record)} if self.record.pk else self.given
        return {"person": self.person, "initial": initial}

    def _visible_partnerships(self, record):
        return list(partnerships_visible_to(self.person).filter(results=record).order_by("title", "pk"))

    def values(self, leave_out=()):
        values = super().values(leave_out)
        if self.record.pk and "partnerships" in values:  # partnerships that the person may not see stay linked
            seen = {one.pk for one in self._visible_partnerships(self.record)}
            values["partnerships"] += [one for one in self.record.partnerships.all() if one.pk not in seen]
        return values

    def comparable(self, snapshot, current):
        shown = {one.public_id for one in self._visible_partnerships(current)} | set(self.submitted()["partnerships"])
        return snapshot | {"partnerships": [text for text in snapshot["partnerships"] if text in shown]}


@require_http_methods(["GET", "POST"])
@with_drafts("partnership")
def new(request):
    require(may_write_somewhere(request.user))
    of = request.GET.get("partnership")  # a partnership that works on it
    partnership = registry.partnership(request.user, of) if of else None
    given = {"partnerships": [partnership], "lead": partnership.lead_id} if partnership else {}
    return edit_record(ResultEdit(request, Result(), gettext("Add a result"), given=given))


@require_http_methods(["GET", "POST"])
@with_drafts()
def edit(request, public_id):
    record = queries.result(request.user, public_id)
    require(may_write_result(request.user, record))
    return edit_record(ResultEdit(request, record, gettext("Edit: %(title)s") % {"title": record.title}))
