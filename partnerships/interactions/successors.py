"""Open follow-ups of someone who leaves an office: they pass to who follows, or to no one in particular."""

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.choices import Outcome
from partnerships.accounts.hooks import LABELS, WHY, Departure, Holding, list_holdings, pass_on
from partnerships.accounts.models import Person
from partnerships.core.access import SYSTEM
from partnerships.interactions.actions import save_interaction
from partnerships.interactions.models import Interaction
from partnerships.interactions.queries import people_of
from partnerships.interactions.rules import interactions_visible_to

LABELS |= {"follow_ups": _("Follow-ups")}


def _follow_ups(departure: Departure) -> list[Interaction]:
    """The open follow-ups that they have for the office that they leave, and for no other role there."""
    leaver = departure.leaver
    if not isinstance(leaver, Person):
        return []
    home = getattr(departure.body, "jurisdiction", None) or departure.body
    own = Q(jurisdiction=home.pk) | Q(department__jurisdiction=home.pk)
    if leaver.memberships.filter(own).exclude(**departure.body_field).exists():
        return []
    rows = Interaction.objects.filter(follow_up_by=leaver, followed_up_on=None, office=home.pk)
    return list(rows.order_by("follow_up_on", "pk"))


def _follower(departure: Departure, interaction: Interaction) -> Person | None:
    """Who follows, if they work in the office."""
    person = departure.person
    return person if person and people_of(interaction.office, [person.pk]).exists() else None


@list_holdings.register
def list_follow_ups(departure: Departure, found: list[Holding]) -> None:
    rows = {one.pk: one for one in _follow_ups(departure)}
    seen = departure.seen(Interaction.objects.filter(pk__in=rows), interactions_visible_to).order_by("follow_up_on")
    if items := [(one.summary, one.get_absolute_url()) for one in seen]:
        follower = _follower(departure, next(iter(rows.values())))
        note = gettext("They’re open for everyone in the office.")
        if follower:
            note = gettext("%(who)s follows up from now on.") % {"who": follower}
        found.append(Holding("follow_ups", Outcome.PASSES if follower else Outcome.ENDS, items, note))


@pass_on.register
def pass_follow_ups(departure: Departure) -> None:
    for one in _follow_ups(departure):
        fields = {"follow_up_by": _follower(departure, one)}
        save_interaction(interaction=one, by=SYSTEM, fields=fields, why=WHY)
