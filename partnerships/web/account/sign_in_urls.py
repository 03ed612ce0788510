"""The URLs of sign-in.

Only these views of allauth are available. It looks up other URL names as well, and those lead to plain pages.
"""

from allauth.account import views
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkey
from allauth.usersessions import views as sessions
from django.urls import path

from partnerships.web.account import passkeys, provider, sign_in
from partnerships.web.account.openid import PROVIDER

sign_in_page = sign_in.rate_limited(sign_in.same_for_unknown_address(views.login))
passkey_page = sign_in.remembered(sign_in.counted("passkey", sign_in.same_for_unknown_address(passkey.login_webauthn)))
code_page = sign_in.remembered(sign_in.rate_limited(sign_in.same_for_unknown_address(views.confirm_login_code)))
second_step_page = sign_in.remembered(sign_in.rate_limited(sign_in.same_for_unknown_address(factors.authenticate)))

urlpatterns = [
    path("sign-in/", sign_in_page, name="account_login"),
    path("sign-in/", sign_in_page, name="account_request_login_code"),
    path("sign-in/code/", code_page, name="account_confirm_login_code"),
    path("sign-in/provider/", provider.start, {"provider_id": PROVIDER}, name="openid_connect_login"),
    path(
        "sign-in/provider/done/",
        sign_in.remembered(provider.finish),
        {"provider_id": PROVIDER},
        name="openid_connect_callback",
    ),
    path("sign-in/closed/", views.account_inactive, name="account_inactive"),
    path("sign-in/new/", sign_in.new_account, name="account_signup"),
    path("sign-out/", views.logout, name="account_logout"),
    path("sign-in/second-step/", second_step_page, name="mfa_authenticate"),
    path("sign-in/passkey/", passkey_page, name="mfa_login_webauthn"),
    path("account/", sign_in.account, name="account"),
    path("account/again/", sign_in.rate_limited(factors.reauthenticate), name="mfa_reauthenticate"),
    path(
        "account/again/passkey/",
        sign_in.rate_limited(passkeys.ProvePasskey.as_view()),
        name="mfa_reauthenticate_webauthn",
    ),
    path("account/second-step/", factors.index, name="mfa_index"),
    path("account/second-step/", factors.index, name="mfa_list_webauthn"),
    path("account/second-step/passkeys/add/", passkey.add_webauthn, name="mfa_add_webauthn"),
    path("account/second-step/passkeys/<int:pk>/", passkey.edit_webauthn, name="mfa_edit_webauthn"),
    path("account/second-step/passkeys/<int:pk>/remove/", passkeys.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("account/second-step/app/", sign_in.rate_limited(app.activate_totp), name="mfa_activate_totp"),
    path("account/second-step/app/stop/", app.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/second-step/recovery/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/second-step/recovery/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/provider/", provider.link, name="socialaccount_connections"),
    path("account/sessions/", sessions.list_usersessions, name="usersessions_list"),
]
