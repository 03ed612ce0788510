"""QA5: every form of every write, as every role: whole, with names that it does not offer, and each field tampered with."""

from bench import trials

NAME = "No field changes what it may not"
# What no form of the trial changes: nobody is asked twice in a week, and the code of an app is not known.
NEVER = {"partnership_ask", "mfa_activate_totp"}


def run():
    found = trials.run("tests.tampering:figure")
    for words in found["wrong"][:40]:
        print(f"  {words}")
    value = f"{len(found['wrong'])} forbidden changes; {found['sent']:,} forms at {found['routes']} routes"
    value += f", {found['saved']:,} saved"
    ok = not found["wrong"] and set(found["never"]) <= NEVER
    for route in set(found["never"]) - NEVER:
        print(f"  {route}: nothing saved")
    return value, "0", found["fields"], ok
