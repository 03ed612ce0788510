"""QA7: mail scanners open each link of each kind of email by HEAD, GET, POST without a cookie, and a browser.

The browser runs script and presses the buttons. Nothing changes, no session starts, and the link, the code and the
invitation still work afterwards.
"""

from bench import trials
from partnerships.mail.choices import EmailKind

NAME = "Mail scanners cost nothing and get in nowhere"


def run():
    # Playwright runs an event loop in this thread, which Django would take for asynchronous code.
    found = trials.run("tests.scanners:figure", DJANGO_ALLOW_ASYNC_UNSAFE="true")
    for words in found["wrong"][:20]:
        print(f"  {words}")
    value = (
        f"{found['tried'] - len(found['wrong'])} of {found['tried']}; {found['links']} links of {found['kinds']} kinds"
    )
    ok = not found["wrong"] and found["tried"] >= 200 and found["kinds"] == len(EmailKind)
    return value, "200 of 200 or more, every kind", found["tried"], ok
