"""The page that says who looks after a partnership or an organization."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.core.errors import NotFound
from partnerships.directory.queries import organization
from partnerships.interactions.owners import current, may_set_owners, office_of, owners_of, set_owners, state
from partnerships.interactions.queries import people_of
from partnerships.registry.queries import partnership
from partnerships.web.frame.history import name_of_person
from partnerships.web.frame.steps import Step, posted_data, take_step
from partnerships.web.frame.words import day

_FIND = {"P": partnership, "G": organization}


class OwnersForm(forms.Form):
    """`people`: those of the office, and who is owner or backup now."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        known = {one.pk: one for one in people}
        choices = [("", gettext("No one")), *((pk, name_of_person(one)) for pk, one in known.items())]
        for name, label in (("owner", _("Owner")), ("backup", _("Backup"))):
            self.fields[name] = forms.TypedChoiceField(
                label=label,
                choices=choices,
                coerce=lambda pk: known[int(pk)],
                empty_value=None,
                required=False,
            )


@require_http_methods(["GET", "POST"])
def owner(request, public_id, prefix):
    """`prefix`: of the ids of such records."""
    person = request.user
    record: Any = _FIND[prefix](person, public_id)
    office = office_of(person, record)
    require(may_set_owners(person, office))
    if office is None:
        raise NotFound
    rows = owners_of(person, record, office)
    now = {"owner": current(rows), "backup": current(rows, is_backup=True)}
    people = {one.pk: one for one in [*people_of(office), *filter(None, now.values())]}
    initial = {name: one.pk if one else "" for name, one in now.items()} | {"seen": state(rows)}
    form = OwnersForm(posted_data(request), people=people.values(), initial=initial)
    back = record.get_absolute_url()

    def act(data):
        set_owners(record=record, office=office, by=person, **data)
        return gettext("Owner saved.")

    def page(current_record):
        return Step(
            title=gettext("Owner of %(name)s") % {"name": record},
            text=gettext(
                "Who in your office looks after %(name)s? An owner gets no extra permissions. Only your office sees owners."
            )
            % {"name": record},
            button=gettext("Save owner"),
            back=back,
            crumbs=[(str(record), back)],
            points=[_before(row) for row in rows if row.until],
            points_title=gettext("Owners before"),
        )

    def refused():
        form.data = dict(request.POST.items()) | {"seen": state(rows)}  # the page now shows who it is

    return take_step(request, form, act, page, to=back, refused=refused)


def _before(row) -> str:
    words = {"name": name_of_person(row.person), "since": day(row.since), "until": day(row.until)}
    if row.is_backup:
        return gettext("%(name)s, backup, %(since)s to %(until)s") % words
    return gettext("%(name)s, %(since)s to %(until)s") % words
