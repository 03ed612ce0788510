"""QX12: every kind of email in every language has a complete text part, time zones in full, a reason, and a way to stop it."""

import django

django.setup()

from tests.notifications import samples  # noqa: E402

NAME = "Letters that say all that they must"


def run():
    found = samples.figure()
    for words in found["wrong"]:
        print(f"  {words}")
    letters, kinds, languages = (found[name] for name in ("letters", "kinds", "languages"))
    value = f"{len(found['wrong'])} wrong; {letters} letters of {kinds} kinds in {languages} language(s)"
    return value, "0", letters * languages, not found["wrong"]
