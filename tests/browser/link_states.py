"""States of the pages behind personal links, and of email settings. states.py adds them to its own."""

from tests.browser.site import COLLEAGUE, PARTNER, STAFF


def add_all(add, refused):
    add("answer_meeting", "blank", "{link_to_meeting}", narrow=True)
    add("answer_meeting", "refused", "{link_to_meeting}", status=422, before=({},))  # sent without any of its buttons
    add("answer_round", "blank", "{link_to_round}", narrow=True)
    long = {"item": "decisions", "decisions-evidence": "x" * 301}
    add("answer_round", "refused", "{link_to_round}", status=422, before=(long,), narrow=True)
    add("answer_check_in", "blank", "{link_to_check_in}", narrow=True)
    refused("answer_check_in", "{link_to_check_in}", {"going": "", "changed": "x" * 2001}, None)
    add("answer_saved", "sent twice", "/by-link/thanks/")
    add("stop_emails", "blank", "{link_to_emails}", narrow=True)
    add("stop_emails", "stopped", "{other_link_to_emails}", before=({"stop": "yes"},))
    add("", "link ended", "/by-link/meeting/x/", status=404)
    add("account_language", "blank", "/account/language/", (PARTNER,), narrow=True)
    add("account_name", "blank", "/account/name/", (PARTNER,), narrow=True)
    add("account_first_steps", "blank", "/account/first-steps/", (PARTNER,), narrow=True)
    add("account_calendars", "nothing yet", "/account/calendars/", (COLLEAGUE,))
    add("account_calendars", "filled", "{calendars}", (STAFF,), narrow=True)
    add("account_calendar_revoke", "blank", "{calendar}", (STAFF,))
    add("account_emails", "filled", "/account/letters/", (COLLEAGUE,), narrow=True)
    refused("account_emails", "/account/letters/", {"quiet_from": "22:00", "quiet_until": "", "digest_at": "late"})
    add("account_following", "nothing yet", "/account/following/", (COLLEAGUE,))
    add("account_following", "filled", "{followed}", (STAFF,), narrow=True)
