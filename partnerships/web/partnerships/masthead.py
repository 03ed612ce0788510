"""The masthead that all tabs of a partnership share, and the view that puts a tab under it."""

from datetime import date
from functools import cached_property, wraps

from django.conf import settings
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from partnerships.core import clock
from partnerships.core.errors import NotFound
from partnerships.core.label_overrides import for_jurisdiction
from partnerships.meetings import queries as meetings
from partnerships.meetings.action_queries import actions_of
from partnerships.registry import party_queries, queries, rules, sides
from partnerships.registry.choices import OFFICE_ONLY_CIRCLES, SeatState, Status, Verdict
from partnerships.web.components.following import follow_button
from partnerships.web.components.partnerships import TABS, partnership_url
from partnerships.web.frame.words import checked_on, day, label
from partnerships.web.partnerships.tabs import tabs_of


def tab(key):
    """Makes a view of a function that takes the page and returns what this tab shows. Its template is partnerships/<key>.html."""

    def decorate(build):
        @require_safe
        @wraps(build)
        def view(request, public_id):
            page = PartnershipPage(request, public_id, key)
            with for_jurisdiction(page.document["lead"]["id"]):
                shown = build(page)
                return render(request, f"partnerships/{key}.html", shown | page.masthead(shown))

        return view

    return decorate


class PartnershipPage:
    """One partnership as one person reads it. What several tabs show is asked for once, and only if a tab shows it."""

    def __init__(self, request, public_id, key):
        self.request, self.person, self.key = request, request.user, key
        self.detail = queries.partnership_detail(self.person, public_id)
        self.record, self.document, self.is_whole = self.detail.record, self.detail.document, self.detail.is_whole

    def require_whole(self):
        """Raises NotFound for readers who may not read all of it: for them this tab isn't there."""
        if not self.is_whole:
            raise NotFound

    @cached_property
    def may_write(self) -> bool:
        return rules.may_write_partnership(self.person, self.record)

    @cached_property
    def parties(self) -> list[dict]:
        """Those of the document, with their addresses."""
        return [party | {"url": reverse(party["type"], args=[party["id"]])} for party in self.document["parties"]]

    @cached_property
    def rows(self) -> list:
        """The rows of the partners that the person may see."""
        read = self.detail.parties
        return party_queries.parties_seen(self.person, [self.record]) if read is None else read

    @cached_property
    def coming(self) -> list:
        """The next meetings that take place."""
        return meetings.next_meetings(self.person, self.record, most=2)

    @cached_property
    def to_do(self) -> list:
        return actions_of(self.person, self.record)

    def masthead(self, shown) -> dict:
        """`shown`: what the tab shows."""
        document, record = self.document, self.record
        actions = self._actions(shown)
        return {
            "record": record,
            "p": document,
            "is_whole": self.is_whole,
            "may_write": self.may_write,
            "may_plan": rules.may_plan(self.person, self.record),
            "is_shared": bool(not record.is_published and sides.shares(self.person, record)),
            "checked": checked_on(document["last_verified_on"]) if document["last_verified_on"] else "",
            "facts": self._facts(),
            "citation": _citation(document) if record.is_published else "",
            "data_url": reverse("api-partnerships-detail", args=[document["id"]]) if record.is_published else "",
            "dispute_count": _disputes(document),
            "partners_url": partnership_url(record, "partners"),
            "primary": actions[0] if actions else None,
            "more": actions[1:],
            "opens_forms": any(action.get("in_place") for action in actions),
            "follow": follow_button(self.person, record),
            "tabs": tabs_of(self.person, self.detail, may_write=self.may_write, current=self.key),
            "tab_key": self.key,
            "tab_name": TABS[self.key][1],
            "crumbs": [(gettext("Partnerships"), reverse("partnerships"))]
            + [(label(key, "issue"), reverse("issue_area", args=[key])) for key in document["issue_areas"][:1]],
        }

    def _facts(self) -> list[dict]:
        """The lead agency, the next meeting, what is overdue, and the end of the agreement."""
        lead = self.document["lead"]
        url = reverse("jurisdiction", args=[lead["id"]])
        facts: list[dict] = [
            {"label": gettext("Lead agency"), "party": {"name": lead["name"], "side": "government", "url": url}}
        ]
        if self.coming:
            facts.append({"label": gettext("Next meeting"), "meeting": self.coming[0]})
        late = self.late
        if late:
            url = partnership_url(self.record, "meetings", "to-do")
            facts.append({"label": gettext("Overdue"), "count": len(late), "since": late[0].due_on, "url": url})
        agreement = self.document["facts"].get("agreement")
        if agreement and agreement["ends_on"]:
            url = partnership_url(self.record, "agreement")
            is_over = str(agreement["ends_on"]) < str(self.today)
            name = gettext("Agreement ended") if is_over else gettext("Agreement ends")
            facts.append({"label": name, "on": agreement["ends_on"], "url": url})
        return facts

    @property
    def has_ended(self) -> bool:
        return self.document["status"] == Status.ENDED

    @cached_property
    def today(self) -> date:
        """The day where the lead agency is."""
        return clock.today(clock.zone(self.record.lead.zone))

    @property
    def late(self) -> list:
        """The overdue action items, the oldest first. Nothing is due in a partnership that has ended."""
        if self.has_ended:
            return []
        return [action for action in self.to_do if action.due_on and action.due_on < self.today]

    def _actions(self, shown) -> list[dict]:
        """What the reader can do here, the primary action first."""
        own = _own_actions(self, shown)
        if not self.may_write:
            return own
        actions, first = self._of_editors(), (_FIRST_ONCE_ENDED if self.has_ended else _FIRST)[self.key]
        if not self.record.is_published and self.key == "overview":
            first = "partnership_publish"
        if not shown.get("may_start_round"):
            actions = [action for action in actions if action["route"] != "round_new"]
        return sorted(actions, key=lambda action: action["route"] != first) + own

    def _of_editors(self) -> list[dict]:
        edit, name = _EDIT.get(self.key, ("", ""))
        reopen = gettext("Reopen")
        names = {edit: name} if edit else {}
        names |= {"partner_new": gettext("Add a partner")}
        if self.has_ended:
            # Its status is in the form of the overview.
            names |= {} if edit == _REOPEN else {_REOPEN: reopen}
        else:
            names |= {
                "meeting_new": gettext("Schedule a meeting"),
                "activity_new": gettext("Add an activity"),
                "checkinplan_new": gettext("Set check-ins"),
            }
        names |= {
            "round_new": gettext("Ask both sides"),
            "profile_new": gettext("One-page profile"),
            "partnership_edit": gettext("Edit everything"),
        }
        if not self.record.is_published:
            names = names | {"partnership_publish": gettext("Publish"), "partnership_share": gettext("Share draft")}
        if not self.has_ended:
            names["partnership_end"] = gettext("Close partnership")
        if self.record.is_published:
            names["partnership_withdraw"] = gettext("Unpublish")
        only = {"partner_new": "partners", "round_new": "power", "checkinplan_new": "office"}
        return [
            {
                "route": route,
                "name": name,
                "url": reverse(route, args=[self.record.public_id]) + ("#id_status" if name == reopen else ""),
                "in_place": route in _IN_PLACE and name != reopen,
            }
            for route, name in names.items()
            if only.get(route, self.key) == self.key
        ]


