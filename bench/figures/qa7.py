"""QA7: mail scanners look at each link of each kind of letter: HEAD, GET, POST without a cookie, and a browser with script that
presses the buttons. Nothing changes, no session comes of it, and the link, the code and the invitation still do their work.
"""

from bench import trials
from partnerships.mail.choices import LetterKind

NAME = "Mail scanners cost nothing and get in nowhere"


def run():
    # The browser's library has a loop of its own in the thread; Django would take that for asynchronous code.
    found = trials.run("tests.scanners:figure", DJANGO_ALLOW_ASYNC_UNSAFE="true")
    for words in found["wrong"][:20]:
        print(f"  {words}")
    value = (
        f"{found['tried'] - len(found['wrong'])} of {found['tried']}; {found['links']} links of {found['kinds']} kinds"
    )
    ok = not found["wrong"] and found["tried"] >= 200 and found["kinds"] == len(LetterKind)
    return value, "200 of 200 or more, every kind", found["tried"], ok
