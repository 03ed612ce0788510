"""Who a round can ask, as far as a reader sees them, and what they chose of that."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext

from partnerships.assessment.eligibility import partner_refusals
from partnerships.assessment.models import RoundSide
from partnerships.assessment.rules import askable_parties, sides_of
from partnerships.assessment.score_queries import SideSeen, nation_names
from partnerships.core import clock
from partnerships.core.access import Viewer
from partnerships.directory.models import Contact, body_key
from partnerships.directory.queries import contacts_with_address
from partnerships.directory.rules import contacts_visible_to
from partnerships.registry import seats
from partnerships.registry.models import Partnership, Party
from partnerships.registry.representatives import representatives_by_party
from partnerships.registry.rules import contacts_who_confirmed, parties_visible_to

NO_PROPOSAL = "no one"  # in place of a person: the partner names its people without a proposal
# A party at the table, the people who speak for it, and its contacts.
Offer = tuple[Party, set[int], list[Contact]]


def who_may_be_asked(person: Viewer, partnership: Partnership) -> list[tuple[str, str]]:
    """Who a round can ask, as far as the person sees them, as (key, label).

    “party:3”: a partner that names its people itself; “speakers:3”: propose everyone who speaks for it; “contact:7:3”:
    propose one of its contacts.
    """
    offered, offers = [], can_be_asked(person, [partnership])[partnership.pk]
    by_link = contacts_who_confirmed([party for party, speakers, _ in offers if not speakers])
    for party, speakers, contacts in offers:
        if speakers or seats.needs_no_consent(party):
            words = gettext("%(party)s: it names its people itself")
        elif party.pk in by_link:
            words = gettext("%(party)s: it names its people itself, by a link that we email to its contact")
        else:
            words = gettext("%(party)s: it names its people itself, with a code that you print")
        offered.append((f"party:{party.pk}", words % {"party": party}))
        if speakers:
            words = gettext("%(party)s: everyone who speaks for it here (%(number)s)")
            offered.append((f"speakers:{party.pk}", words % {"party": party, "number": len(speakers)}))
        offered += [(f"contact:{c.pk}:{party.pk}", f"{party}: {c}") for c in contacts]
    return offered


def every_partner(offered: Iterable[tuple[str, str]]) -> list[str]:
    """The keys of what `who_may_be_asked` offers that ask every partner, without proposing anyone."""
    return [key for key, _ in offered if key.startswith("party:")]


def who_may_not_be_asked(person: Viewer, partnership: Partnership) -> list[str]:
    """Why each other partner at the table isn't offered for a round, as messages, as far as the person sees it."""
    rows = parties_visible_to(person).filter(seats.at_table(), partnership=partnership)
    rows = rows.select_related("partnership", "jurisdiction", "department__jurisdiction", "organization")
    return [words for words in partner_refusals(list(rows.order_by("position", "pk")), clock.today()).values() if words]


def only_side_asked(partnership: Partnership, keys: Iterable[str]) -> SideSeen | None:
    """The one side that these keys of `who_may_be_asked` ask; None if they ask several sides, or no one."""
    by_party, _ = sides_of(partnership, askable_parties(partnership))
    sides = {by_party[int(key.rpartition(":")[2])] for key in keys}
    if len(sides) != 1:
        return None
    (key,) = sides
    return SideSeen(RoundSide(key=key), nation_names(sides).get(key, ""))


def can_be_asked(person: Viewer, partnerships: Sequence[Partnership]) -> dict[int, list[Offer]]:
    """Partnership's key → (party, keys of the people who speak for it, its contacts), for parties at the table that
    the person sees.

    The number of queries doesn't depend on how many partnerships there are.
    """
    seen = set(parties_visible_to(person).filter(partnership__in=partnerships).values_list("pk", flat=True))
    parties = [party for party in askable_parties(*partnerships) if party.pk in seen]
    refused = partner_refusals(parties, clock.today())
    parties = [party for party in parties if not refused[party.pk]]
    speakers, contacts = (
        representatives_by_party(parties),
        contacts_with_address(person, {body_key(p) for p in parties}),
    )
    found: dict = {one.pk: [] for one in partnerships}
    for party in parties:
        found[party.partnership_id].append((party, speakers[party.pk], contacts.get(body_key(party), [])))
    return found


def parse_asked(
    person: Viewer, partnership: Partnership, keys: Iterable[str]
) -> list[tuple[Party, Contact | str | None]]:
    """(party, contact, None or NO_PROPOSAL) for `rounds.start_round`, from keys that were offered to this person."""
    parties = {party.pk: party for party in askable_parties(partnership)}
    pairs = []
    for key in keys:
        kind, *numbers = key.split(":")
        someone = NO_PROPOSAL if kind == "party" else None
        someone = contacts_visible_to(person).get(pk=numbers[0]) if kind == "contact" else someone
        pairs.append((parties[int(numbers[-1])], someone))
    return pairs
