"""Pages of action items: the list with its download, one with its log, and the person's own."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partnerships.core.types import Text
from partnerships.meetings import action_queries as queries
from partnerships.meetings import rules
from partnerships.meetings.choices import ActionStatus
from partnerships.meetings.exports import ACTIONS
from partnerships.registry.rules import may_write_partnership
from partnerships.web.components.meetings import is_late, owner_words, row_of
from partnerships.web.frame import nouns
from partnerships.web.frame.history import name_of_person
from partnerships.web.frame.lists.page import ListPage
from partnerships.web.frame.lists.parameters import tidy_address
from partnerships.web.frame.lists.switches import Switch
from partnerships.web.frame.record_history import latest


def list_page(request):
    whose: list[tuple[Text, dict]] = [(gettext("Mine"), {"whose": ["mine"]}), (gettext("All"), {"whose": []})]
    return ListPage(
        request,
        ACTIONS.listing(request.user, request.GET),
        gettext("Action items"),
        nouns.ACTION_ITEM,
        sheet=ACTIONS,
        api="",
        switches=[Switch(gettext("Whose action items"), whose, has_counts=True, replaces=("whose",))],
    )


@never_cache
@require_safe
@tidy_address
def action_list(request):
    context = list_page(request).context()
    context["rows"] = [row_of(action) for action in context["rows"]]
    return render(request, "meetings/actions.html", context)


@never_cache
@require_safe
def action(request, public_id):
    person = request.user
    record = queries.action(person, public_id)
    partnership = record.partnership
    context = {
        "record": record,
        "partnership": partnership,
        "owner": owner_words(record),
        "activity": record.activity if record.sees_activity else None,
        "is_open": record.status == ActionStatus.OPEN,
        "is_late": is_late(record),
        "meeting": record.meeting if record.meeting and _sees(person, record.meeting) else None,
        "decision": record.decision if record.decision and _reads(person, record.decision) else None,
        "may_write": may_write_partnership(person, partnership),
        "may_note": rules.may_note_action(person, record),
        "log": [(entry, name_of_person(entry.by)) for entry in queries.log_of(record)],
        **latest(person, record),
        "crumbs": [(gettext("Action items"), reverse("actions")), (partnership.title, partnership.get_absolute_url())],
    }
    return render(request, "meetings/action.html", context)


def _sees(person, meeting):
    return rules.meetings_visible_to(person).filter(pk=meeting.pk).exists()


def _reads(person, decision):
    return rules.notes_visible_to(person).filter(pk=decision.meeting_id).exists()


@never_cache
@require_safe
@login_required
def own(request):
    rows = queries.open_actions_of(request.user)
    context = {
        "mine": [row_of(action) for action in rows if action.owner_person_id == request.user.pk],
        "ours": [row_of(action) for action in rows if action.owner_person_id != request.user.pk],
        "crumbs": [(gettext("Your account"), reverse("account"))],
    }
    return render(request, "account/actions.html", context)
