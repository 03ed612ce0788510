"""QX11: every text of pages, forms, messages and emails is translated into each language that we offer, whole."""

import django

django.setup()

from tests.notifications import catalog  # noqa: E402

NAME = "Every text is translated"


def run():
    found = catalog.figure()
    for words in found["wrong"]:
        print(f"  {words}")
    strings, languages, wrong = (found[name] for name in ("strings", "languages", "wrong"))
    return (
        f"{len(wrong)} wrong; {strings:,} texts in {languages} other language(s)",
        "0",
        strings * languages,
        not wrong,
    )
