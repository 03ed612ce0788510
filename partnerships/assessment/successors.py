"""Places in open rounds of someone who leaves.

An unanswered place passes to who follows, with a new link, and the old link ends at once. An answer that was given, or a
no, stays with its author, counts, and isn't read by anyone; its author can still remove it. The office and everyone else
see the same in both cases: in the page, the emails, the history, the respondent list and every later refusal. So each
row of both kinds is changed in the same way, except for what only scoring and the author's link read.
"""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.choices import Outcome
from partnerships.accounts.hooks import LABELS, Departure, Holding, list_holdings, pass_on
from partnerships.accounts.models import Person
from partnerships.assessment import events, hooks
from partnerships.assessment.eligibility import is_on_this_side_only
from partnerships.assessment.models import Respondent, Round, RoundSide
from partnerships.assessment.respondent_guards import open_respondents
from partnerships.assessment.respondent_lists import follower_refusal
from partnerships.assessment.rules import rounds_visible_to
from partnerships.core import clock
from partnerships.core.access import account_of
from partnerships.core.models import type_key
from partnerships.core.writing import log_change
from partnerships.directory.models import Contact, Jurisdiction
from partnerships.mail.suppressions import digest_of

LABELS["rounds"] = _("Places in open survey rounds")
_WITH = ("round__partnership__lead", "side", "person", "contact", "follower_person", "follower_contact")


def _places(departure: Departure) -> QuerySet[Respondent]:
    body, leaver = departure.body, departure.leaver
    own = Q(**{f"party__{type_key(body)}": body})
    if isinstance(body, Jurisdiction) and isinstance(
        leaver, Person
    ):  # its people answer for departments without people
        own |= Q(party__department__jurisdiction=body) & ~Q(party__department__memberships__person=leaver)
    party = ("party__partnership", "party__jurisdiction", "party__department__jurisdiction", "party__organization")
    rows = open_respondents(leaver).filter(own).select_related(*_WITH, *party)
    return rows.order_by("round", "pk")


@list_holdings.register
def list_places(departure: Departure, found: list[Holding]) -> None:
    rows = list(_places(departure))
    rounds = departure.seen(Round.objects.filter(pk__in=[one.round_id for one in rows]), rounds_visible_to)
    seen = set(rounds.values_list("pk", flat=True))
    by_refusal: dict[str, list[tuple[str, str]]] = {}
    for place in rows:
        if place.round_id in seen:
            refusal = follower_refusal(place, departure.successor) if departure.successor else ""
            item = (f"{place.round.title}: {place.round.partnership}", place.round.get_absolute_url())
            by_refusal.setdefault(refusal, []).append(item)
    for refusal, items in by_refusal.items():
        outcome = Outcome.PASSES if departure.successor and not refusal else Outcome.ENDS
        found.append(Holding("rounds", outcome, items, _words(departure, refusal)))


def _words(departure: Departure, refusal: str) -> str:
    """The same for a place that is answered and for one that isn't."""
    stays = gettext(
        "If they have, their answer stays sealed, and it counts unless they remove it. No one is told which."
    )
    if departure.successor is None:
        words = gettext("If they haven’t answered, the place ends and no one can answer for them.")
    elif refusal:
        words = gettext("If they haven’t answered, the place ends.")
    else:
        words = gettext("If they haven’t answered, the place passes to %(who)s by a new link, and the old link ends.")
    return " ".join(filter(None, [refusal, words % {"who": departure.successor}, stays]))


@pass_on.register
def pass_places(departure: Departure) -> None:
    for one in _places(departure):
        _pass_place(departure, one.pk, one.round)


def _pass_place(departure: Departure, pk: int, survey_round: Round) -> None:
    """Under the lock of the round, so that an answer is given before or not at all."""
    current_round = Round.objects.select_for_update(no_key=True, of=("self",)).get(pk=survey_round.pk)
    if not current_round.is_running:
        return
    one = _places(departure).get(pk=pk)
    party, follower = one.party, departure.successor
    assert party is not None  # it is the party of the record that they leave
    if follower and follower_refusal(one, follower):
        follower = None
    by = account_of(departure.by)
    if follower and (by is None or not is_on_this_side_only(by, party)):
        # Another side chose who answers, as if it had printed the code: that counts, but never toward the three.
        one.code_by, one.code_by_other_side = by, True
        RoundSide.objects.filter(pk=one.side_id).update(has_recorded=True)
    after = {"follow_for": party.pk}
    if not current_round.is_answering:
        _pass_named(one, follower)
    else:
        _pass_asked(departure, one, follower)
    log_change(current_round, by=departure.by, verb="follow", before={}, after=after)
    events.place_left(one, departure.leaver)


def _pass_named(one: Respondent, follower: Person | Contact | None) -> None:
    """While partners name their people, no one can have answered."""
    if follower is None:
        one.delete()
        return
    _assign(one, follower)
    one.save()


def _pass_asked(departure: Departure, one: Respondent, follower: Person | Contact | None) -> None:
    one.left_at = clock.now()
    one.follower_person = follower if isinstance(follower, Person) else None
    one.follower_contact = follower if isinstance(follower, Contact) else None
    has_place = departure.leaver in (one.person, one.contact)
    if has_place and (one.finished_at or one.declined_at):
        one.kept_for, one.digest = hooks.mark_of_link(departure.leaver), digest_of(one.address)
        one.contact = None
    elif has_place:
        for rows in (one.answers, one.tie_answers, one.pending_answers):
            rows.all().delete()
        if follower:
            one.keeps_back = False
            _assign(one, follower)
        else:
            one.contact = None
    one.save()


def _assign(one: Respondent, follower: Person | Contact) -> None:
    one.person = follower if isinstance(follower, Person) else None
    one.contact = follower if isinstance(follower, Contact) else None
