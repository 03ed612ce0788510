"""Spellings of a name that look like it, and every way in which one can be entered (bench/figures/qa31.py).

Ten organizations that unlisted themselves, and that declined a seat, × forty spellings of each name × the ways in: none may be
listed again, get the seat again, or come in as a second record without a question. Three hundred real names in ten
scripts are saved as they are, and none is taken for another one.
"""

import random
from dataclasses import dataclass

from django.db import transaction
from django.test import Client

from partnerships.core.access import SYSTEM
from partnerships.core.errors import PossibleDuplicates, ValidationError
from partnerships.directory.actions import save_organization
from partnerships.directory.skeletons import look_the_same
from partnerships.models import Change, Membership, Organization
from partnerships.records import merging, undoing
from partnerships.records.splitting import split
from partnerships.registry import actions, consent
from tests.api.programs import Program
from tests.browser.forms import values
from tests.factories import make_organization, make_partnership, party
from tests.importing.files import as_csv, bring, write
from tests.people import make_people
from tests.real_names import REAL_NAMES

NAMES = (
    "Brave Women of Elm",
    "Maple Street Tenants",
    "Somali Elders Circle",
    "Hmong Youth Voices",
    "Riverbend Parents United",
    "Cedar Cooperative Kitchen",
    "Black Farmers Exchange",
    "Lake Area Organizers",
    "Families for Housing",
    "Open Door Collective",
)
# What no one sees, one of each block.
IGNORED = (
    "\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2064\ufeff\u00ad\u034f\u061c\u115f\u1160\u3164\uffa0\u17b4\ufe00\ufe0f"
)
SPACES = "\u00a0\u2002\u2009\u2028\u2029\u202f\u3000"
# Letters of other alphabets and styles that look like a Latin one, in small letters and capitals.
CYRILLIC = str.maketrans("aceopxyiBEKMHOPCTXA", "асеорхуіВЕКМНОРСТХА")
GREEK = str.maketrans("ovABEHIKMNOPTXYZ", "ονΑΒΕΗΙΚΜΝΟΡΤΧΥΖ")
CHEROKEE = str.maketrans("ABCDEGHKLMPRSTVWZ", "ᎪᏴᏟᎠᎬᏀᎻᏦᏞᎷᏢᎡᏚᎢᏙᎳᏃ")
ARMENIAN = str.maketrans("ouhngOU", "օսհոցՕՍ")
SMALL_CAPITALS = str.maketrans("bceghijklmnorstuvwz", "ʙᴄᴇɢʜɪᴊᴋʟᴍɴᴏʀꜱᴛᴜᴠᴡᴢ")
ACCENTS = str.maketrans("aeiounc", "áèïōúñç")
DIGITS = str.maketrans("oilseat", "0115347")


def _styled(first_capital, first_small):
    """Mathematical and other styles of the whole alphabet."""
    capitals = {ord("A") + n: chr(first_capital + n) for n in range(26)}
    return capitals | {ord("a") + n: chr(first_small + n) for n in range(26)}


STYLES = {
    "full width": _styled(0xFF21, 0xFF41),
    "bold": _styled(0x1D400, 0x1D41A),
    "sans serif": _styled(0x1D5A0, 0x1D5BA),
    "monospace": _styled(0x1D670, 0x1D68A),
    "fraktur": _styled(0x1D56C, 0x1D586),
    "double struck": {ord("a") + n: chr(0x1D552 + n) for n in range(26)},
    "circled": _styled(0x24B6, 0x24D0),
    "negative circled": {ord("A") + n: chr(0x1F150 + n) for n in range(26)},
    "squared": {ord("A") + n: chr(0x1F130 + n) for n in range(26)},
}


def spellings(name: str) -> dict[str, str]:
    """Forty spellings that look like a name, by what they do to it."""
    changed = {what: text for what, text in every_spelling(name).items() if text != name}
    return dict(sorted(changed.items())[:PER_NAME])


