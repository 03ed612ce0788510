"""What a program sends that the API doesn't offer, or that its person may not say: it changes nothing of that.

tests/tampering.py does the same with forms, and tests/forbidden_effects.py judges both.
"""

from partnerships.api.partnership_serializers import PartnerSerializer
from partnerships.api.resources import RESOURCES
from tests import forbidden_effects
from tests.api_writes import PLACES, new_bodies, send, sender_of, targets
from tests.tampering import extras

# What else is done to a record → the route of the page that does the same.
DONE = {
    "follow-up": "interaction_follow_up",
    "publish": "partnership_publish",
    "unpublish": "partnership_withdraw",
    "end": "partnership_end",
    "cancel": "meeting_cancel",
    "close": "meeting_close",
    "done": "check_in_done",
}
END = {"ends_on": "2026-01-01", "status_reason": "Done."}


def tamper(world, share=lambda cases: cases):
    """(how many fields were sent, what was changed and should not have been). `share`: the part of the cases that is sent."""
    sender, wrong, fields = sender_of(world), [], 0
    for role, method, url, route, record, body, is_offered in share(list(cases(world))):
        sent = send(sender, role, method, url, body)
        where = f"{role} {method} {url} {str(body)[:200]}"
        fields += 1
        if sent.answer.status_code >= 500:
            wrong.append(f"{where}: {sent.answer.status_code}")
        if is_offered:
            wrong += forbidden_effects.wrong(sent, world, role, route, record)
        elif sent.touches:
            wrong.append(f"{where}: not offered, and changed {sorted({touch.sort for touch in sent.touches})}")
    return fields, wrong


def cases(world):
    """(role, method, address, route of the page that does the same, record, body, whether its names are offered): each
    column of every table as a field of a record, of a partner and of what is done to a record; and what is offered, with values
    that someone would gain by.
    """
    extra, new = extras(world), new_bodies(world)
    for path, record, url, _, write in targets(world):
        offered = {*RESOURCES[path].serializer_class().fields}
        _, edits, _, done = PLACES[path]
        steps = {
            step: {*getattr(RESOURCES[path], step.replace("-", "_")).kwargs["serializer_class"]().fields}
            for step in done
        }
        for role in sorted(write & {"editor", "partner"}):
            for name, value in extra.items():
                yield role, "PATCH", url, edits, record, {name: value}, name in offered
                for step in done:
                    own = END if step == "end" else {}
                    if name not in steps[step]:
                        yield role, "POST", f"{url}{step}/", DONE[step], record, own | {name: value}, False
            for body in gainful(world).get(path, ()):
                yield role, "PATCH", url, edits, record, body, True
        if path == "partnerships" and "editor" in write:
            for name, value in extra.items():
                row = {"id": world.people.office.public_id, name: value}
                is_own = name in {*PartnerSerializer().fields, *PartnerSerializer.ignored}
                yield "editor", "PATCH", url, edits, record, {"parties": [row]}, is_own
    for path, body in new.items():
        offered = {*RESOURCES[path].serializer_class().fields}
        for name, value in extra.items():
            if name not in offered:
                yield "editor", "POST", f"/api/v1/{path}/", PLACES[path][2], "", body | {name: value}, False


def gainful(world):
    """Path → bodies whose names are offered: to give a record away, to open one, and to join what the sender may not see."""
    office, other = world.people.office.public_id, world.people.other_office.public_id
    elsewhere = world.people.other_partner.memberships.get().organization.public_id
    hidden = [world.key(name) for name in ("draft", "unlisted")]
    return {
        "partnerships": [
            {"lead": other},
            *({"lead": key} for key in hidden),
            {"parties": [{"id": office}, {"id": elsewhere}]},
            {"parties": [{"id": office, "confirmed": True, "side": "community", "name": "Mine"}]},
            {"grew_out_of": [world.key("draft")]},
            {"status": "ended"},
            {"documents": [{"title": "Mine", "url": "https://elsewhere.example.org"}]},
        ],
        "organizations": [
            {"listing": "profiled"},
            {"listing": "named", "listing_source": "A report"},
            {"kept_by": other},
            {"side": "institution"},
            {"area": [other]},
            {"address": "1 Main Street", "led_by": [], "communities": []},
        ],
    }
