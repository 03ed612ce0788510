"""What the history of a round says: who started, moved or canceled it, that partners named people, who printed a code.

It never says who was asked, who answered or declined, or what. Entries about a partner are for those who may see that
partner. What a partner decides about its own side is for that side alone.
"""

from django.db.models import QuerySet

from partnerships.assessment.models import AskedParty, Round
from partnerships.assessment.rules import own_sides_of
from partnerships.core.access import Viewer
from partnerships.core.models import Change
from partnerships.registry.rules import may_read_all, parties_visible_to

# Of these entries, the history says that they were made. What people recorded for others (“record”) isn't among them: it
# would say that there may be an answer.
OF_ROUND = ("create", "update", "remind", "cancel", "roll", "open", "respond")
OF_PARTNER = ("name", "publish")
OF_OWN_SIDE = ("object", "vouch", "agree", "code", "follow")
FIELDS = ("title", "closes_on", "erases_answers")  # the values that it shows


def changes_seen(person: Viewer, survey_round: Round, rows: QuerySet[Change]) -> QuerySet[Change]:
    """Those of these entries of the change log of a round that the person, who may see the round, may read."""
    visible = parties_visible_to(person).filter(partnership=survey_round.partnership_id)
    seen: set[int | None] = set(visible.values_list("pk", flat=True))
    if survey_round.started_by_lead or survey_round.started_by_id in seen:
        seen.add(None)  # for who started it
    asked = AskedParty.objects.filter(side__round=survey_round, party__in=seen - {None}).select_related("side", "party")
    own_sides, reads_all = own_sides_of(person, survey_round), may_read_all(person, survey_round.partnership)
    own = {one.party_id for one in asked if one.side.key in own_sides}
    names = {str(one.party): one.party.pk for one in asked if one.party}
    found = []
    for change in rows.filter(verb__in=(*OF_ROUND, *OF_PARTNER, *OF_OWN_SIDE)).order_by("pk"):
        is_for_side = change.verb in OF_OWN_SIDE and not (change.verb == "code" and reads_all)
        if _parties_of(change, names) <= (own if is_for_side else seen):
            found.append(change.pk)
    return rows.filter(pk__in=found)


def _parties_of(change: Change, names: dict[str, int]) -> set[int | None]:
    """The primary keys of the partners that an entry is about; None for the one that started the round, and -1 for one that is
    no longer there.
    """
    if change.verb in ("create", "update", "remind", "cancel"):
        return {None}
    if change.verb == "code":
        partner = change.after["code_for"]
        return {partner if isinstance(partner, int) else names.get(partner, -1)}  # earlier entries have its name
    if change.verb == "follow":
        return {change.after["follow_for"]}
    if change.verb == "publish":
        keys = {*change.before, *change.after}
        return {int(key.removeprefix("publishing ")) for key in keys if key.startswith("publishing ")}
    found: set[int | None] = set()
    # vouches name an organization, and the partner that vouches; only its own side reads them
    for name, column in (
        ("vouches", 1),
        ("named", None),
        ("roll", 0),
        ("objections", 1),
        ("yeses", None),
        ("noes", None),
    ):
        before, after = change.before.get(name, []), change.after.get(name, [])
        rows = [row for row in (*before, *after) if not (row in before and row in after)]
        found |= {row if column is None else row[column] for row in rows}
    return found if change.verb in (*OF_PARTNER, *OF_OWN_SIDE) else set()
