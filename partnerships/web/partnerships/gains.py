"""Gains: what partners say that they gained from a partnership. Their own users add, change and withdraw them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partnerships.core import clock
from partnerships.core.access import require
from partnerships.measurement import activities
from partnerships.measurement import activity_queries as queries
from partnerships.measurement.models import Gain
from partnerships.measurement.rules import may_write_gain
from partnerships.registry import queries as registry
from partnerships.web.components.partnerships import crumbs_to_partnership, partnership_url
from partnerships.web.frame.editing import version_of
from partnerships.web.frame.record_edit import SAVED, RecordEdit, conflict_of_text, edit_record
from partnerships.web.frame.steps import Step, posted_data, take_step
from partnerships.web.partnerships.activities import party_words
from partnerships.web.partnerships.forms.activity import GainForm

_CHANGED = _("These words changed while you had them open. Review them again, then decide.")


def section(person, partnership) -> dict:
    """Context for partnerships/_gains.html: gains by side, and whether the person may add one.

    Government comes first and community last. Dates are in the lead agency's time zone.
    """
    found, own = queries.gains_of(person, partnership), queries.parties_with_gains_to_record(person, partnership)
    mine, zone = {party.pk for party in own}, clock.zone(partnership.lead.zone)
    sides = [
        [
            {
                "gain": gain,
                "party": party_words(gain.party),
                "on": gain.at.astimezone(zone).date(),
                "may_write": gain.party_id in mine,
            }
            for gain in gains
        ]
        for _side, gains in queries.by_side(found)
        if gains
    ]
    return {"gains": sides, "may_gain": bool(own)}


@dataclass
class GainEdit(RecordEdit):
    """`parties` are those that the person may speak for. The audit log doesn't include gains."""

    parties: Sequence = ()

    template_name = "partnerships/gain_edit.html"
    form_class = GainForm
    fields = GainForm.Meta.fields

    def form_arguments(self, data):
        return {"parties": self.parties}

    @property
    def partnership(self):
        return self.parties[0].partnership

    def save(self, leave_out, version):
        party = self.form.cleaned_data.get("party") or self.parties[0]
        fields = self.values(leave_out)
        return activities.save_gain(party=party, by=self.person, gain=self.existing, fields=fields, version=version)

    def compare(self, stale):
        """The edit conflict if someone else of the same party saved first."""
        return conflict_of_text(stale, gettext("What you’ve gained"), self.form.cleaned_data["text"])

    def saved_message(self, after):
        return SAVED if self.record.pk else gettext("Saved. It appears next to what the others have gained.")

    def saved_url(self, after):
        return _page(self.partnership)

    def back(self):
        return _page(self.partnership)

    def crumbs(self):
        return crumbs_to_partnership(self.partnership, _page(self.partnership))

    def context(self):
        return {"record": self.partnership}


@never_cache
@require_http_methods(["GET", "POST"])
def new(request, public_id):
    record = registry.partnership(request.user, public_id)
    parties = queries.parties_with_gains_to_record(request.user, record)
    require(bool(parties))
    return edit_record(GainEdit(request, Gain(), gettext("What have you gained?"), parties=parties))


@never_cache
@require_http_methods(["GET", "POST"])
def edit(request, pk):
    gain = queries.gain(request.user, pk)
    require(may_write_gain(request.user, gain.party))
    return edit_record(
        GainEdit(request, gain, gettext("What %(partner)s has gained") % {"partner": gain.party}, parties=[gain.party])
    )


def _page(partnership):
    return partnership_url(partnership, "results", "gains")


@never_cache
@require_http_methods(["GET", "POST"])
def withdraw(request, pk):
    gain = queries.gain(request.user, pk)
    require(may_write_gain(request.user, gain.party))
    partnership, to = gain.party.partnership, _page(gain.party.partnership)

    def act(data):
        activities.withdraw_gain(gain=gain, by=request.user, version=version_of(request))
        return gettext("Deleted.")

    def page(now):
        words = gettext("%(partner)s has gained: “%(text)s” This deletes it permanently. The history doesn’t keep it.")
        return Step(
            title=gettext("Delete what you gained?"),
            text=words % {"partner": gain.party, "text": now.text},
            record=now,
            button=gettext("Delete"),
            back=to,
            crumbs=crumbs_to_partnership(partnership, to),
        )

    return take_step(request, forms.Form(posted_data(request)), act, page, gain, to=to, changed=_CHANGED)
