"""Lists as spreadsheets: short ones at once; long ones in the background, for one day, and only for the person who
asked.

A file is created batch by batch, and each batch extends the lease. When a worker dies, its lease ends and another
starts the file again. A worker that lost its lease writes nothing any longer.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import parse_qs

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext

from partnerships.accounts.choices import FileState
from partnerships.accounts.models import ListFile, Person
from partnerships.core import clock
from partnerships.core.access import (
    Viewer,
    belongs_somewhere,
    fingerprint,
    is_administrator,
    jurisdictions_read_by,
    of_own_bodies,
)
from partnerships.core.background import wake
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.exports import BATCH, Export
from partnerships.core.lease import Lease, LeaseLost
from partnerships.core.listing import Listing as ListShown
from partnerships.core.models import Change, Merge, Tombstone
from partnerships.core.types import Params
from partnerships.core.workbooks import workbook
from partnerships.directory.choices import Listing
from partnerships.directory.exports import DEPARTMENTS, JURISDICTIONS, ORGANIZATIONS
from partnerships.directory.models import Jurisdiction, Organization
from partnerships.interactions.exports import INTERACTIONS
from partnerships.measurement.exports import ACTIVITIES, MEASURES, RESULTS
from partnerships.measurement.models import Result
from partnerships.meetings.exports import ACTIONS, MEETINGS
from partnerships.meetings.models import Action, Participant
from partnerships.meetings.rules import meetings_without_link_shown
from partnerships.registry import seats
from partnerships.registry.exports import PARTNERSHIPS
from partnerships.registry.models import DraftShare, Party, Publication
from partnerships.registry.rules import (
    fellow_parties,
    own_parties_of,
    own_party_ids,
    seated_partnership_ids,
    seats_held_by,
)

_ALL = (
    PARTNERSHIPS,
    ORGANIZATIONS,
    JURISDICTIONS,
    DEPARTMENTS,
    RESULTS,
    MEASURES,
    ACTIVITIES,
    MEETINGS,
    ACTIONS,
    INTERACTIONS,
)
SHEETS = {one.key: one for one in _ALL}
AT_ONCE = 1_000  # the most rows of a spreadsheet that is created within a request: about one second of work
MOST_ROWS = 50_000
MOST_OPEN, MOST_KEPT = 5, 5  # files of one person that aren't ready yet, and files that are
LEASE, KEPT = timedelta(minutes=2), timedelta(days=1)
EVERY = 1  # seconds between two progress updates
OPEN = (FileState.WAITING, FileState.MAKING)
log = logging.getLogger(__name__)


def small_workbook(
    person: Viewer, sheet: Export, listing: ListShown, params: Params, full_url: Callable[[str], str]
) -> bytes | None:
    """The spreadsheet of a list, or None if it has too many rows for a request."""
    total, is_more = listing.total()
    if is_more or total > AT_ONCE:
        return None
    rows = sheet.rows(person, sheet.batches(listing), params, full_url)
    return workbook(sheet.key, sheet.chosen(params), rows)


def rows_of(listing: ListShown) -> int:
    """The number of rows of a list: exact up to MOST_ROWS, and one more if there are more."""
    total, is_more = listing.total()
    return listing.rows.order_by().values("pk")[: MOST_ROWS + 1].count() if is_more else total


# Requesting


@transaction.atomic
def ask(*, by: Person, key: str, query: str, rows: int) -> ListFile:
    """Request the list with this key and the parameters `query` as a spreadsheet. An identical open request is
    returned instead.

    Raises ValidationError if too many of the person's requests are open, or the list has too many rows.
    """
    if rows > MOST_ROWS:
        words = gettext("A spreadsheet can have %(number)s rows at most. The CSV file has all of them.")
        raise ValidationError(words % {"number": f"{MOST_ROWS:,}"})
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)
    waiting = ListFile.objects.filter(person=by, state__in=OPEN).defer("content")
    same = waiting.filter(list=key, query=query).first()
    if same:
        return same
    if waiting.count() >= MOST_OPEN:
        words = gettext("We’re still preparing %(number)s of your spreadsheets. Wait until one is ready.")
        raise ValidationError(words % {"number": MOST_OPEN})
    others = ListFile.objects.filter(person=by).exclude(state__in=OPEN)
    kept = others.order_by("-asked_at", "-pk").values_list("pk", flat=True)[: MOST_KEPT - 1]
    others.exclude(pk__in=list(kept)).delete()
    made = ListFile.objects.create(person=by, list=key, query=query, rows_total=rows, asked_at=clock.now())
    wake("make_list_files")
    return made


def files_of(person: Person) -> list[ListFile]:
    """The person's files of the last day, latest first, without content."""
    return list(_recent_files(person).defer("content"))


