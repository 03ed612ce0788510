"""The first steps of a new office: a checklist on the home page of its manager, and of the first administrator."""

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partnerships.accounts.actions import show_first_steps
from partnerships.core.access import is_administrator
from partnerships.insight import first_steps
from partnerships.sample import work
from partnerships.web.frame.editing import signed_in
from partnerships.web.frame.steps import Step, posted_data, take_step

_TITLES = {
    first_steps.OFFICE: _("Describe your office"),
    first_steps.STAFF: _("Invite your coworkers"),
    first_steps.IMPORT: _("Import your list of organizations"),
    first_steps.PARTNER: _("Invite your first partner"),
    first_steps.ROUND: _("Start your first survey round"),
}
_TEXTS = {
    first_steps.OFFICE: _("Say what it does and add its website, so that partners know who asks."),
    first_steps.STAFF: _("Editors can add and change records. Viewers can read them."),
    first_steps.IMPORT: _("Use the spreadsheet that you have. We match its columns and show every row first."),
    first_steps.PARTNER: _("Add a partnership with its partners, then ask one of them to confirm its seat."),
    first_steps.ROUND: _(
        "Each side answers ten questions about how you work together. Both see the results when it ends. A partner can be "
        "asked from 14 days after it confirmed its seat."
    ),
}


def first_steps_shown(person) -> dict | None:
    """The context of public/home/_first_steps.html, or None if all steps are done, or if the person hid them."""
    found = None if person.hides_first_steps else first_steps.first_steps_of(person)
    if found is None or found.are_done:
        return None
    rows = [
        {"title": _TITLES[key], "text": _TEXTS[key], "url": _url(found, key), "is_done": key in found.done}
        for key in first_steps.STEPS
    ]
    if found.office is None:
        rows[0] |= {"title": _("Choose your office"), "text": _("Find or add it, then invite its first manager.")}
    shown = {"office": found.office, "rows": rows, "done": len(found.done), "all": len(rows)}
    return shown | {"sample": sample_shown(person)}


def _url(found, key) -> str:
    """Where a step is done, or "" as long as it needs an earlier one."""
    office = found.office
    if office is None:
        return reverse("jurisdictions") if key == first_steps.OFFICE else ""
    if key == first_steps.OFFICE:
        return reverse("jurisdiction_edit", args=[office.public_id])
    if key == first_steps.STAFF:
        return reverse("jurisdiction_invite", args=[office.public_id])
    if key == first_steps.IMPORT:
        return reverse("imports")
    if not found.partnership:
        return reverse("partnership_new") if key == first_steps.PARTNER else ""
    if key == first_steps.PARTNER:
        return reverse("partnership_partners", args=[found.partnership])
    return reverse("round_new", args=[found.partnership])


class _ShownForm(forms.Form):
    shown = forms.BooleanField(label=_("Show the first steps on my home page"), required=False)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def page(request):
    """Show or hide the checklist."""

    def act(data):
        show_first_steps(by=request.user, **data)
        return gettext("Saved.")

    def step(_record):
        return Step(
            title=gettext("First steps"),
            text=gettext(
                "Managers of a new office see what to do first. The list goes away when everything on it is done."
            ),
            button=gettext("Save"),
            back=reverse("account"),
            crumbs=[(gettext("Your account"), reverse("account"))],
        )

    form = _ShownForm(posted_data(request), initial={"shown": not request.user.hides_first_steps})
    return take_step(request, form, act, step, to=reverse("home"))


def sample_shown(person) -> dict | None:
    """The link to this page in the first steps of an administrator; None for others and if there is nothing to do."""
    if not is_administrator(person):
        return None
    if work.has_sample():
        return {"title": _("Remove sample data"), "text": _("Do this before you add records of your own.")}
    if work.is_empty():
        return {
            "title": _("Load sample data"),
            "text": _("Try everything with made-up records. You can remove them later."),
        }
    return None
