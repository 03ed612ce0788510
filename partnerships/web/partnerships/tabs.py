"""The tabs of a partnership, which are pages of their own: their names, their addresses, and which of them a reader gets."""

from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from partnerships.assessment.rules import may_start_round
from partnerships.insight.parts import filled_parts
from partnerships.insight.queries import has_withdrawn_round
from partnerships.measurement.activity_queries import parties_with_gains_to_record
from partnerships.web.components.partnerships import TABS, partnership_url


@require_safe
def moved(request, public_id, to):
    """Redirect an address from before the tabs to the page that replaced it."""
    query = request.GET.urlencode()
    return redirect(reverse(to, args=[public_id]) + (f"?{query}" if query else ""), permanent=True)


def tabs_of(person, detail, *, may_write, current) -> list[dict]:
    """The tabs that this reader gets. A tab that would be empty and offers them nothing to do is left out, unless it's the
    current one.
    """
    record, shown = detail.record, {"overview", "partners", "timeline", current}
    if detail.is_whole:
        shown.add("office")
    if may_write:
        shown |= {"power", "results", "meetings", "agreement"}
    else:
        shown |= _filled(person, detail)
    return [
        {"key": key, "name": name, "url": partnership_url(record, key), "is_current": key == current}
        for key, (_, name) in TABS.items()
        if key in shown
    ]


def _filled(person, detail) -> set:
    record, filled = detail.record, filled_parts(person, detail.record)
    shown = {"agreement"} if has_agreement(detail.document) else set()
    if filled.has_meetings or detail.is_whole:
        shown.add("meetings")
    if filled.has_results or parties_with_gains_to_record(person, record):
        shown.add("results")
    if (
        filled.has_power
        or may_start_round(person, record)
        or (not detail.document["all_partners_listed"] and has_withdrawn_round(detail.record))
    ):
        shown.add("power")
    return shown


def has_agreement(document) -> bool:
    return bool(document["common_agenda"] or document["facts"] or document["documents"])
