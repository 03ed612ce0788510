"""Sign-in by a code sent by mail: what the registry asks of allauth."""

from allauth.account.adapter import DefaultAccountAdapter


class SignInAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False
