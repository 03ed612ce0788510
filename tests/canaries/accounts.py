"""Canaries of accounts: people, roles, invitations, claims, tokens, sessions, and deleted records."""

from partnerships.accounts import claims
from partnerships.accounts.choices import RetentionKind
from partnerships.accounts.member_actions import invite
from partnerships.accounts.members import change_members
from partnerships.accounts.saved_lists import save_list
from partnerships.accounts.service_accounts import add_service_account
from partnerships.accounts.token_actions import make_token
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.models import Import, Membership, Person, RetentionRun, ValueMemory
from partnerships.records import drafts
from partnerships.records.imports import files as importing
from partnerships.reports import actions as reports
from partnerships.webhooks.actions import add_webhook
from tests.factories import make_person
from tests.world import make_file, make_import


def plant(world):
    people, office = world.people, world.people.office
    # A colleague without a name, whose email address would be all that a page could show. They act where others read.
    world.colleague = _person(world, "of a colleague without a name", named=False)
    Membership.objects.create(person=world.colleague, jurisdiction=office, role="editor")
    for of, place, is_active in (
        ("of a colleague", {"jurisdiction": office}, True),
        ("of a suspended colleague", {"jurisdiction": office}, False),
        ("of a member of an organization", {"organization": people.organization}, True),
        ("of another office", {"jurisdiction": people.other_office}, True),
        ("of a department", {"department": world["department"]}, True),
    ):
        if world.has(f"person.name {of}"):
            person = _person(world, of, is_active=is_active)
            (body,) = place.values()
            with change_members(body, by=SYSTEM, emails=False):
                world.records[f"place {of}"] = Membership.objects.create(person=person, role="reader", **place)
    _plant_invitation(world)
    _plant_claims(world)
    for role in ("editor", "stranger"):
        name = f"apitoken.name of the {role}"
        if world.has(name):
            token, _ = make_token(by=getattr(people, role), name=world.put(name), days=90)
            world.records[f"token of the {role} with a name"] = token
    _plant_webhook(world)
    _plant_service_account(world)
    _plant_lists(world)
    _plant_reports(world)
    _plant_imports(world)
    _plant_unsaved(world)
    _plant_traces(world)


def _person(world, of, *, named=True, is_active=True) -> Person:
    address = world.put(f"person.email {of}") or f"{of.replace(' ', '.')}@example.org"
    return make_person(address.lower(), name=world.put(f"person.name {of}") if named else "", is_active=is_active)


def _plant_invitation(world):
    address = world.put("person.email of one invited")
    if address:
        world.records["invitation by address"] = invite(
            by=world.people.manager,
            body=world.people.office,
            address=address,
            role="reader",
            note=world.put("invitation.note to one invited"),
        )


def _plant_claims(world):
    """An open claim with a file, a claim of a proposed organization, and a denied one."""
    of = "of a claim"
    if not world.has("person.name of a claim"):
        return
    claimant = _person(world, of)
    file = (f"{world.put('claimfile.name of a claim')}.txt", "text/plain; charset=utf-8")
    made = claims.make_claim(
        by=claimant,
        organization=world["named"],
        fields={name: world.put(f"claim.{name} {of}") for name in ("position", "evidence")},
        file=(*file, world.put("claimfile.content of a claim").encode()),
    )
    proposed = {name: world.put(f"claim.{name} {of}") for name in ("name", "website", "about")}
    proposal = claims.make_claim(
        by=claimant, fields=proposed | {"office": world.people.office, "position": "Chair", "evidence": "Ask us"}
    )
    denied = claims.make_claim(
        by=claimant, organization=world["profiled"], fields={"position": "Chair", "evidence": "x"}
    )
    claims.deny_claim(claim=denied, by=world.colleague, reason=world.put(f"claim.reason {of}"))
    world.records |= {"claim with a file": made, "claim of a proposal": proposal, "claim denied": denied}


