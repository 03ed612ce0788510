"""Your organization: one page with all that its own users can change, and a small page for each part."""

from django.contrib import messages
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partnerships.accounts.queries import members_of
from partnerships.core import clock, record_types
from partnerships.core.access import manages, require
from partnerships.core.errors import EditConflict, NotFound
from partnerships.directory import actions, queries, rules
from partnerships.directory.reference.vocabularies import term_name
from partnerships.meetings.queries import check_ins_asked_of, meetings_ahead_of
from partnerships.registry.sides import seats_of
from partnerships.reports.rules import may_report_for
from partnerships.web.components.details import links_of_partnerships
from partnerships.web.components.forms.organization import WITH_READERS
from partnerships.web.components.meetings import dated_meeting
from partnerships.web.components.pending_requests import requests_to
from partnerships.web.components.seats import action_for, state_line
from partnerships.web.frame.drafts import with_drafts
from partnerships.web.frame.editing import redirect_after_save, version_of
from partnerships.web.frame.record_edit import Section, edit_record
from partnerships.web.frame.words import checked_words, is_old, label
from partnerships.web.organizations.editing import OrganizationEdit

_READERS = _(
    "For each field, choose who can see it. “Partners” are the users of organizations and offices that work with you."
)


def _fields_in(section):
    return tuple(one.name for one in record_types.get("organization").fields if one.section == section)


SECTIONS = {
    "name": Section(_("Name and type"), _READERS, _fields_in("name")),
    "work": Section(_("Our mission"), _READERS, _fields_in("work")),
    "place": Section(_("Where we work, and who with"), _READERS, _fields_in("place")),
    "reach": Section(_("How to reach us"), _READERS, _fields_in("reach"), ("contacts",)),
    "listing": Section(
        _("How we are listed"),
        _(
            "It’s your choice. It takes effect right away and everywhere: pages, search, filters, counts and downloads. "
            "You can change it at any time, without giving a reason. If you unlist your organization, only you can list it "
            "again."
        ),
        _fields_in("listing"),
    ),
    "domain": Section(
        _("Our email domain"),
        _(
            "A new person who claims this organization and signs in with an email address at this domain becomes an editor at"
            " once. All of you get an email, and each of you can end it. It works only while the domain is your website’s and"
            " one of your managers signs in with an address there. It never brings back anyone who left or was removed."
        ),
        _fields_in("domain"),
    ),
}
ABOUT = ("name", "work", "place", "reach")
SEATS = 5  # before the rest folds


def _own_organization(request, public_id):
    """The organization, for its own users. Raises NotFound for everyone else."""
    record = queries.organization(request.user, public_id)
    if not rules.is_member(request.user, record):
        raise NotFound
    return record


@require_safe
@never_cache
def mine(request, public_id):
    return _show(request, _own_organization(request, public_id))


@require_POST
def confirm_current(request, public_id):
    """Confirm that the record is current."""
    record = _own_organization(request, public_id)
    require(rules.may_write_organization(request.user, record))
    try:
        actions.verify_organization(organization=record, by=request.user, version=version_of(request))
    except EditConflict:
        messages.warning(request, gettext("Someone just changed this record. Review it, then confirm again."))
        return _show(request, _own_organization(request, public_id), status=409)
    return redirect_after_save(
        request, gettext("Thank you. Confirmed as of today."), reverse("organization_mine", args=[public_id])
    )


@require_http_methods(["GET", "POST"])
@never_cache
@with_drafts()
def part(request, public_id, key):
    record = _own_organization(request, public_id)
    require(rules.may_write_organization(request.user, record))
    require(key != "domain" or manages(request.user, record))
    chosen, back = SECTIONS[key], reverse("organization_mine", args=[record.public_id])
    has_readers = key in ABOUT
    page = OrganizationEdit(request, record, chosen.title, section=chosen, readers=has_readers, came_from=back)
    return edit_record(page)


def _show(request, record, status=200):
    person, may_write = request.user, rules.may_write_organization(request.user, record)
    verified = record.last_verified_on
    seats = [
        {"party": party, "line": state_line(party, latest), "action": action_for(party)}
        for party, latest in seats_of(person, organization=record)
    ]
    context = {
        "record": record,
        "may_write": may_write,
        "manages": manages(person, record),
        "may_report": may_report_for(person, record),
        "parts": [_part_row(record, key, SECTIONS[key]) for key in ABOUT],
        "contacts": queries.contacts_of(person, record),
        "checked": checked_words(record, request.user),
        "is_right_today": verified == clock.today(),
        "is_old": is_old(verified),
        "asked": requests_to(person, record),
        "meetings": [dated_meeting(meeting) for meeting in meetings_ahead_of(person, record)],
        "check_ins": [_check_in(plan) for plan in check_ins_asked_of(person, [record.pk])],
        "seats": seats[:SEATS],
        "more_seats": seats[SEATS:],
        "members": members_of(request.user, record),
        "crumbs": [
            (gettext("Organizations"), reverse("organizations")),
            (record.name, record.get_absolute_url()),
        ],
        **links_of_partnerships(person, "organization", record),
    }
    return render(request, "organizations/own.html", context, status=status)


def _part_row(record, key, chosen):
    return {
        "key": key,
        "title": chosen.title,
        "url": reverse(f"own_{key}", args=[record.public_id]),
        "rows": [_field_row(record, name) for name in chosen.fields],
        "has_readers": any(name in WITH_READERS for name in chosen.fields),
    }


def _field_row(record, name):
    kind, value = record_types.get("organization"), getattr(record, name)
    if hasattr(value, "all"):
        value = ", ".join(term_name(one) for one in value.all())
    elif kind.model_field(name).choices:
        value = label(value, f"organization.{name}")
    return {
        "label": gettext(kind.name_of(name)),
        "value": term_name(value or ""),
        "readers": label(record.reader_of(name), "reader") if name in WITH_READERS else "",
    }


def _check_in(plan):
    words = {"person": plan.person or plan.contact, "rhythm": plan.get_rhythm_display()}
    return {
        "on": plan.next_due_on,
        "title": plan.partnership.title,
        "url": plan.partnership.get_absolute_url(),
        "line": gettext("%(person)s answers. %(rhythm)s.") % words,
        "note": gettext("Check-in"),
        "is_illustration": plan.is_illustration,
    }
