"""Canaries of organizations: profiles by listing and reader, contacts, identifiers, suggestions, history."""

from partnerships.accounts.claims import make_claim
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.directory import suggestions
from partnerships.directory.actions import save_department, save_jurisdiction, save_organization
from partnerships.models import Identifier, Merge, Organization
from tests.canaries.words import written
from tests.factories import make_issue_area, make_jurisdiction, make_organization, make_term
from tests.fields import published, terms, texts

# Kind of organization → its listing, and who may read every field of its profile.
KINDS = {
    "unlisted": ("unlisted", None),
    "named only": ("named", None),
    "profiled for staff": ("profiled", "staff"),
    "profiled for partners": ("profiled", "partners"),
}
TEXTS = tuple(name for name in texts("organization") if name in published("organization"))
TERMS = terms("organization")


def plant(world):
    office, other_office = world.people.office, world.people.other_office
    world.choices = {of: _choices(of) for of in (*KINDS, "profiled")}
    for of, made in world.choices.items():
        world.records |= {f"issue area of one {of}": made["issue_areas"], f"place of one {of}": made["area"]}
    for of, (listing, reader) in KINDS.items():
        if of != "unlisted" or world.has("organization.name of one unlisted"):
            _plant_profile(world, of, listing, reader)
    domain = world.put("organization.mail_domain of one profiled")
    made = make_organization(
        "Private profile",
        "profiled",
        kept_by=office,
        address=world.put("organization.address of one profiled"),
        # The domain must equal the website's when it's confirmed.
        website=f"https://{domain}" if domain else "",
        open_fields={"website": "staff"},
        mail_domain=domain,
        listing_source=world.put("organization.listing_source of one profiled"),
        led_by=_chosen(world, "led_by", "profiled"),
        communities=_chosen(world, "communities", "profiled"),
    )
    world.records["private profile"] = save_organization(organization=made, by=SYSTEM, fields={"website": ""})
    name = "organization.name of one that another office keeps"
    world.add(name, make_organization, listing="unlisted", kept_by=other_office)
    _plant_merge(world)
    for plant_more in (_plant_withdrawn, _plant_contacts, _plant_suggestions, _plant_handed_over, _plant_history):
        plant_more(world)


def _plant_merge(world):
    """A record that was merged into another, and what is kept for undoing the merge."""
    kept = make_organization("Made of two", "named", kept_by=world.people.office, listing_source="A report")
    world.records["made of two"] = kept
    if world.has("merge.lost_name"):
        Merge.objects.create(
            record_type="organization",
            kept_id=kept.pk,
            lost_id=10**9,
            lost_public_id="G-ZZZZZZ-Z",
            lost_name=world.put("merge.lost_name"),
            steps=[{"row": world.put("merge.steps")}],
            before={"was": {"aims": world.put("merge.before")}},
            at=clock.now(),
        )


def _plant_profile(world, of, listing, reader):
    """An organization with a canary in each field of its profile."""
    readers = dict.fromkeys((*Organization.PROFILE_FIELDS, *Organization.PRIVATE_FIELDS), reader) if reader else {}
    listing_source = "A report" if listing == "named" else world.put(f"organization.listing_source of one {of}")
    # The sources of a full profile are public.
    source = "" if listing == "profiled" else world.put(f"organization.source of one {of}")
    many = {field: _chosen(world, field, of) for field in world.choices[of]}
    kind, *_ = [*many.pop("kind"), None]
    record = make_organization(
        world.put("organization.name of one unlisted") if of == "unlisted" else f"{of.capitalize()}: the group",
        listing,
        kept_by=world.people.office,
        listing_source=listing_source,
        source=source,
        open_fields=readers,
        kind=kind,
        contacts=_contact(world, of, {"named only": "public"}.get(of, reader or "staff")),
        **{field: world.put(f"organization.{field} of one {of}") for field in TEXTS},
        **many,
    )
    world.records[of] = record
    if of == "unlisted":  # and a duplicate, so that the page of possible duplicates isn't empty
        make_organization(record.name, listing, kept_by=world.people.office)
    if listing != "profiled" and world.has(f"identifier.value of one {of}"):
        value = world.put(f"identifier.value of one {of}")
        source = world.put(f"identifier.confirmed_source of one {of}")
        Identifier.objects.create(
            organization=record, scheme="ein", value=value, is_confirmed=True, confirmed_source=source
        )


