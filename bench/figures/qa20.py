"""QA20: revoked rights end at the next request, on both databases.

That covers memberships, roles, accounts, sessions, tokens, invitations, claims and shared drafts, in every session, on
open connections, and for open forms.
"""

from bench import trials

NAME = "What is revoked is gone at the next request"
LIMITS = {"API_RATE_ANONYMOUS": "10000000", "API_RATE_PERSON": "10000000"}


def run():
    tried, kept, wrong = 0, 0, []
    for database in ("SQLite", "PostgreSQL"):
        found = trials.run("tests.revocations:figure", on=database, **LIMITS)
        print(
            f"  {database}: {found['scenarios']} scenarios, {found['tried']} tries, {found['kept']} connections kept open"
        )
        tried, kept, wrong = tried + found["tried"], kept + found["kept"], wrong + found["wrong"]
    for words in wrong[:20]:
        print(f"  {words}")
    value = f"{len(wrong)} still theirs; {kept} connections kept open"
    return value, "0 of 1,000 or more", tried, not wrong and tried >= 1000 and kept >= 200
