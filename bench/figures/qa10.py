"""QA10: stored XSS. Payloads in every text and URL input of every form, and every page opened in Chromium with script on.

Pages are opened with the registry's CSP and without it, so that escaping alone must protect them.
"""

from bench import trials
from tests.browser.states import STATES

NAME = "Script that someone typed runs in no browser"
# Pages of a second step or a provider, which no one in the trial has.
NOT_OPENED = {
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
}
NOT_OPENED |= {"mfa_reauthenticate", "openid_connect_login", "openid_connect_callback", "socialaccount_connections"}


def run():
    # Playwright runs an event loop in this thread, which Django would take for asynchronous code.
    rates = {"API_RATE_ANONYMOUS": "10000000", "API_RATE_PERSON": "10000000"}
    found = trials.run("tests.xss:figure", DJANGO_ALLOW_ASYNC_UNSAFE="true", **rates)
    missed = {state.route for state in STATES if state.route} - set(found["routes"]) - NOT_OPENED
    for words in [*found["wrong"], *found["refused"], *sorted(missed)][:40]:
        print(f"  {words}")
    value = f"{len(found['wrong'])} ran or could; {found['pages']:,} pages, {found['inputs']} inputs"
    return value, "0", found["opened"], not found["wrong"] and not found["refused"] and not missed
