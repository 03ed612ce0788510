"""Sign-in through the office's own OpenID Connect provider, if the settings have one. `openid` validates its responses."""

import logging
import secrets
from functools import partial, wraps

from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from requests import RequestException, Session

from partnerships.accounts.member_actions import person_from_provider, unlink_provider
from partnerships.web.account.openid import PROVIDER, Distrusted, OfficeAdapter, OfficeProvider
from partnerships.web.account.sign_in import counted
from partnerships.web.frame import page_language

log = logging.getLogger(__name__)

# Reason why sign-in failed → (status, title, explanation).
_STALE = _("It was already used, is older than ten minutes, or started in another browser. Nothing was changed.")
PAGES = {
    "cancelled": (200, _("You didn’t sign in"), _("%(name)s sent you back without signing you in.")),
    "stale": (400, _("This sign-in has expired"), _STALE),
    "refused": (
        403,
        _("You’re not signed in"),
        _("We couldn’t verify the answer from %(name)s. Nothing was changed."),
    ),
    "not_ours": (
        403,
        _("Sign in with a code first"),
        _(
            "%(name)s doesn’t sign in people whose email address isn’t the office’s own. Sign in with a code from an email. "
            "Then you can link your account with %(name)s on your account page."
        ),
    ),
    "other": (
        403,
        _("Your account isn’t linked"),
        _(
            "You’re signed in at %(name)s as someone else: its email address isn’t the one of your account here. Nothing "
            "was changed."
        ),
    ),
    "unverified": (
        403,
        _("You’re not signed in"),
        _("%(name)s doesn’t confirm that your email address is yours."),
    ),
    "linked": (
        403,
        _("This email address is already linked"),
        _(
            "The account here is linked to another account at %(name)s. Sign in with an emailed code, then remove that link "
            "on your account page."
        ),
    ),
    "away": (503, _("%(name)s isn’t responding"), _("Nothing was changed. Try again in a few minutes.")),
}


def if_configured(view):
    @wraps(view)
    def visit(request, *args, **kwargs):
        if settings.OIDC is None:
            raise Http404
        return view(request, *args, **kwargs)

    return visit


def page(request, why):
    status, title, text = PAGES[why]
    name = {"name": settings.OIDC["name"]}
    context = {"title": str(title) % name, "text": str(text) % name, "why": why, "is_once": True}
    return render(request, "socialaccount/authentication_error.html", context, status=status)


class ProviderAdapter(DefaultSocialAccountAdapter):
    """One provider, from the settings. There are none in the database, and no other way to sign up or link an account."""

    def get_provider(self, request, provider, client_id=None):
        ours = settings.OIDC
        if ours is None or provider not in (PROVIDER, OfficeProvider.id):
            raise SocialApp.DoesNotExist
        names = {"provider": OfficeProvider.id, "provider_id": PROVIDER, "name": ours["name"]}
        at = {"server_url": f"{ours['issuer'].rstrip('/')}/.well-known/openid-configuration"}
        return OfficeProvider(request, SocialApp(**names, client_id=ours["id"], secret=ours["secret"], settings=at))

    def get_requests_session(self):
        session = Session()
        session.max_redirects = 0
        given = partial(session.request, timeout=settings.SOCIALACCOUNT_REQUESTS_TIMEOUT)
        session.request = given  # type: ignore[method-assign]  # the library passes no timeout
        return session

    def is_open_for_signup(self, request, sociallogin):
        return False

    def populate_user(self, request, sociallogin, data):
        return sociallogin.user  # not saved: `pre_social_login` finds or creates the person by email address

    def pre_social_login(self, request, sociallogin):
        """Set the person for this sign-in.

        That's the one linked by an earlier sign-in, the one who is signed in and links their account, or the one with
        the email address, if the provider may vouch for it. Raises ImmediateHttpResponse with a page that says why if
        there is none.
        """
        if sociallogin.is_existing:
            if request.user.is_authenticated and request.user != sociallogin.user:
                raise ImmediateHttpResponse(page(request, "other"))
            return
        verified = [one.email for one in sociallogin.email_addresses if one.verified]
        if not verified:
            raise ImmediateHttpResponse(page(request, "unverified"))
        if request.user.is_authenticated:
            if verified[0].strip().lower() != request.user.email:
                raise ImmediateHttpResponse(page(request, "other"))
        elif verified[0].rpartition("@")[2].strip().lower() not in settings.OIDC["domains"]:
            raise ImmediateHttpResponse(page(request, "not_ours"))
        account = sociallogin.account
        try:
            person = person_from_provider(provider=account.provider, number=account.uid, address=verified[0])
        except ValidationError as problem:
            raise ImmediateHttpResponse(
                page(request, "linked" if getattr(problem, "code", "") == "linked" else "unverified")
            )
        sociallogin.user = account.user = person

    def on_authentication_error(self, request, provider, error=None, exception=None, extra_context=None):
        if error == AuthError.CANCELLED:
            why = "cancelled"
        elif exception is not None:
            why = _failure_page(exception)
        else:
            why = "refused" if "state" in extra_context else "stale"
        raise ImmediateHttpResponse(page(request, why))


def _failure_page(problem) -> str:
    """The page for a failure.

    The log leaves out what the provider sent, since that may contain a code or an email address.
    """
    reason = str(problem) if isinstance(problem, Distrusted) else type(problem).__name__
    log.warning("Signing in through the provider failed: %s.", reason)
    return "away" if isinstance(problem, RequestException) else "refused"


@if_configured
@never_cache
@require_POST
def start(request, **kwargs):
    """Redirect to the provider through a page of ours.

    The Content-Security-Policy doesn't let a form lead to another site. A person who is already signed in goes there to
    link their account (`link` in the form).
    """
    where = get_next_redirect_url(request)
    if request.user.is_authenticated and "link" not in request.POST:
        return redirect(where or settings.LOGIN_REDIRECT_URL)
    return _login_page(request, page_language.kept(request, where or resolve_url(settings.LOGIN_REDIRECT_URL)))


@partial(counted, "provider")
def _login_page(request, where):
    provider, nonce = ProviderAdapter().get_provider(request, PROVIDER), secrets.token_urlsafe(32)
    try:
        asked = {"auth_params": {"nonce": nonce}, "nonce": nonce}
        address = provider.redirect(request, AuthProcess.LOGIN, where, **asked)["Location"]
    except (OAuth2Error, RequestException) as problem:
        return page(request, _failure_page(problem))
    return render(request, "socialaccount/login.html", {"address": address})


class _Finish(OAuth2CallbackView):
    def _get_state(self, request, provider):
        state, response = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce")
        return state, response


@if_configured
@never_cache
@require_GET
def finish(request, **kwargs):
    try:
        return _Finish.adapter_view(OfficeAdapter(request, PROVIDER))(request)
    except (OAuth2Error, RequestException) as problem:  # raised before allauth starts to handle errors
        return page(request, _failure_page(problem))


@if_configured
@never_cache
@require_http_methods(["GET", "POST"])
@login_required
def link(request):
    """Show whether the person's account is linked with the provider, and remove the link."""
    if request.method == "POST":
        unlink_provider(by=request.user, provider=PROVIDER)
        messages.success(request, gettext("The link was removed."))
        return redirect("socialaccount_connections")
    own = request.user.socialaccount_set.filter(provider=PROVIDER).first()
    return render(request, "socialaccount/connections.html", {"link": own})
