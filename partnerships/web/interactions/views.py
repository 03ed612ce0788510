"""Pages of interactions: the list with its download, one of them, adding and editing, remarks and follow-ups; and timelines."""

from typing import Any
from urllib.parse import urlencode

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partnerships.core import clock
from partnerships.core.access import require
from partnerships.core.errors import NotFound
from partnerships.core.models import type_key
from partnerships.core.types import Text
from partnerships.directory import queries as directory
from partnerships.directory.models import body_of
from partnerships.interactions import actions, queries, rules
from partnerships.interactions.actions import FIELDS
from partnerships.interactions.choices import EventKind, InteractionKind
from partnerships.interactions.exports import INTERACTIONS
from partnerships.interactions.models import Interaction
from partnerships.interactions.timeline import events_with, kinds_asked
from partnerships.registry import queries as registry
from partnerships.registry.models import Partnership
from partnerships.web.components.interactions import event_rows, log_line, new_url, row_of, when_words
from partnerships.web.components.timelines import kind_filters
from partnerships.web.frame import nouns
from partnerships.web.frame.drafts import with_drafts
from partnerships.web.frame.editing import redirect_after_save
from partnerships.web.frame.forms.entities import EntityField, suggestions
from partnerships.web.frame.history import name_of_person
from partnerships.web.frame.lists.page import ListPage
from partnerships.web.frame.lists.parameters import tidy_address
from partnerships.web.frame.lists.switches import Switch
from partnerships.web.frame.record_edit import RecordEdit, edit_record
from partnerships.web.frame.record_history import latest
from partnerships.web.frame.steps import Step, take_step
from partnerships.web.interactions.forms import InteractionForm, RemarkForm, SideForm

ON_PAGE = 25  # events
_SIDES = {"G": directory.organization, "D": directory.department, "J": directory.jurisdiction}


def list_page(request):
    follow_ups: list[tuple[Text, dict]] = [
        (gettext("All"), {"follow_up": []}),
        (gettext("Follow-ups"), {"follow_up": ["mine"]}),
    ]
    return ListPage(
        request,
        INTERACTIONS.listing(request.user, request.GET),
        gettext("Interactions"),
        nouns.INTERACTION,
        sheet=INTERACTIONS,
        api="interactions",
        switches=[Switch(gettext("Which interactions"), follow_ups, has_counts=True, replaces=("follow_up",))],
    )


@never_cache
@require_safe
@tidy_address
def interaction_list(request):
    context = list_page(request).context()
    context["rows"] = [row_of(request.user, one) for one in context["rows"]]
    context["may_log"] = rules.may_log(request.user)
    return render(request, "interactions/list.html", context)


@never_cache
@require_safe
def interaction(request, public_id):
    person = request.user
    record = queries.interaction(person, public_id)
    is_own = rules.reads_for_office(person, record)
    side = body_of(record)
    context = {
        "record": record,
        "side": side,
        "when": when_words(record),
        "is_own": is_own,
        "may_write": rules.may_write_interaction(person, record),
        "may_remark": rules.may_remark(person, record),
        "logged_by": name_of_person(record.logged_by) if is_own and record.logged_by not in record.staff.all() else "",
        "staff": [name_of_person(one) for one in record.staff.all()] if is_own else [],
        "follow_up_by": name_of_person(record.follow_up_by) if is_own else "",
        "remarks": [
            (one, str(record.office if one.is_from_office else side), name_of_person(one.by))
            for one in record.remarks.select_related("by")
        ],
        **latest(person, record),
        "crumbs": [(gettext("Interactions"), reverse("interactions")), (str(side), side.get_absolute_url())],
    }
    return render(request, "interactions/detail.html", context)


@never_cache
@require_safe
@tidy_address
def timeline(request, public_id, prefix):
    """The whole timeline of an organization, a department or a jurisdiction, a page at a time. `prefix`: of its ids."""
    person = request.user
    side: Any = _SIDES[prefix](person, public_id)
    kinds = kinds_asked(request.GET)
    before = request.GET.get("before", "")
    events, more = events_with(person, side, kinds=kinds, before=before, most=ON_PAGE)
    here = reverse(f"{type_key(side)}_timeline", args=[side.public_id])
    asked = [("kind", kind) for kind in kinds]
    context = {
        "side": side,
        **event_rows(events),
        **kind_filters(here, EventKind.choices, kinds, "event_kind"),
        "more_url": f"{here}?{urlencode([*asked, ('before', more)])}" if more else "",
        "latest_url": f"{here}?{urlencode(asked)}" if before else "",
        **log_line(side, may=rules.may_log(person)),
        "crumbs": [*_lists_of(side), (str(side), side.get_absolute_url())],
    }
    return render(request, "interactions/timeline.html", context)


def _lists_of(side):
    lists = {"organization": gettext("Organizations"), "jurisdiction": gettext("Jurisdictions")}
    key = "organization" if type_key(side) == "organization" else "jurisdiction"
    return [(lists[key], reverse(f"{key}s"))]


