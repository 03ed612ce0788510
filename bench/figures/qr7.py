"""QR7: reminders around daylight saving time, compared with an oracle (tests/mail/daylight_saving.py)."""

from tests.mail.daylight_saving import figure

NAME = "Reminders around daylight saving"


def run():
    right, tried = figure()
    return f"{right} of {tried}", "768 of 768", tried, right == tried == 768
