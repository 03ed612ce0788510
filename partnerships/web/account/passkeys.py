"""Adapts allauth's passkey views. sign_in_urls has the URLs, and forms.passkeys the forms."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView, RemoveWebAuthnView
from django.views.generic.edit import FormView


class ProvePasskey(ReauthenticateWebAuthnView):
    """Reauthentication before a change of sign-in methods.

    A refused passkey shows this page again, not the sign-in page.
    """

    form_invalid = FormView.form_invalid


class RemovePasskey(RemoveWebAuthnView):
    """Removes a passkey.

    If it's the last second factor of a person who needs one, the page says so before the form is sent.
    """

    def _is_kept(self):
        return not get_adapter().can_delete_authenticator(self.object)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, is_kept=self._is_kept())

    def form_valid(self, form):
        if self._is_kept():
            return self.render_to_response(self.get_context_data(form=form))
        return super().form_valid(form)