class InteractionEdit(RecordEdit):
    template_name = "interactions/edit.html"
    form_class = InteractionForm
    fields = ("office", *FIELDS)
    added = _("Logged.")
    about: Partnership | None = None  # the partnership on whose page it is logged

    def make_forms(self, data=None):
        """The line on other pages sends a type and a summary: it was today, now, about the partnership on the page."""
        record, about = self.record, self.about
        if data is not None and record.pk is None and "date" not in data:
            data = data.copy()
            data.update(
                {"date": record.date.isoformat(), "time": record.time.isoformat(), "staff": str(self.person.pk)}
            )
            if about:
                data["partnerships"] = str(about.pk)
        super().make_forms(data)

    def form_arguments(self, data):
        if self.record.pk:
            return super().form_arguments(data)
        contact = self.request.GET.get("contact")
        initial: dict[str, list] = {"staff": [self.person.pk]}
        initial |= {"partnerships": [self.about.pk]} if self.about else {}
        initial |= {"contacts": [contact]} if contact else {}
        return super().form_arguments(data) | {"about": self.about, "initial": initial}

    def values(self, leave_out=()):
        values, record = super().values(leave_out), self.record
        if record.pk:
            return values
        side = body_of(record)
        return {"office": record.office, type_key(side): side} | values

    def back(self):
        return (self.record if self.record.pk else self.about or body_of(self.record)).get_absolute_url()

    def saved_url(self, after):
        return (after if self.record.pk else self.about or body_of(after)).get_absolute_url()

    def crumbs(self):
        side = body_of(self.record)
        return [(gettext("Interactions"), reverse("interactions")), (str(side), side.get_absolute_url())]

    def context(self):
        return {"side": body_of(self.record)}


@require_http_methods(["GET", "POST"])
@with_drafts("side", "partnership", "contact", "kind")
def new(request):
    """Log an interaction. The address or the form says who it was with (`side`); without it, the page asks."""
    person = request.user
    require(rules.may_log(person))
    about = request.GET.get("partnership")
    partnership = registry.partnership(person, about) if about else None
    asked = request.POST.get("side") or request.GET.get("side")
    if not asked:
        return _ask_side(request)
    side = _side(person, asked)
    office = next(
        (one for one in queries.offices_to_log_for(person) if partnership and one.pk == partnership.lead_id),
        queries.offices_to_log_for(person)[0],
    )
    now = clock.now().astimezone(clock.zone(office.zone))
    blank = Interaction(office=office, date=now.date(), time=now.time().replace(second=0, microsecond=0))
    setattr(blank, type_key(side), side)
    if request.GET.get("kind") in InteractionKind.values:
        blank.kind = request.GET["kind"]
    page = InteractionEdit(request, blank, gettext("Log an interaction with %(side)s") % {"side": side})
    page.about = partnership
    return edit_record(page)


def _ask_side(request):
    field = EntityField(
        person=request.user,
        label=gettext("Who was it with?"),
        help_text=gettext("An organization, department or jurisdiction: its name or ID."),
    )
    form = SideForm(request.GET if "with" in request.GET else None, field=field)
    if form.is_bound and form.is_valid():
        return redirect(new_url(form.cleaned_data["side"]))
    context = {"side_form": form, "suggested": suggestions(request.user), "title": gettext("Log an interaction")}
    return render(request, "interactions/side.html", context)


def _side(person, public_id):
    """The organization, department or jurisdiction with this id. Raises NotFound or MistypedId."""
    find = _SIDES.get(public_id[:1].upper())
    if find is None:
        raise NotFound
    return find(person, public_id)


@require_http_methods(["GET", "POST"])
@with_drafts()
def edit(request, public_id):
    record = queries.interaction(request.user, public_id)
    require(rules.may_write_interaction(request.user, record))
    return edit_record(InteractionEdit(request, record, gettext("Edit: %(title)s") % {"title": record.summary}))


@require_POST
def follow_up(request, public_id):
    """Say that the follow-up is done."""
    record = queries.interaction(request.user, public_id)
    require(rules.may_write_interaction(request.user, record))
    actions.finish_follow_up(interaction=record, by=request.user)
    return redirect_after_save(request, gettext("The follow-up is done."), record.get_absolute_url())


@require_http_methods(["GET", "POST"])
def remark(request, public_id):
    record = queries.interaction(request.user, public_id)
    require(rules.may_remark(request.user, record))

    def act(data):
        actions.add_remark(interaction=record, by=request.user, **data)
        return gettext("Your remark was added.")

    def page(current):
        return Step(
            title=gettext("Add a remark: %(title)s") % {"title": record.summary},
            text=gettext("Your remark stays with this interaction."),
            button=gettext("Add remark"),
            back=record.get_absolute_url(),
            crumbs=[(gettext("Interactions"), reverse("interactions")), (record.summary, record.get_absolute_url())],
        )

    return take_step(request, RemarkForm(request.POST or None), act, page, to=record.get_absolute_url())
