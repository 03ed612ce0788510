"""QX12: every kind of email in every language has a complete text part, time zones in full, a reason, and a way to stop it."""

import django

django.setup()

from tests.notifications import samples  # noqa: E402

NAME = "Emails that say all that they must"


def run():
    found = samples.figure()
    for words in found["wrong"]:
        print(f"  {words}")
    emails, kinds, languages = (found[name] for name in ("emails", "kinds", "languages"))
    value = f"{len(found['wrong'])} wrong; {emails} emails of {kinds} kinds in {languages} language(s)"
    return value, "0", emails * languages, not found["wrong"]
