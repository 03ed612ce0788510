"""QA5: every form of every write, as every role: as it is, with added fields, and with each field tampered with."""

from concurrent.futures import ThreadPoolExecutor

from bench import trials
from tests.writes import MAY

NAME = "No field changes what it may not"
PARTS = 2
# No form of the trial can change anything there. No one is asked twice in a week, no one knows a code, and all seats have
# been invited or confirmed. People are answering, so no one is named, and no one may object to the respondent. The
# partner has editors, so it gets no code, and its website has another domain. Nothing was imported, no webhook is paused,
# and the sample can't be loaded.
NEVER = {
    "partnership_ask",
    "mfa_activate_totp",
    "code",
    "round_code",
    "round_object",
    "round_name",
    "round_vouch",
    "seat_invite",
    "partnership_invite",
}
NEVER |= {"own_domain", "import_undoing", "webhook_resume", "sample_data"}


def run():
    with ThreadPoolExecutor(PARTS) as both:
        found = list(both.map(_part, range(PARTS)))
    wrong = [words for part in found for words in part["wrong"]]
    for words in wrong[:40]:
        print(f"  {words[:200]}")
    sent, saved, fields = (sum(part[name] for part in found) for name in ("sent", "saved", "fields"))
    routes, saving = ({route for part in found for route in part[name]} for name in ("routes", "saving"))
    never = MAY.keys() - saving - NEVER
    for route in sorted(never):
        print(f"  {route}: nothing saved")
    value = f"{len(wrong)} forbidden changes; {sent:,} forms at {len(routes)} routes, {saved:,} saved"
    return value, "0", fields, not wrong and not never


def _part(part):
    return trials.run("tests.tampering:figure", PART=str(part), PARTS=str(PARTS))
