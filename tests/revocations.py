"""The ways to take rights from someone (tests.revocation_trials tries them). Each function sets its stage and returns a
Scenario.
"""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse

from partnerships.accounts import actions, claims, member_actions
from partnerships.accounts.choices import READS_UNANSWERED
from partnerships.accounts.token_actions import revoke_token
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.meetings.feeds import make_feed
from partnerships.models import ApiToken, Claim, Invitation, Membership, Partnership, Person
from partnerships.records import privacy
from partnerships.registry import actions as registry
from partnerships.registry.sharing import share_draft, unshare_draft
from tests.factories import make_meeting, make_organization, make_partnership, party
from tests.revocation_trials import Acceptance, Form, Page, Scenario, Stage, Trial, attempt
from tests.serving import serving
from tests.signing_in import newest_code


def membership_of(person):
    return person.memberships.get()


def editor_removed(stage):
    person, draft = stage.member("editor", jurisdiction=stage.office), stage.draft()
    _, program = stage.token(person, membership_of(person))
    browsers = stage.browsers_of(person)
    tries = [*stage.of_draft([*browsers, program], draft), *stage.of_writing(browsers, draft)]
    tries += [*stage.of_calls([program], draft), *(Page(browser, "/outbox/", "Outbox") for browser in browsers)]
    return Scenario(tries, lambda: member_actions.remove_member(by=stage.manager, membership=membership_of(person)))


def editor_lowered(stage):
    person, draft = stage.member("editor", jurisdiction=stage.office), stage.draft()
    browsers = stage.browsers_of(person)
    _, program = stage.token(person, membership_of(person))
    change = lambda: member_actions.change_role(by=stage.manager, membership=membership_of(person), role="reader")  # noqa: E731
    tries = [*stage.of_writing(browsers, draft), *stage.of_calls([program], draft)]
    return Scenario(tries, change, [*stage.of_draft([*browsers, program], draft)])


def manager_lowered(stage):
    person, draft = stage.member("manager", jurisdiction=stage.office), stage.draft()
    browsers = stage.browsers_of(person)
    change = lambda: member_actions.change_role(by=stage.manager, membership=membership_of(person), role="editor")  # noqa: E731
    return Scenario([*stage.of_inviting(browsers, stage.office)], change, [*stage.of_writing(browsers, draft)])


def handed_over(stage):
    group = stage.group()
    person, other = group.memberships.get().person, stage.member("editor", organization=group)
    browsers = stage.browsers_of(person)
    hand = lambda: member_actions.hand_over(by=person, membership=membership_of(person), to=membership_of(other))  # noqa: E731
    return Scenario([*stage.of_inviting(browsers, group)], hand, [*stage.of_profile(browsers, group)])


def member_left(stage):
    group = stage.group()
    person = stage.member("editor", organization=group)
    _, program = stage.token(person, membership_of(person))
    browsers = stage.browsers_of(person)
    tries = [*stage.of_group(browsers, group), *stage.of_profile(browsers, group)]
    tries += [Page(program, f"/api/v1/organizations/{group.public_id}/", group.name), *stage.of_calls([program], group)]
    return Scenario(tries, lambda: member_actions.leave(by=person, membership=membership_of(person)))


def partner_removed(stage):
    group = stage.group()
    draft, person = stage.draft(group), stage.member("reader", organization=group)
    share_draft(partnership=draft, by=SYSTEM, body=group)
    manager = group.memberships.get(role="manager").person
    _, program = stage.token(person, membership_of(person))
    tries = [*stage.of_draft([*stage.browsers_of(person), program], draft)]
    return Scenario(tries, lambda: member_actions.remove_member(by=manager, membership=membership_of(person)))


def partner_lowered(stage):
    group = stage.group()
    manager, person = group.memberships.get().person, stage.member("editor", organization=group)
    browsers = stage.browsers_of(person)
    _, program = stage.token(person, membership_of(person))
    change = lambda: member_actions.change_role(by=manager, membership=membership_of(person), role="reader")  # noqa: E731
    tries = [*stage.of_profile(browsers, group), *stage.of_calls([program], group)]
    return Scenario(tries, change, [*stage.of_group(browsers, group)])


def department_removed(stage):
    """An editor of a department loses its record. Other rights stay."""
    person = stage.member("editor", department=stage.unit)
    browsers = stage.browsers_of(person)

    def version():
        stage.unit.refresh_from_db()
        return stage.unit.version

    page = f"/departments/{stage.unit.public_id}"
    tries = [
        Form(browser, f"{page}/edit/", {"name": f"Housing {n}"}, {"name": f"Parks {n}"}, version)
        for n, browser in enumerate(browsers)
    ]
    tries += [Page(browser, f"{page}/people/", "Users of") for browser in browsers]
    return Scenario(tries, lambda: member_actions.remove_member(by=stage.manager, membership=membership_of(person)))