def every_spelling(name: str) -> dict[str, str]:
    """The letters that change are drawn by the name itself."""
    drawn = random.Random(name)
    found = {f"U+{ord(char):04X} inside": _inside(name, char, drawn) for char in drawn.sample(IGNORED, 9)}
    found |= {f"U+{ord(char):04X} for a space": name.replace(" ", char) for char in SPACES}
    alphabets = {"Cyrillic": CYRILLIC, "Greek": GREEK, "Cherokee": CHEROKEE, "Armenian": ARMENIAN}
    found |= {f"{key} letters": name.translate(table) for key, table in alphabets.items()}
    found |= {"one Cyrillic letter": _one(name, CYRILLIC, drawn), "one Greek letter": _one(name, GREEK, drawn)}
    found |= {f"{key} letters": name.translate(table) for key, table in STYLES.items()}
    found |= {
        "capitals": name.upper(),
        "small letters": name.lower(),
        "small capitals": name.translate(SMALL_CAPITALS),
        "accents": name.translate(ACCENTS),
        "one digit": _one(name, DIGITS, drawn),
        "digits": name.translate(DIGITS),
        "a capital I for l": name.replace("l", "I"),
        "rn for m": name.replace("m", "rn"),
        "joined": name.replace(" ", ""),
        "Inc.": f"{name}, Inc.",
        "points": name.replace(" ", ". "),
        "Cyrillic capitals": name.upper().translate(CYRILLIC),
        "double spaces": name.replace(" ", "  "),
        "a nonprofit": f"{name} Nonprofit Corporation",
    }
    return found


PER_NAME = 40


def _inside(name, char, drawn):
    index = drawn.randrange(1, len(name) - 1)
    return name[:index] + char + name[index:]


def _one(name, table, drawn):
    at = [index for index, char in enumerate(name) if ord(char) in table]
    index = drawn.choice(at)
    return name[:index] + name[index].translate(table) + name[index + 1 :]


@dataclass
class Scene:
    """An office, a listed record of another name, a partnership that an organization of this name declined, and that
    organization, which unlisted itself.
    """

    people: object
    withdrawn: Organization
    other: Organization
    partnership: object
    program: Program
    client: Client

    @classmethod
    def of(cls, people, name):
        office = people.office
        group = make_organization(name, kept_by=office, listing_source="A report")
        parties = [party(office, "lead"), party(group)]
        partnership = make_partnership("Homes for all", lead=office, parties=parties, confirmed=False)
        consent.decline_seat(party=partnership.parties.get(organization=group), by=SYSTEM, way="phone")
        group.memberships.create(person=people.other_partner, role="editor")
        by = type(people.other_partner).objects.get(pk=people.other_partner.pk)
        group = save_organization(organization=group, by=by, fields={"listing": "unlisted"})
        Membership.objects.filter(organization=group).delete()
        other = make_organization("Quartz band", kept_by=office, listing_source="A report")
        client = Client()
        client.force_login(people.editor)
        return cls(people, group, other, partnership, Program(people.editor), client)


LISTED = {"listing": "named", "listing_source": "A list"}


def by_action(scene, name):
    try:
        save_organization(by=scene.people.editor, fields={"name": name, "kept_by": scene.people.office, **LISTED})
    except ValidationError:
        return True
    return False


def by_rename(scene, name):
    try:
        save_organization(organization=scene.other, by=scene.people.editor, fields={"name": name})
    except ValidationError:
        return True
    return False


def by_other_name(scene, name):
    try:
        save_organization(organization=scene.other, by=scene.people.editor, fields={"other_names": name})
    except ValidationError:
        return True
    return False


def by_form(scene, name):
    page = scene.client.get("/organizations/new/").content.decode()
    typed = values(page) | {"name": name, "side": "community", "kept_by": scene.people.office.pk, **LISTED}
    return scene.client.post("/organizations/new/", typed).status_code == 422


def by_api(scene, name):
    body = {"name": name, "side": "community", "kept_by": scene.people.office.public_id, **LISTED}
    return scene.program.send("POST", "organizations/", body).status_code in (400, 409)


def by_api_as_a_draft(scene, name):
    body = {"name": name, "side": "community", "kept_by": scene.people.office.public_id, "listing": "unlisted"}
    return scene.program.send("POST", "organizations/", body).status_code == 409


