"""What someone who leaves an office looks after: open follow-ups and records pass to who follows, or to no one."""

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.choices import Outcome
from partnerships.accounts.hooks import LABELS, WHY, Departure, Holding, list_holdings, pass_on
from partnerships.accounts.models import Person
from partnerships.core.access import SYSTEM
from partnerships.directory.models import Jurisdiction, Organization
from partnerships.directory.rules import organizations_visible_to
from partnerships.interactions.actions import save_interaction
from partnerships.interactions.models import Interaction, Owner
from partnerships.interactions.owners import pass_to
from partnerships.interactions.queries import people_of
from partnerships.interactions.rules import interactions_visible_to
from partnerships.registry.models import Partnership
from partnerships.registry.rules import partnerships_visible_to

LABELS |= {"follow_ups": _("Follow-ups"), "owned": _("Partnerships and organizations they look after")}


def _office_left(departure: Departure) -> int | None:
    """The office that they leave, if they have no other role there."""
    leaver = departure.leaver
    if not isinstance(leaver, Person):
        return None
    home = getattr(departure.body, "jurisdiction", None) or departure.body
    own = Q(jurisdiction=home.pk) | Q(department__jurisdiction=home.pk)
    return None if leaver.memberships.filter(own).exclude(**departure.body_field).exists() else home.pk


def _follow_ups(departure: Departure) -> list[Interaction]:
    """The open follow-ups that they have for the office that they leave."""
    office = _office_left(departure)
    rows = Interaction.objects.filter(follow_up_by=departure.leaver.pk, followed_up_on=None, office=office)
    return list(rows.order_by("follow_up_on", "pk")) if office else []


def _owned(departure: Departure) -> list[Owner]:
    """What they look after for the office that they leave."""
    office = _office_left(departure)
    rows = Owner.objects.filter(person=departure.leaver.pk, until=None, office=office)
    return list(rows.select_related("office", "partnership", "organization").order_by("pk")) if office else []


def _follower(departure: Departure, office: Jurisdiction) -> Person | None:
    """Who follows, if they work in the office."""
    person = departure.person
    return person if person and people_of(office, [person.pk]).exists() else None


@list_holdings.register
def list_follow_ups(departure: Departure, found: list[Holding]) -> None:
    rows = {one.pk: one for one in _follow_ups(departure)}
    seen = departure.seen(Interaction.objects.filter(pk__in=rows), interactions_visible_to).order_by("follow_up_on")
    if items := [(one.summary, one.get_absolute_url()) for one in seen]:
        follower = _follower(departure, next(iter(rows.values())).office)
        note = gettext("They’re open for everyone in the office.")
        if follower:
            note = gettext("%(who)s follows up from now on.") % {"who": follower}
        found.append(Holding("follow_ups", Outcome.PASSES if follower else Outcome.ENDS, items, note))


@pass_on.register
def pass_follow_ups(departure: Departure) -> None:
    for one in _follow_ups(departure):
        fields = {"follow_up_by": _follower(departure, one.office)}
        save_interaction(interaction=one, by=SYSTEM, fields=fields, why=WHY)


@list_holdings.register
def list_owned(departure: Departure, found: list[Holding]) -> None:
    rows = _owned(departure)
    seen: list[Partnership | Organization] = [
        *departure.seen(Partnership.objects.filter(owners__in=rows).distinct(), partnerships_visible_to).order_by(
            "title"
        ),
        *departure.seen(Organization.objects.filter(owners__in=rows).distinct(), organizations_visible_to).order_by(
            "name"
        ),
    ]
    if seen:
        follower = _follower(departure, rows[0].office)
        note = gettext("They have no owner until someone chooses one.")
        if follower:
            note = gettext("%(who)s looks after them from now on.") % {"who": follower}
        items = [(str(one), one.get_absolute_url()) for one in seen]
        found.append(Holding("owned", Outcome.PASSES if follower else Outcome.ENDS, items, note))


@pass_on.register
def pass_owned(departure: Departure) -> None:
    for row in _owned(departure):
        pass_to(row, _follower(departure, row.office))