def _suspended(stage, person, tries):
    def take():
        actions.suspend(by=stage.administrator, person=person, why="Asked for", confirmed=True)

    return Scenario(tries, take)


def editor_suspended(stage):
    person, draft = stage.member("editor", jurisdiction=stage.office), stage.draft()
    programs = [stage.token(person, membership_of(person))[1], stage.token(person)[1]]
    browsers = stage.browsers_of(person)
    tries = [*stage.of_draft([*browsers, programs[0]], draft), *stage.of_writing(browsers, draft)]
    tries += [*_own_pages(browsers, person), *stage.of_calls(programs[:1], draft)]
    tries.append(Page(programs[1], "/api/v1/", "partnerships"))
    return _suspended(stage, person, tries)


def _own_pages(browsers, person):
    for browser in browsers:
        yield Page(browser, "/account/", person.email)
        yield Page(browser, "/account/data.json", person.email)
        yield Page(browser, "/account/tokens/", "API tokens")


def partner_suspended(stage):
    group = stage.group()
    person = stage.member("editor", organization=group)
    browsers = stage.browsers_of(person)
    return _suspended(stage, person, [*stage.of_group(browsers, group), *stage.of_profile(browsers, group)])


def administrator_suspended(stage):
    person, draft = stage.person(is_administrator=True), stage.draft()
    browsers = stage.browsers_of(person)
    tries = [*stage.of_draft(browsers, draft), *stage.of_writing(browsers, draft)]
    tries += [Page(browser, "/people/", "Find an account") for browser in browsers]
    tries += [Page(browser, "/vocabularies/", "Issue areas") for browser in browsers]
    return _suspended(stage, person, tries)


def administrator_no_more(stage):
    """The operator's command removes the right."""
    person, draft = stage.person(is_administrator=True), stage.draft()
    browsers = stage.browsers_of(person)
    tries = [*stage.of_draft(browsers, draft), *stage.of_writing(browsers, draft)]
    tries += [Page(browser, "/people/", "Find an account") for browser in browsers]
    return Scenario(tries, lambda: Person.objects.filter(pk=person.pk).update(is_administrator=False))


def erased(stage):
    person, draft = stage.member("editor", jurisdiction=stage.office), stage.draft()
    _, program = stage.token(person, membership_of(person))
    browsers = [_signed_in_by_code(stage, person) for _ in range(stage.sessions)]
    tries = [*stage.of_draft([*browsers, program], draft), *stage.of_writing(browsers, draft)]
    tries += stage.of_calls([program], draft)
    return Scenario([*tries, *_own_pages(browsers, person)], lambda: privacy.erase_person(person=person, by=person))


def _signed_in_by_code(stage, person):
    """Sign in with an emailed code, which makes sessions that can be listed and ended."""
    browser = stage.browser()
    browser.send("/sign-in/", login=person.email)
    assert browser.send("/sign-in/code/", code=newest_code(settings)).status == 302
    return browser


def signed_out_everywhere(stage):
    person, draft = stage.member("editor", jurisdiction=stage.office), stage.draft()
    here, *others = (_signed_in_by_code(stage, person) for _ in range(stage.sessions + 1))
    tries = [*stage.of_draft(others, draft), *stage.of_writing(others, draft), *_own_pages(others, person)]
    return Scenario(tries, lambda: here.send("/account/sessions/"), [*stage.of_draft([here], draft)])


def signed_out_here(stage):
    """Someone who copied the cookie sends it again over another connection."""
    person, draft = stage.member("editor", jurisdiction=stage.office), stage.draft()
    here, elsewhere = stage.browser(person), stage.browser(person)
    thief = stage.copy_of(here)
    tries = [*stage.of_draft([here, thief], draft), *_own_pages([here, thief], person)]
    return Scenario(tries, lambda: here.send("/sign-out/"), [*stage.of_draft([elsewhere], draft)])


def token_revoked(stage):
    person, draft = stage.member("editor", jurisdiction=stage.office), stage.draft()
    (token, program), (_, other) = (stage.token(person, membership_of(person)) for _ in range(2))
    tries = [*stage.of_draft([program], draft), Page(program, "/api/v1/", "partnerships")]
    tries += stage.of_calls([program], draft)
    kept = [*stage.of_draft([other], draft), *stage.of_calls([other], draft)]
    return Scenario(tries, lambda: revoke_token(by=person, token=token), kept)


