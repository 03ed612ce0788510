"""Passkeys: what allauth's views leave open. The addresses stand in sign_in_urls, the forms in forms.passkeys."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView, RemoveWebAuthnView
from django.views.generic.edit import FormView


class ProvePasskey(ReauthenticateWebAuthnView):
    """Before a change of how one signs in. A refused passkey leads to this page again, not to the one for signing in."""

    form_invalid = FormView.form_invalid


class RemovePasskey(RemoveWebAuthnView):
    """The last second step of somebody who has to have one stays: said before anything is pressed, too."""

    def _is_kept(self):
        return not get_adapter().can_delete_authenticator(self.object)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, is_kept=self._is_kept())

    def form_valid(self, form):
        if self._is_kept():
            return self.render_to_response(self.get_context_data(form=form))
        return super().form_valid(form)
