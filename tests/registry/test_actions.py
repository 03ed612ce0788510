"""Saving, publishing and ending partnerships."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnerships.core.access import SYSTEM
from partnerships.core.errors import EditConflict, NotAllowed, ValidationError
from partnerships.models import Change, Publication
from partnerships.registry import actions
from partnerships.registry.facets import facet_number
from tests.factories import (
    in_days,
    make_department,
    make_jurisdiction,
    make_organization,
    make_partnership,
    make_term,
    party,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def test_a_new_partnership_is_a_draft_until_published():
    draft = make_partnership(published=False)
    assert (draft.is_published, draft.version) == (False, 1)
    assert Publication.objects.get(partnership=draft).body is None
    published = actions.publish_partnership(partnership=draft, by=SYSTEM)
    assert published.version == 2
    assert f'"id":"{draft.public_id}"' in Publication.objects.get(partnership=draft).body


def test_a_save_that_changes_nothing_writes_nothing():
    partnership = make_partnership()
    changes, stamp = Change.objects.count(), Publication.objects.get(partnership=partnership).stamp
    parties = [
        {"id": p.pk, p.entity._meta.model_name: p.entity, "roles": [{"role": r.role} for r in p.roles.all()]}
        for p in partnership.parties.all()
    ]
    same = actions.save_partnership(
        partnership=partnership, by=SYSTEM, fields={"title": partnership.title}, parties=parties
    )
    assert (same.version, Change.objects.count()) == (partnership.version, changes)
    assert Publication.objects.get(partnership=partnership).stamp == stamp


def test_a_save_with_ten_more_partners_takes_no_more_queries():
    partnership, counts = make_partnership(), []
    more = [party(make_organization(name=f"Tenants of ward {ward}"), "member") for ward in range(10)]
    for words, newcomers in (("A room", []), ("Two rooms", []), ("Three rooms", more), ("Four rooms", [])):
        rows = [
            {"id": p.pk, p.entity._meta.model_name: p.entity, "roles": [{"role": r.role} for r in p.roles.all()]}
            for p in partnership.parties.prefetch_related("jurisdiction", "organization", "roles")
        ]
        rows[0]["contribution"] = words
        with CaptureQueriesContext(connection) as queries:
            actions.save_partnership(partnership=partnership, by=SYSTEM, fields={}, parties=rows + newcomers)
        counts.append(len(queries))
    assert partnership.parties.get(contribution="Four rooms").position == 0
    assert partnership.parties.count() == 12
    assert counts[3] == counts[1]


def test_a_stale_save_raises_a_conflict_with_the_current_record():
    partnership = make_partnership()
    actions.save_partnership(partnership=partnership, by=SYSTEM, fields={"title": "First"}, version=2)
    with pytest.raises(EditConflict) as refused:
        actions.save_partnership(partnership=partnership, by=SYSTEM, fields={"title": "Second"}, version=2)
    assert (refused.value.current.title, refused.value.given) == ("First", 2)


def test_the_change_log_says_what_was_and_became(people):
    partnership = make_partnership(lead=people.office)
    actions.save_partnership(partnership=partnership, by=people.editor, fields={"title": "New"}, why="Renamed by vote")
    change = Change.objects.first()
    assert (change.before, change.after) == ({"title": "Learning from one another"}, {"title": "New"})
    assert (change.by, change.why, change.verb) == (people.editor, "Renamed by vote", "update")


@pytest.mark.parametrize("role", ["reader", "other_editor", "partner", "stranger", "suspended"])
def test_only_the_leads_editors_and_administrators_write(people, role):
    partnership = make_partnership(lead=people.office)
    with pytest.raises(NotAllowed):
        actions.save_partnership(partnership=partnership, by=getattr(people, role), fields={"title": "Mine now"})


def test_an_editor_cannot_move_a_partnership_to_a_jurisdiction_they_do_not_edit_for(people):
    partnership = make_partnership(lead=people.office)
    with pytest.raises(ValidationError) as refused:
        actions.save_partnership(partnership=partnership, by=people.editor, fields={"lead": people.other_office})
    assert list(refused.value.error_dict) == ["lead"]


def test_two_open_backbones_need_to_be_declared_shared():
    lead = make_jurisdiction()
    both = [party(lead, "backbone"), party(make_department(lead), "backbone")]
    with pytest.raises(ValidationError) as refused:
        make_partnership(lead=lead, parties=both)
    assert list(refused.value.error_dict) == ["parties-1-roles-0-__all__"]
    assert "Two partners have the backbone role" in refused.value.messages[0]
    shared = make_partnership(lead=lead, parties=both, backbone_is_shared=True)
    assert shared.roles.filter(role="backbone").count() == 2


def test_a_contract_without_a_contractor_stays_a_draft():
    draft = make_partnership(published=False, kind="contract")
    with pytest.raises(ValidationError) as refused:
        actions.publish_partnership(partnership=draft, by=SYSTEM)
    assert refused.value.messages == ["A contract needs a contractor. Give one partner that role."]


def test_the_same_party_twice_is_refused_by_place():
    lead = make_jurisdiction()
    with pytest.raises(ValidationError) as refused:
        make_partnership(lead=lead, parties=[party(lead, "lead"), party(lead, "member")])
    assert list(refused.value.error_dict) == ["parties-1-"]


def test_the_end_may_not_come_before_the_start():
    with pytest.raises(ValidationError) as refused:
        make_partnership(starts_on="2026-05-01", ends_on="2026-04-01")
    assert refused.value.message_dict == {"ends_on": ["The end date is before the start date. Choose a later date."]}


def test_a_partner_may_not_leave_before_it_came():
    lead = make_jurisdiction()
    rows = [party(lead, "lead", starts_on="2026-05-01", ends_on="2026-04-01")]
    with pytest.raises(ValidationError) as refused:
        make_partnership(lead=lead, parties=rows)
    assert list(refused.value.error_dict) == ["parties-0-ends_on"]


def test_ending_needs_a_day_and_a_reason():
    partnership = make_partnership()
    with pytest.raises(ValidationError) as refused:
        actions.end_partnership(partnership=partnership, by=SYSTEM, ends_on=None, reason=" ")
    assert sorted(refused.value.error_dict) == ["ends_on", "status_reason"]
    ended = actions.end_partnership(partnership=partnership, by=SYSTEM, ends_on="2026-11-01", reason="The term ended.")
    assert ended.status == "ended"


def test_reopening_forgets_the_end_unless_it_is_given_anew():
    partnership = make_partnership()

    def reopened(**fields):
        end = {"ends_on": in_days(-3), "reason": "The money ended.", "lessons": "Ask earlier."}
        ended = actions.end_partnership(partnership=partnership, by=SYSTEM, **end)
        fields = {"status": "active"} | fields
        saved = actions.save_partnership(partnership=ended, by=SYSTEM, fields=fields)
        return saved.ends_on, saved.status_reason, saved.lessons

    assert reopened() == reopened(ends_on=in_days(-3), status_reason="The money ended.") == (None, "", "Ask earlier.")
    assert reopened(ends_on=in_days(90), status_reason="New money") == (in_days(90), "New money", "Ask earlier.")
    entry = Change.objects.filter(record_type="partnership", verb="update").latest("pk")
    assert entry.before["status_reason"] == "The money ended."


def test_links_show_on_both_sides_once_both_are_public():
    earlier = make_partnership("Organizing from outside", kind="organizing", parties=[party(make_jurisdiction())])
    later = make_partnership("Contract", grew_out_of=[earlier], purpose=make_term("purpose", "tool"))
    assert f'"grew_out_of":["{earlier.public_id}"]' in Publication.objects.get(partnership=later).body
    assert f'"id":"{later.public_id}","came_of_it":""' in Publication.objects.get(partnership=earlier).body
    actions.withdraw_partnership(partnership=later, by=SYSTEM)
    assert later.public_id not in Publication.objects.get(partnership=earlier).body


def test_an_unlisted_party_is_left_out_of_the_document_whole():
    lead, hidden = make_jurisdiction(), make_organization("Hidden group", listing="unlisted")
    partnership = make_partnership(lead=lead, parties=[party(lead, "lead"), party(hidden, "funder")])
    publication = Publication.objects.get(partnership=partnership)
    assert "Hidden group" not in publication.body
    assert hidden.public_id not in publication.body
    assert facet_number("role:funder") not in partnership.public_facets.facets