def by_bulk(scene, name):
    row = {"name": name, "side": "community", "kept_by": scene.people.office.public_id, **LISTED}
    answer = scene.program.send("POST", "organizations/bulk/", {"mode": "each", "rows": [row]})
    return answer.json()["counts"]["refused"] == 1


def by_import(scene, name):
    rows = as_csv(["Name", "Listing", "Listing source"], [name, "Named only", "A list"])
    one = bring(scene.people.editor, scene.people.office, rows)
    return bool(one.result["counts"].get("decide")) or write(scene.people.editor, one).state == "failed"


def by_undo(scene, name):
    """A record that had the name before, as the guards of that time let it, gets it back by an undo."""
    before = save_organization(organization=scene.other, by=SYSTEM, fields={"name": name})
    now = save_organization(organization=before, by=SYSTEM, fields={"name": "Quartz band"})
    change = Change.objects.filter(record_type="organization", record_id=now.pk).latest("pk")
    given = {"record": now, "change": change, "by": scene.people.editor, "version": now.version}
    try:
        undoing.undo(**given, seen=undoing.plan_for(scene.people.editor, now, change).wanted)
    except ValidationError:
        return True
    return False


def by_merge(scene, name):
    second = make_organization(name, "unlisted", kept_by=scene.people.office)
    given = {"kept": scene.other, "lost": second, "by": scene.people.editor, "versions": (None, None)}
    try:
        merging.merge(**given, take={"name": "other"})
    except ValidationError:
        return True
    return False


def by_split(scene, name):
    scene.other.contacts.create(name="Desk")
    going = {"contacts": [scene.other.contacts.get(name="Desk").pk]}
    try:
        split(record=scene.other, by=scene.people.editor, version=None, name=name, going=going)
    except PossibleDuplicates:
        return True
    return False


def by_seat(scene, name):
    """A second record, which was there before, joins the partnership that the organization declined."""
    second = make_organization(name, "unlisted", kept_by=scene.people.office)
    rows = [party(one.entity) for one in scene.partnership.parties.all()] + [party(second)]
    try:
        actions.save_partnership(partnership=scene.partnership, by=scene.people.editor, fields={}, parties=rows)
    except ValidationError as problem:
        return [*problem.message_dict] == ["why"]
    return False


WAYS = {
    "an action": by_action,
    "a new name": by_rename,
    "another name": by_other_name,
    "the form": by_form,
    "the API": by_api,
    "the API, unlisted": by_api_as_a_draft,
    "many rows": by_bulk,
    "an import": by_import,
    "an undo": by_undo,
    "a merge": by_merge,
    "a split": by_split,
    "a declined seat": by_seat,
}


def passed(scene, name, ways=WAYS) -> list[str]:
    """The ways in which this spelling came in without a question. Nothing is kept."""
    found = []
    for way, enter in ways.items():
        with transaction.atomic():
            if not enter(scene, name):
                found.append(way)
            transaction.set_rollback(True)
    return found


def honest_names_refused(people) -> list[str]:
    """Those of the real names that can't be saved as they are, or that are taken for another one of them."""
    wrong = []
    for name in REAL_NAMES:
        try:
            saved = save_organization(by=SYSTEM, fields={"name": name, "listing": "named", "listing_source": "A list"})
        except ValidationError as problem:
            wrong.append(f"{name}: {problem}")
            continue
        if saved.name != name:
            wrong.append(f"{name}: saved as {saved.name}")
    pairs = [(a, b) for index, a in enumerate(REAL_NAMES) for b in REAL_NAMES[index + 1 :] if look_the_same(a, b)]
    return wrong + [f"{a} is taken for {b}" for a, b in pairs]


def figure():
    people = make_people()
    tried, wrong = 0, []
    for name in NAMES:
        with transaction.atomic():
            scene = Scene.of(people, name)
            for what, spelling in spellings(name).items():
                tried += 1
                wrong += [f"{name} as “{spelling}” ({what}) by {way}" for way in passed(scene, spelling)]
            transaction.set_rollback(True)
    return {
        "spellings": tried,
        "ways": len(WAYS),
        "passed": wrong,
        "names": len(REAL_NAMES),
        "refused": honest_names_refused(people),
    }