def file_of(person: Person, pk: int) -> ListFile:
    """One of the person's files, without content. Raises NotFound."""
    found = _recent_files(person).filter(pk=pk).defer("content").first()
    if found is None:
        raise NotFound
    return found


def may_be_read(person: Person, file: ListFile) -> bool:
    """Whether the person may still read all that the file has: with the same memberships, seats and drafts as when it
    was created, and if since it was requested nothing was hidden from everyone or went to another office.
    """
    return file.reader == _reader(person, file.list) and not _was_hidden_since(file.asked_at, person)


def _reader(person: Person, key: str) -> str:
    """A digest of the person's memberships and seats, of the drafts that they are shown, and of what else decides what they
    may read of this list.
    """
    own = [more(person) for more in _READ_BY.get(key, ())]
    if not belongs_somewhere(person):
        return sha256(f"{fingerprint(person)} {own}".encode()).hexdigest()
    held = sorted(seats_held_by(person).filter(seats.AT_WORK).values_list("pk", flat=True))
    named = own_parties_of(person).values_list("pk", flat=True)
    shown = DraftShare.objects.filter(of_own_bodies(person)).values_list("pk", flat=True)
    return sha256(f"{fingerprint(person)} {held} {sorted(named)} {sorted(shown)} {own}".encode()).hexdigest()


def _invitations(person: Person) -> list[int]:
    """The places at meetings, which show a meeting or its link."""
    rows = Participant.objects.filter(Q(person=person) | Q(party__in=own_party_ids(person)))
    return sorted(rows.values_list("pk", flat=True))


def _assignments(person: Person) -> list[int]:
    rows = Action.objects.filter(Q(owner_person=person) | Q(owner_party__in=own_party_ids(person)))
    return sorted(rows.values_list("pk", flat=True))


def _shared_results(person: Person) -> list[int]:
    """The results that the person's partnerships work on."""
    rows = Result.partnerships.through.objects.filter(partnership__in=seated_partnership_ids(person))
    return sorted(rows.values_list("pk", flat=True))


def _fellows(person: Person) -> list[int]:
    """The seats of those who show the person what they show to partners."""
    return sorted(fellow_parties(person).values_list("pk", flat=True))


_READ_BY: dict[str, tuple[Callable[[Person], list[int]], ...]] = {
    ORGANIZATIONS.key: (_fellows,),
    MEETINGS.key: (_invitations,),
    ACTIONS.key: (_assignments, _invitations),
    RESULTS.key: (_shared_results,),
    MEASURES.key: (_shared_results,),
}


def _was_hidden_since(moment: datetime, person: Person) -> bool:
    """Whether since then a public record stopped being public, an organization or meeting that everyone knows showed less of
    itself, a public partnership no longer names one of its partners, one of the person's offices no longer keeps a
    record that it kept, or a partner of theirs was merged. One query.

    Everyone can tell that from what is public, and the office from its own records, so the answer says no more.
    """
    listed = Organization.objects.exclude(listing=Listing.UNLISTED).values("pk")
    less = Q(before__has_key="open_fields") | Q(before__listing=Listing.PROFILED)
    public = meetings_without_link_shown(None).values("pk")
    changes = Change.objects.filter(at__gte=moment)
    offices = Jurisdiction.objects.filter(pk__in=jurisdictions_read_by(person)).values("public_id")
    of_offices = changes.annotate(office=Coalesce(KT("before__lead"), KT("before__kept_by")))
    moments = [
        Tombstone.objects.filter(at__gte=moment),
        Publication.objects.filter(body=None, stamp__gt=0, at__gte=moment),  # of partnerships
        changes.filter(less, record_type="organization", record_id__in=listed),
        changes.filter(record_type="meeting", record_id__in=public, before__link_is_public=True),
        of_offices.filter(record_type__in=("partnership", "organization", "result"), office__in=offices),
        _merged_since(moment, person),
    ]
    first, *others = (rows.order_by().values("at") for rows in moments)
    return first.union(*others).exists()


