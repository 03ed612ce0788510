"""What changes in measures and activities when their partnership changes."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext

from partnerships.core import sync
from partnerships.mail import outbox
from partnerships.measurement.models import Activity, DataPoint, Gain, Plan, Reading
from partnerships.registry import events
from partnerships.registry.models import Partnership, Party
from partnerships.registry.party_removal import refuse_removal


@events.lead_changed.register
def hand_over(partnership: Partnership, was: str) -> None:
    """Give its measures to the new lead, and show the emails about them to its staff."""
    partnership.measures.update(lead=partnership.lead, stamp=sync.next_stamp())
    about = {
        "measureowner": partnership.measures.values("owners__pk"),
        "reading": partnership.measures.values("readings__pk"),
    }
    outbox.hand_over(about, was=was, lead=partnership.lead)


@events.visibility_changed.register
def update_visibility(partnership: Partnership, is_published: bool, entries: events.Entries) -> None:
    """Show or hide what is published of them together with their partnership."""
    sync.update_tombstones("measure", partnership.measures.filter(is_published=True), is_public=is_published)
    sync.update_tombstones("activity", partnership.activities.filter(is_public=True), is_public=is_published)
    sync.update_tombstones("makeup", partnership.makeups.all(), is_public=is_published)
    sync.restamp(Plan.objects.filter(outcomes__partnerships=partnership, is_published=True))


@events.partners_changed.register
def name_partners(partnership_ids: Iterable[int] | QuerySet) -> None:
    """Send their activities with the next pull, since these name partners too."""
    sync.restamp(Activity.objects.filter(partnership__in=partnership_ids, is_public=True))


@events.parties_removed.register
def refuse_removal_with_statements(parties: list[Party]) -> None:
    """Refuse to remove a party that said what it has gained, or how it reads a number: no one else may erase that. Nor
    one that supplied numbers, whose source would disappear.
    """
    party_ids = {*Gain.objects.filter(party__in=parties).values_list("party", flat=True)}
    party_ids |= {*Reading.objects.filter(party__in=parties).values_list("party", flat=True)}
    party_ids |= {
        *DataPoint.objects.filter(supplied_by__in=parties, replaced_at=None).values_list("supplied_by", flat=True)
    }
    refuse_removal(
        parties, party_ids, gettext("said what they have gained, how they read a number, or supplied numbers")
    )
