"""Your own data, erasing a contact, an office's retention settings, and the file for a public-records request."""

import json

import orjson
from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.core.access import manages, require
from partnerships.directory import queries as directory
from partnerships.directory.models import body_of
from partnerships.records import privacy, retention
from partnerships.records.erasing import erasures_visible_to
from partnerships.records.public_records import records_of
from partnerships.registry import queries as registry
from partnerships.registry.rules import may_read_all, may_write_partnership
from partnerships.web.account.forms.retention import RetentionForm
from partnerships.web.frame import page_language
from partnerships.web.frame.editing import signed_in
from partnerships.web.frame.history import changes_in_words
from partnerships.web.frame.record_edit import RecordEdit, conflict_of_values, edit_record
from partnerships.web.frame.steps import Step, take_step


@page_language.english_only
@never_cache
@require_safe
@signed_in
def own_data(request):
    return _file("my-data.json", privacy.own_data(request.user))


def _file(name, data):
    body = orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z, default=str)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(body, content_type="application/json", headers=headers)


class _SureForm(forms.Form):
    sure = forms.BooleanField(label=_("Yes, permanently erase it"))


@never_cache
@require_http_methods(["GET", "POST"])
def erase_contact(request, pk):
    contact = directory.contact(request.user, pk)
    require(privacy.may_erase_contact(request.user, contact))
    owner = body_of(contact)
    back = owner.get_absolute_url()

    def act(data):
        privacy.erase_contact(contact=contact, by=request.user)
        return gettext("The contact was erased.")

    def page(_):
        return Step(
            title=gettext("Erase %(name)s?") % {"name": contact.name},
            text=gettext(
                "We’ll permanently delete the name, email address and phone number, in the history and in stored "
                "emails too. Meetings and check-ins that name this contact will lose it. You can’t undo this."
            ),
            button=gettext("Erase contact"),
            back=back,
        )

    return take_step(request, _SureForm(request.POST or None), act, page, to=back)


class RetentionEdit(RecordEdit):
    """The retention settings of an office. They have no version, so the form sends the values that its sender saw."""

    template_name = "office/keeping.html"

    def make_forms(self, data=None):
        self.form = RetentionForm(data, settings=retention.settings_of(self.record))

    def save(self, leave_out, version):
        days = {name: value for name, value in self.form.days().items() if name not in leave_out}
        retention.set_rules(jurisdiction=self.record, by=self.person, days=days, seen=self.form.was())
        return self.record

    def compare(self, stale):
        last = next(iter(retention.settings_log(stale.current)), None)
        return conflict_of_values(
            retention.settings_of(stale.current), self.form.was(), self.form.days(), labels=self.labels(), last=last
        )

    def merged(self, current, theirs):
        data, now = self.request.POST.copy(), retention.settings_of(current)
        for name in theirs:
            data[name] = now[name] or ""
        data["seen"] = json.dumps(now)
        return self.made_for(current, data)

    def saved_message(self, after):
        return gettext("Saved. We apply these settings once a day.")

    def saved_url(self, after):
        return self.request.path

    def context(self):
        return {
            "runs": self.record.retention_runs.all()[:50],
            "has_erasures": erasures_visible_to(self.person).exists(),
            "changes": changes_in_words(retention.settings_log(self.record)),
        }


@never_cache
@require_http_methods(["GET", "POST"])
def retention_settings(request, public_id):
    record = directory.jurisdiction(request.user, public_id)
    require(manages(request.user, record))
    return edit_record(RetentionEdit(request, record, gettext("Settings: %(record)s") % {"record": record.name}))


class _RecordsForm(forms.Form):
    private = forms.BooleanField(
        label=_("Include private fields"),
        required=False,
        help_text=_("Notes, people and the content of each change. Only people who keep the record may export them."),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def public_records(request, public_id):
    record = registry.partnership(request.user, public_id)
    require(may_read_all(request.user, record))
    form = _RecordsForm(request.POST or None)
    if not may_write_partnership(request.user, record):
        del form.fields["private"]

    def act(data):
        found = records_of(request.user, record, private=data.get("private", False))
        return _file(f"{record.public_id}-records.json", found)

    def page(_):
        return Step(
            title=gettext("Export for a public-records request"),
            text=gettext(
                "Everything the registry has about “%(record)s”, in one file. It doesn’t include partners’ "
                "private notes."
            )
            % {"record": record.title},
            button=gettext("Create file"),
            back=record.get_absolute_url(),
        )

    return take_step(request, form, act, page, to=record.get_absolute_url())