def token_expired(stage):
    person, draft = stage.member("editor", jurisdiction=stage.office), stage.draft()
    token, program = stage.token(person, membership_of(person))
    tries = [*stage.of_draft([program], draft), Page(program, "/api/v1/", "partnerships")]
    tries += stage.of_calls([program], draft)
    ended = clock.now() - timedelta(seconds=1)
    return Scenario(tries, lambda: ApiToken.objects.filter(pk=token.pk).update(expires_at=ended))


def token_loses_a_body(stage):
    """Of two organizations that a token names, one is left. The token still reads with that one."""
    person, draft, group = stage.member("reader", jurisdiction=stage.office), stage.draft(), stage.group()
    Membership.objects.create(person=person, organization=group, role="reader")
    _, program = stage.token(person, *person.memberships.all())
    kept = [Page(program, f"/api/v1/organizations/{group.public_id}/", group.name)]
    office = person.memberships.get(jurisdiction=stage.office)
    take = lambda: member_actions.remove_member(by=stage.manager, membership=office)  # noqa: E731
    # The group isn't a partner in the draft, so all access to it comes from the office.
    return Scenario([*stage.of_draft([program], draft)], take, kept)


def _service_account(stage):
    """A manager of the office who answers for a service account; a program that uses it."""
    person = stage.member("manager", jurisdiction=stage.office)
    return person, stage.service_account(person)


def service_manager_left(stage):
    """A service account goes on reading for fourteen days, so that another manager can take it over."""
    (person, program), draft = _service_account(stage), stage.draft()
    take = lambda: member_actions.leave(by=person, membership=membership_of(person))  # noqa: E731
    return Scenario([*stage.of_calls([program], draft)], take, [*stage.of_draft([program], draft)])


def service_manager_lowered(stage):
    (person, program), draft = _service_account(stage), stage.draft()
    change = lambda: member_actions.change_role(by=stage.manager, membership=membership_of(person), role="editor")  # noqa: E731
    return Scenario([*stage.of_calls([program], draft)], change, [*stage.of_draft([program], draft)])


def service_manager_suspended(stage):
    (person, program), draft = _service_account(stage), stage.draft()
    return _suspended(stage, person, [*stage.of_calls([program], draft)])


def service_manager_erased(stage):
    (person, program), draft = _service_account(stage), stage.draft()
    return Scenario([*stage.of_calls([program], draft)], lambda: privacy.erase_person(person=person, by=person))


def service_unanswered_for_fourteen_days(stage):
    (person, program), draft = _service_account(stage), stage.draft()

    def take():
        member_actions.leave(by=person, membership=membership_of(person))
        ApiToken.objects.filter(answerable=person).update(unanswered_since=clock.now() - READS_UNANSWERED)

    return Scenario([*stage.of_draft([program], draft), *stage.of_calls([program], draft)], take)


def calendar_of_a_removed_member(stage):
    """The secret address of a calendar shows what its person may see at that moment."""
    person, draft = stage.member("editor", jurisdiction=stage.office), stage.draft()
    meeting = make_meeting(draft, title=f"Early table {stage.people}")
    _, secret = make_feed(by=person)
    tries = [Page(stage.browser(), reverse("own_feed", args=[secret]), meeting.title, stays=True)]
    return Scenario(tries, lambda: member_actions.remove_member(by=stage.manager, membership=membership_of(person)))


def calendar_of_a_suspended_person(stage):
    person, draft = stage.member("editor", jurisdiction=stage.office), stage.draft()
    meeting = make_meeting(draft, title=f"Early table {stage.people}")
    _, secret = make_feed(by=person)
    return _suspended(stage, person, [Page(stage.browser(), reverse("own_feed", args=[secret]), meeting.title)])


def invitation_taken_back(stage):
    return _invitation(
        stage, lambda found: member_actions.withdraw_invitation(by=stage.administrator, invitation=found)
    )


def invitation_ended(stage):
    ended = clock.now() - timedelta(seconds=1)
    return _invitation(stage, lambda found: Invitation.objects.filter(pk=found.pk).update(expires_at=ended))


def _invitation(stage, take):
    person, group = stage.person(), stage.group()
    asked = {"by": stage.administrator, "body": group, "address": person.email, "role": "reader"}
    found = member_actions.invite(**asked)
    tries = []
    for browser in stage.browsers_of(person):
        tries += [Page(browser, f"/invitations/{found.pk}/", "You’re invited"), Acceptance(browser, found)]
        tries += [Page(browser, "/account/", "You’re invited", stays=True)]
    return Scenario(tries, lambda: take(found))


