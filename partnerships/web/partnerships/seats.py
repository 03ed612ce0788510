"""Expected seats: add one, remove one, add it again."""

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.core.models import type_key
from partnerships.directory import queries as directory
from partnerships.directory.reference.vocabularies import term_name
from partnerships.insight import expected_seats, queries
from partnerships.insight.models import ExpectedSeat
from partnerships.insight.rules import may_expect, office_of
from partnerships.registry import queries as registry
from partnerships.web.components.partnerships import partnership_url
from partnerships.web.frame.editing import version_of
from partnerships.web.frame.forms.fields import NoForm
from partnerships.web.frame.steps import Step, take_step
from partnerships.web.partnerships.forms.seats import SeatForm


@require_http_methods(["GET", "POST"])
def partnership_seat_new(request, public_id):
    record = registry.partnership(request.user, public_id)
    back = partnership_url(record, "partners")
    crumbs = [
        (gettext("Partnerships"), reverse("partnerships")),
        (record.title, record.get_absolute_url()),
    ]
    return _new(request, record.lead, {"partnership": record}, record.title, back, crumbs)


@require_http_methods(["GET", "POST"])
def area_seat_new(request, public_id, key):
    office, area = directory.jurisdiction(request.user, public_id), directory.issue_area(request.user, key)
    back = _of_area(area, office)
    crumbs = [(gettext("Issue areas"), reverse("issue_areas")), (term_name(area.name), area.get_absolute_url())]
    return _new(request, office, {"issue_area": area}, f"{term_name(area.name)}, {office}", back, crumbs)


def _of_area(area, office):
    return f"{reverse('issue_area_circles', args=[area.key])}?at={office.public_id}"


def _new(request, office, scope, name, back, crumbs):
    require(may_expect(request.user, office))
    groups = [(group, [(_key(row), row) for row in rows]) for group, rows in queries.who_may_be_expected(office)]
    offered = [(group, [(key, term_name(row)) for key, row in rows]) for group, rows in groups if rows]
    form = SeatForm(request.POST or None, instance=ExpectedSeat(), offered=offered)

    def act(data):
        row = next(row for _, rows in groups for key, row in rows if key == data["who"])
        fields = {field: data[field] for field in ("circle", "why", "is_public")} | scope
        expected_seats.expect_seat(office=office, by=request.user, fields=fields | {type_key(row): row})
        return gettext("The seat is shown now. It stays empty until a partner fits it.")

    def page(_):
        return Step(
            title=gettext("Add an expected seat: %(name)s") % {"name": name},
            text=gettext(
                "An empty seat is a friendly way to show who is missing. It’s filled once a fitting partner takes part."
            ),
            button=gettext("Add expected seat"),
            back=back,
            crumbs=[*crumbs, (gettext("Circles"), back)],
        )

    return take_step(request, form, act, page, to=back)


def _key(row) -> str:
    return getattr(row, "public_id", "") or f"term:{row.pk}"


@require_http_methods(["GET", "POST"])
def expected_seat(request, public_id):
    """Remove an expected seat, or undo that."""
    seat = queries.seat_of(request.user, public_id)
    office = office_of(seat)
    require(may_expect(request.user, office))
    is_back = seat.taken_back_on is not None
    change = expected_seats.expect_again if is_back else expected_seats.stop_expecting
    back = partnership_url(seat.partnership, "partners") if seat.partnership else ""
    back = back or _of_area(seat.issue_area, seat.office)

    def act(data):
        change(seat=seat, by=request.user, version=version_of(request))
        if is_back:
            return gettext("The expected seat is back.")
        return gettext("The expected seat is removed. You can add it again at any time.")

    def page(seat):
        texts = _AGAIN if is_back else _TAKE_BACK
        title = texts["title"].format(term_name(queries.SeatSeen(seat, []).wanted))
        return Step(
            title=title,
            text=texts["text"],
            button=texts["button"],
            record=seat,
            back=back,
            crumbs=[(gettext("Circles"), back)],
        )

    return take_step(request, NoForm(request.POST or None), act, page, seat, to=back)


_TAKE_BACK = {
    "title": _("Remove this expected seat: {}?"),
    "text": _("We no longer show it as empty. The history keeps it, and you can add it again."),
    "button": _("Remove expected seat"),
}
_AGAIN = {
    "title": _("Add this expected seat again: {}?"),
    "text": _("We show it again, empty until a partner fits it."),
    "button": _("Add expected seat"),
}
