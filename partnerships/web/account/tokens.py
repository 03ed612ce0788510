"""Your own API tokens: list them, create one, whose secret is shown once, or revoke one."""

from django.forms import Form
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.accounts.queries import memberships_of
from partnerships.accounts.token_actions import make_token, replace_secret, revoke_token
from partnerships.accounts.token_queries import token_of, tokens_of
from partnerships.core import clock
from partnerships.core.errors import NotFound, ValidationError
from partnerships.web.components.forms.tokens import SecretForm, TokenForm
from partnerships.web.frame.editing import add_errors, signed_in
from partnerships.web.frame.idempotency import redirect_resubmissions
from partnerships.web.frame.steps import Step, posted_data, take_step


@never_cache
@require_safe
@signed_in
def tokens(request):
    at = clock.now()
    rows = [(token, token.is_live(at)) for token in tokens_of(request.user)]
    return render(request, "account/tokens.html", {"rows": rows, "crumbs": _crumbs()[:1]})


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def new(request):
    """The response to the form is the only page with the secret. Reloading it fails, because the name is taken."""
    form = TokenForm(request.POST or None, memberships=memberships_of(request.user))
    if request.method == "POST" and form.is_valid():
        try:
            token, secret = make_token(by=request.user, **form.cleaned_data)
        except ValidationError as problem:
            add_errors(problem, form)
        else:
            return _secret_page(request, token, secret)
    context = {"form": form, "back": reverse("account_tokens"), "crumbs": _crumbs()}
    return render(request, "account/token_new.html", context, status=422 if form.errors else 200)


def _secret_page(request, token, secret):
    page = reverse("account_tokens")
    redirect_resubmissions(request, page)
    context = {"token": token, "secret": secret, "page": page, "is_once": True, "crumbs": _crumbs()}
    return render(request, "account/token_made.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def replace(request, pk):
    """A new secret for a token, shown once. The answer to the form sent again is the list."""
    token = token_of(request.user, pk)
    if not token.is_live(clock.now()):
        raise NotFound
    form = SecretForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token, secret = replace_secret(by=request.user, token=token, **form.cleaned_data)
        return _secret_page(request, token, secret)
    context = {"form": form, "token": token, "back": reverse("account_tokens"), "crumbs": _crumbs()}
    return render(request, "account/token_replace.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def revoke(request, pk):
    token = token_of(request.user, pk)

    def act(data):
        done = revoke_token(by=request.user, token=token)
        words = gettext("“%(name)s” no longer works.") if done else gettext("It was already revoked.")
        return words % {"name": token.name}

    def page(_):
        return Step(
            title=gettext("Revoke “%(name)s”?") % {"name": token.name},
            text=gettext("Programs that use it will be refused from their next request on. You can’t undo this."),
            button=gettext("Revoke token"),
            back=reverse("account_tokens"),
            crumbs=_crumbs(),
        )

    return take_step(request, Form(posted_data(request)), act, page, to=reverse("account_tokens"))


def _crumbs():
    return [(gettext("Your account"), reverse("account")), (gettext("API tokens"), reverse("account_tokens"))]
