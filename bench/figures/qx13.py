"""QX13: every page of every role and record in Spanish: its `lang` right, no text of ours in English, no sentence cut by a tag.

Pages of a personal link, of accounts and of emails: their tests in tests/web/test_page_language.py, test_translated_pages.py
and tests/notifications/test_languages.py, since what many of them show can be read once.
"""

import django

from bench import trials

django.setup()

from tests.notifications.catalog import cut_sentences  # noqa: E402
from tests.web.test_translated_pages import NO_PAGES, untranslated  # noqa: E402
from tests.web.test_translated_world import ROLES  # noqa: E402

NAME = "Every page in Spanish"


def run():
    pages, routes = 0, set()
    wrong = [f"not translated: {name}" for name in untranslated() - NO_PAGES] + cut_sentences()
    for role in ROLES:
        found = trials.run("tests.web.test_translated_world:figure", role)
        print(f"  {role}: {found['pages']} pages")
        pages, routes = pages + found["pages"], routes | {*found["routes"]}
        wrong += [f"{role}: {words}" for words in found["wrong"]]
    for words in wrong:
        print(f"  {words}")
    return f"{len(wrong)} wrong; {len(routes)} routes as {len(ROLES)} roles", "0", pages, not wrong