def _choices(of):
    """Terms, an issue area and a place that only this record chooses.

    The key of a term is its canary. Terms are public, so they are in every world.
    """
    made = {
        field: make_term(vocabulary, written(f"organization.{field} of one {of}").lower(), f"Only {field} of one {of}")
        for field, vocabulary in TERMS.items()
    }
    made["issue_areas"] = make_issue_area(f"only_of_one_{of}".replace(" ", "_"))
    made["area"] = make_jurisdiction(f"Where only one {of} works")
    return made


def _chosen(world, field, of):
    return [world.choices[of][field]] if world.put(f"organization.{field} of one {of}") else []


def _plant_withdrawn(world):
    """An organization that was listed and claimed, and then unlisted itself under another name.

    The claimant isn't a user of it.
    """
    record = make_organization("Once listed", "named", kept_by=world.people.office, listing_source="A report")
    fields = {"position": "Director", "evidence": "Ask there"}
    world.records["claim of one withdrawn"] = make_claim(by=world.people.stranger, organization=record, fields=fields)
    name = world.put("organization.name of one withdrawn") or "Once listed"
    world.records["withdrawn"] = save_organization(
        organization=record, by=SYSTEM, fields={"listing": "unlisted", "name": name}
    )


def _contact(world, of, reader="staff"):
    fields = {field: world.put(f"contact.{field} of {of}") for field in ("email", "phone", "note")}
    name = world.put(f"contact.name of {of}")
    return [fields | {"name": name, "visible_to": reader}] if name else []


def _plant_contacts(world):
    """Contacts of government offices. The other fields have these saved in every world."""
    fields, rows = {"about": "Here"}, _contact(world, "a department")
    save_department(department=world["department"], by=SYSTEM, fields=fields, contacts=rows)
    rows = _contact(world, "another office")
    save_jurisdiction(jurisdiction=world.people.other_office, by=SYSTEM, fields=fields, contacts=rows)


def _plant_suggestions(world):
    """A suggestion in each state, by someone who left an email address, which no page shows."""
    for state in ("open", "declined"):
        of = f"one {state}"
        if not world.has(f"suggestion.words of {of}"):
            continue
        made = suggestions.suggest(
            by=None,
            kind="correct",
            organization=world["profiled"],
            fields={"aims": world.put(f"suggestion.fields of {of}")},
            words=world.put(f"suggestion.words of {of}"),
            address=world.put(f"suggestion.address of {of}") or "someone@example.org",
        )
        world.records[f"suggestion {state}"] = made
        if state == "declined":
            reason = world.put("suggestion.reason of one declined")
            suggestions.decide(suggestion=made, by=world.colleague, take=(), reason=reason)


def _plant_handed_over(world):
    """An organization that was proposed to one office and moved to another one, which lets it see more than the public does."""
    made = suggestions.suggest(
        by=None, kind="propose", office=world.people.other_office, fields={"name": "Handed over", "aims": "As proposed"}
    )
    made = suggestions.decide(suggestion=made, by=world.people.other_editor, take=("name", "aims"))
    aims = world.put("organization.aims of one handed over") or "As proposed"
    name = world.put("organization.name of one handed over") or "Handed over"
    fields = {"kept_by": world.people.office, "aims": aims, "name": name}
    world.records["handed over"] = save_organization(organization=made.organization, by=SYSTEM, fields=fields)
    world.records["suggestion of one handed over"] = made


def _plant_history(world):
    """Former values, and the reason for a change."""
    record = make_organization("Renamed", "named", kept_by=world.people.office, listing_source="A report")
    before, why = world.put("change.before of an organization"), world.put("change.why of an organization")
    record = save_organization(organization=record, by=SYSTEM, fields={"address": before}, why=why)
    world.records["with a history"] = save_organization(
        organization=record, by=SYSTEM, fields={"address": "Main Street"}
    )
