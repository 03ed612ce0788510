"""The registry as a WSGI application that records each guess that it compares with a code, for bench/sign_in_floods.py.

Each comparison adds a line to the file JUDGED, whichever process of the server made it.
"""

import os

from equity.wsgi import application

__all__ = ["application"]


def _noted(what, compare):
    def noted(*given, **named):
        file = os.open(os.environ["JUDGED"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(file, f"{what}\n".encode())
        os.close(file)
        return compare(*given, **named)

    return noted


def _note_guesses():
    # These imports need Django, which the application sets up.
    from allauth.account import forms
    from allauth.mfa.totp.internal import auth

    from partnerships.registry import inviting

    forms.compare_user_code = _noted("code", forms.compare_user_code)
    auth.validate_totp_code = _noted("app", auth.validate_totp_code)
    inviting.invitation_by_code = _noted("printed", inviting.invitation_by_code)


_note_guesses()