# Key of a tab → the route of what an editor does first there.
_FIRST = {
    "overview": "partnership_overview_edit",
    "partners": "partner_new",
    "power": "round_new",
    "results": "activity_new",
    "meetings": "meeting_new",
    "timeline": "partnership_timeline_edit",
    "agreement": "partnership_agreement_edit",
    "office": "checkinplan_new",
}
_REOPEN = "partnership_overview_edit"
# The same after it ended: nothing new is planned then.
_FIRST_ONCE_ENDED = (
    _FIRST | dict.fromkeys(("partners", "results", "meetings"), _REOPEN) | {"office": "partnership_office_edit"}
)
# Forms that are short enough to open on the tab itself.
_IN_PLACE = (
    "partnership_overview_edit",
    "partner_new",
    "partnership_timeline_edit",
    "partnership_agreement_edit",
    "partnership_office_edit",
    "checkinplan_new",
)
# Key of a tab → the route and the name of its short form.
_EDIT = {
    "overview": ("partnership_overview_edit", _("Edit overview")),
    "partners": ("partnership_partners_edit", _("Edit partners")),
    "timeline": ("partnership_timeline_edit", _("Edit where it came from")),
    "agreement": ("partnership_agreement_edit", _("Edit agreement")),
    "office": ("partnership_office_edit", _("Edit source and notes")),
}


def _own_actions(page, shown) -> list[dict]:
    """What the people of a partner can do on this tab for it."""
    public_id = page.record.public_id
    if page.key == "power" and not page.may_write:
        routes = {"round_new": gettext("Ask both sides")} if shown.get("may_start_round") else {}
    elif page.key == "results":
        routes = {"gain_new": gettext("Add what you gained")} if shown.get("may_gain") else {}
    else:
        routes = _of_own_parts(shown.get("own_parts", ()))
    return [{"route": route, "name": name, "url": reverse(route, args=[public_id])} for route, name in routes.items()]


def _of_own_parts(parts) -> dict:
    asked = any(part.is_asked and part.may_state for part in parts)
    unanswered = any(part.may_answer_seat and part.party.state != SeatState.CONFIRMED for part in parts)
    routes = {"partnership_our_seat": gettext("Confirm or decline your seat")} if unanswered else {}
    if any(part.may_state for part in parts):
        routes = ({"partnership_confirm": gettext("Confirm or dispute the record")} | routes) if asked else routes
    if any(part.may_write for part in parts):
        routes["partnership_our_part"] = gettext("Change your part")
    return routes


def _disputes(document) -> int:
    """How many partners that the reader sees disagree with the record."""
    lead = document["lead"]["id"]
    other_party_ids = {
        p["id"] for p in document["parties"] if p["id"] != lead and p["circle"] not in OFFICE_ONLY_CIRCLES
    }
    disputed = [s for s in document["statements"] if s["verdict"] == Verdict.DISPUTED]
    return sum(statement["party"] in other_party_ids for statement in disputed)


def _citation(document) -> str:
    """How to cite the record, in English, with the version and the day on which the public record last changed."""
    url, changed = settings.BASE_URL + reverse("partnership", args=[document["id"]]), str(document["updated_at"])[:10]
    words = f"{document['lead']['name']}: “{document['title']}.” Partnership Registry"
    with translation.override("en"):
        return f"{words}, {document['id']}, version {document['version']}, {day(changed)}. {url}"