def claim_revoked(stage):
    group, person = make_organization(f"Claimed {stage.people}", "unlisted", kept_by=stage.office), stage.person()
    claim = Claim.objects.create(person=person, organization=group, position="Chair", evidence="x", made_at=clock.now())
    claims.approve_claim(claim=claim, by=stage.manager)
    browsers, (_, program) = stage.browsers_of(person), stage.token(person, membership_of(person))
    tries = [*stage.of_group(browsers, group), *stage.of_profile(browsers, group), *stage.of_inviting(browsers, group)]
    tries.append(Page(program, f"/api/v1/organizations/{group.public_id}/", group.name))
    return Scenario(tries, lambda: claims.revoke_claim(claim=claim, by=stage.manager, reason="Not theirs"))


def draft_share_ended(stage):
    group = stage.group()
    draft, person = stage.draft(), stage.member("editor", organization=group)
    share_draft(partnership=draft, by=SYSTEM, body=group)
    _, program = stage.token(person, membership_of(person))
    tries = [*stage.of_draft([*stage.browsers_of(person), program], draft)]
    take = lambda: unshare_draft(partnership=draft, by=stage.manager, share=draft.shares.get())  # noqa: E731
    return Scenario(tries, take, [*stage.of_group([stage.browser(person)], group)])


def no_party_any_more(stage):
    """A partner's own part of the record ends with its seat."""
    group = stage.group()
    person = stage.member("editor", organization=group)
    sides = [party(stage.office, "lead"), party(group, "member")]
    record = make_partnership(f"Shared work {stage.people}", lead=stage.office, parties=sides)
    browsers, page = stage.browsers_of(person), f"/partnerships/{record.public_id}/our-part/"

    def version():
        return Partnership.objects.get(pk=record.pk).version

    def adding(words):
        return {f"adds-{group.public_id}-contribution": words}

    tries = [Form(b, page, adding(f"First {n}"), adding(f"Later {n}"), version) for n, b in enumerate(browsers)]
    first = record.parties.get(organization=None)
    rows = [{"id": first.pk, "jurisdiction": stage.office, "roles": [{"role": "lead"}]}]
    return Scenario(tries, lambda: registry.save_partnership(partnership=record, by=SYSTEM, fields={}, parties=rows))


def withdrawn_from_everyone(stage):
    """A published record is unpublished, for strangers who cached it and for a user of another organization."""
    record = make_partnership(f"Open work {stage.people}", lead=stage.office)
    browsers = [stage.browser(), stage.browser(stage.person())]
    tries = [*stage.of_draft(browsers, record)]
    return Scenario(tries, lambda: registry.withdraw_partnership(partnership=record, by=stage.manager))


def listing_withdrawn(stage):
    group = make_organization(f"Open group {stage.people}", "profiled", kept_by=stage.office)
    manager, browsers = stage.member("manager", organization=group), [stage.browser(), stage.browser(stage.person())]
    tries = [Page(browser, f"/organizations/{group.public_id}/", group.name) for browser in browsers]
    tries += [Page(browser, f"/api/v1/organizations/{group.public_id}/", group.name) for browser in browsers]
    tries += [
        Page(b, f"/organizations/?q={group.name.replace(' ', '+')}", f"{group.name}</a>", stays=True) for b in browsers
    ]
    change = {"organization": group, "by": manager, "fields": {"listing": "unlisted"}}
    return Scenario(tries, lambda: save_organization(**change))


SCENARIOS = {
    scenario.__name__.replace("_", " "): scenario
    for scenario in (
        editor_removed, editor_lowered, manager_lowered, handed_over, member_left, partner_removed, partner_lowered,
        department_removed, editor_suspended, partner_suspended, administrator_suspended, administrator_no_more, erased,
        signed_out_everywhere, signed_out_here, token_revoked, token_expired, token_loses_a_body, service_manager_left,
        service_manager_lowered, service_manager_suspended, service_manager_erased, service_unanswered_for_fourteen_days,
        calendar_of_a_removed_member, calendar_of_a_suspended_person, invitation_taken_back,
        invitation_ended, claim_revoked, draft_share_ended, no_party_any_more, withdrawn_from_everyone, listing_withdrawn,
    )
}  # fmt: skip


def figure():
    """Return the result for bench/figures/qa20.py: every scenario twice."""
    found, scenarios = Trial(), 0
    with serving() as port:
        stage = Stage(port)
        for name in [*SCENARIOS] * 2:
            trial, scenarios = attempt(name, SCENARIOS[name](stage), stage), scenarios + 1
            found.tried, found.kept, found.wrong = (
                found.tried + trial.tried,
                found.kept + trial.kept,
                found.wrong + trial.wrong,
            )
    return {"scenarios": scenarios, "tried": found.tried, "kept": found.kept, "wrong": found.wrong}
