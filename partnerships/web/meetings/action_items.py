"""Pages of action items: the list with its download, one with its log, and the person's own."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partnerships.core import clock
from partnerships.core.types import Text
from partnerships.meetings import action_queries as queries
from partnerships.meetings import rules
from partnerships.meetings.choices import ActionStatus
from partnerships.meetings.exports import ACTIONS, activity_of, party_of
from partnerships.registry.choices import Status
from partnerships.registry.rules import may_write_partnership
from partnerships.web.frame import nouns
from partnerships.web.frame.history import name_of_person
from partnerships.web.frame.lists.page import ListPage
from partnerships.web.frame.lists.parameters import tidy_address
from partnerships.web.frame.lists.switches import Switch
from partnerships.web.frame.record_history import latest
from partnerships.web.frame.words import day, label


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


def row_of(action) -> dict:
    """An action item for components/_row.html."""
    is_open = action.status == ActionStatus.OPEN
    return {
        "url": action.get_absolute_url(),
        "title": action.title,
        "line": due_words(action),
        "facts": [fact for fact in (owner_words(action), activity_of(action), action.partnership.title) if fact],
        "tags": [] if is_open else [label(action.status, "action_status")],
        "note": gettext("Overdue") if is_open and _is_late(action) else "",
        "is_illustration": action.is_illustration,
    }


def _is_late(action):
    """Whether its due date has passed. Nothing is due in a partnership that has ended."""
    if not action.due_on or action.partnership.status == Status.ENDED:
        return False
    return action.due_on < clock.today(clock.zone(action.partnership.lead.zone))


def due_words(action) -> str:
    """When it was done, or is due."""
    if action.done_on:
        return gettext("Done on %(day)s.") % {"day": day(action.done_on)}
    if action.due_on:
        return gettext("Due %(day)s.") % {"day": day(action.due_on)}
    return gettext("No due date.")


def owner_words(action) -> str:
    """The owner: a party, a person, or a person on behalf of a party. A party that the reader may not see isn't named."""
    person = name_of_person(action.owner_person)
    party = party_of(action)
    if party and person:
        return gettext("%(person)s, for %(party)s") % {"person": person, "party": party}
    return party or person or gettext("No one is responsible now")


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
        "is_late": _is_late(record),
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