def _merged_since(moment: datetime, person: Person) -> QuerySet[Merge]:
    """Merges of organizations, and undone ones, after which partnerships of the person's offices name another partner."""
    rows = Merge.objects.filter(Q(at__gte=moment) | Q(undone_at__gte=moment), record_type="organization")
    if is_administrator(person):
        return rows
    partners = Party.objects.filter(partnership__lead__in=jurisdictions_read_by(person), organization__isnull=False)
    pks = partners.values("organization")
    return rows.filter(Q(kept_id__in=pks) | Q(lost_id__in=pks))


def content_of(person: Person, file: ListFile) -> bytes:
    """The content of a file. Raises NotFound if it isn't ready, or what the person may read has changed since."""
    if file.state != FileState.READY or not may_be_read(person, file):
        raise NotFound
    content = _recent_files(person).values_list("content", flat=True).get(pk=file.pk)
    assert content is not None  # a file that is ready has content
    return bytes(content)


def _recent_files(person: Person) -> QuerySet[ListFile]:
    if not getattr(person, "is_active", False):
        return ListFile.objects.none()
    return ListFile.objects.filter(person=person, asked_at__gt=clock.now() - KEPT)


# Creating


def make_next() -> bool:
    """Create the oldest file that no worker is creating.

    Returns False if there is none. Errors are stored with the file.
    """
    now = clock.shared()()
    lost = Q(state=FileState.MAKING, claimed_until__lt=now)
    waits = ListFile.objects.filter(Q(state=FileState.WAITING) | lost).defer("content")
    one = waits.select_related("person").order_by("asked_at", "pk").first()
    if one is None:
        return False
    as_read = ListFile.objects.filter(pk=one.pk, state=one.state, claimed_until=one.claimed_until)
    lease = Lease(ListFile.objects.filter(pk=one.pk, state=FileState.MAKING), now + LEASE, length=LEASE)
    if not as_read.update(state=FileState.MAKING, claimed_until=lease.until, rows_done=0):
        return True  # another worker took it
    try:
        _make_file(one, lease)
    except LeaseLost:
        log.warning("The spreadsheet %s took too long, so another worker makes it.", one.pk)
    except Exception:  # whatever it is, only this file is affected: the others go on, and its person can ask again
        log.exception("The spreadsheet %s was not made.", one.pk)
        lease.held_row().update(state=FileState.FAILED, claimed_until=None)
    return True


def _make_file(one: ListFile, lease: Lease) -> None:
    """Create the workbook of a list and store it. Raises ValidationError if the person can't get it or it has too many
    rows.
    """
    person, sheet, params = one.person, SHEETS[one.list], MultiValueDict(parse_qs(one.query))
    reader, listing = _reader(person, one.list), sheet.listing(person, params)
    pks = list(listing.ordered().values_list("pk", flat=True)[: MOST_ROWS + 1])
    if not person.is_active or len(pks) > MOST_ROWS:
        raise ValidationError("No one can get this file, or it now has too many rows.")
    lease.extend(rows_total=len(pks))
    rows = sheet.rows(person, _batches(sheet, listing, pks, lease), params, lambda path: settings.BASE_URL + path)
    content = workbook(one.list, sheet.chosen(params), rows)
    lease.end(state=FileState.READY, rows_done=len(pks), content=content, reader=reader, made_at=clock.now())


def _batches(sheet: Export, listing: ListShown, pks: Sequence[int], lease: Lease) -> Iterator[list]:
    """Each batch is read by a query of its own: SQLite can't write the progress while a query is being read."""
    noted = time.monotonic()
    for start in range(0, len(pks), BATCH):
        if time.monotonic() > noted + EVERY:
            noted = time.monotonic()
            lease.extend(rows_done=start)
        yield sheet.batch(listing, pks[start : start + BATCH])


def delete_expired() -> int:
    """Delete files that were requested more than a day ago."""
    return ListFile.objects.filter(asked_at__lt=clock.now() - KEPT).delete()[0]