def _plant_webhook(world):
    """A webhook of the office, and one delivery of it."""
    if not world.has("webhook.name"):
        return
    fields = {"name": world.put("webhook.name"), "format": "registry", "kinds": ["status"]}
    fields |= {"url": f"https://hooks.example.org/{world.put('webhook.url')}", "reach": "own", "rights": "public"}
    webhook, _ = add_webhook(by=world.people.manager, body=world.people.office, fields=fields)
    texts = {name: world.put(f"webhookdelivery.{name}") for name in ("payload", "answer")}
    now = clock.now()
    row = {"state": "sent", "status": 200, "attempts": 1, "made_at": now, "next_attempt_at": now, "attempted_at": now}
    world.records["webhook with a name"] = webhook
    world.records["delivery with text"] = webhook.deliveries.create(occurrence="test/2", took=12, **row, **texts)


def _plant_service_account(world):
    """A service account of the office."""
    if world.has("apitoken.name of a service account"):
        name = world.put("apitoken.name of a service account")
        made = add_service_account(by=world.people.manager, body=world.people.office, name=name, role="reader", days=9)
        world.records["service account with a name"] = made[0]


def _plant_lists(world):
    """A saved list of the editor and one of the office, each with a canary as its search."""
    for of, office in (("of the editor", None), ("of the office", world.people.office)):
        if world.has(f"savedlist.name {of}"):
            query = f"q={world.put(f'savedlist.query {of}')}"
            name = world.put(f"savedlist.name {of}")
            made = save_list(by=world.people.editor, office=office, name=name, key="partnerships", query=query)
            world.records[f"saved list {of}"] = made
    if world.has("listfile.query of the editor"):
        query = f"q={world.put('listfile.query of the editor')}"
        world.records["spreadsheet of the editor"] = make_file(world.people.editor, query)


def _plant_reports(world):
    """A report of the office, with a canary as its list's search."""
    of = "of the office"
    if world.has(f"reportdefinition.title {of}"):
        texts = {name: world.put(f"reportdefinition.{name} {of}") for name in ("title", "query", "source")}
        fields = {"kind": "council", "jurisdiction": world.people.office} | texts | {"query": f"q={texts['query']}"}
        world.records["report with a title"] = reports.save_report(by=world.people.editor, fields=fields)


def _plant_imports(world):
    """An import of the editor that isn't saved yet, and the remembered columns of a deleted file."""
    editor, office = world.people.editor, world.people.office
    if world.has("columnmemory.heading of the office"):
        gone = make_import(
            editor, office, f"Name,{world.put('columnmemory.heading of the office')}", "Gone with its file,x"
        )
        importing.delete_import(one=gone, by=editor)
    if world.has("valuememory.text of the office"):
        text = world.put("valuememory.text of the office")
        ValueMemory.objects.create(
            jurisdiction=office, kind="organizations", field="kind", text=text, value="Coalition"
        )
    if world.has("import.result of the editor"):
        row, name = world.put("import.result of the editor"), f"{world.put('import.filename of the editor')}.xlsx"
        file_import = make_import(editor, office, "Name,Aims", f"{row},x", name=name)
        Import.objects.filter(pk=file_import.pk).update(
            sheet=world.put("import.sheet of the editor"),
            numbers_source=world.put("import.numbers_source of the editor"),
        )
        world.records["import of the editor"] = file_import


def _plant_unsaved(world):
    typed = world.put("draft.fields of the editor")
    if typed:
        page = f"/partnerships/{world['published'].public_id}/edit/"
        fields = {"title": [typed], "draft_heading": [f"Edit: {typed}"]}
        made = drafts.save_draft(by=world.people.editor, page=page, fields=fields)
        world.records["unsaved text of the editor"] = made


def _plant_traces(world):
    people, now = world.people, clock.now()
    if world.has("retentionrun.erased"):
        RetentionRun.objects.create(
            jurisdiction=people.office,
            kind=RetentionKind.EMAILS,
            days=90,
            at=now,
            erased=int(world.put("retentionrun.erased")),
        )
    agent = world.put("usersession.user_agent of the editor")
    if agent:
        people.editor.usersession_set.create(ip="192.0.2.77", session_key="k" * 32, user_agent=agent)
