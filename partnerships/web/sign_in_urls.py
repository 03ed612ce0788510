"""The addresses of sign-in. Of allauth only these are open; it may ask for the names of others, and gets a plain answer."""

from allauth.account import views
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as app
from allauth.usersessions import views as sessions
from django.urls import path

from partnerships.web import sign_in

sign_in_page = sign_in.limited(sign_in.alike(views.login))

urlpatterns = [
    path("sign-in/", sign_in_page, name="account_login"),
    path("sign-in/", sign_in_page, name="account_request_login_code"),
    path(
        "sign-in/code/", sign_in.limited(sign_in.alike(sign_in.CodePage.as_view())), name="account_confirm_login_code"
    ),
    path("sign-in/closed/", views.account_inactive, name="account_inactive"),
    path("sign-in/new/", sign_in.new_account, name="account_signup"),
    path("sign-out/", views.logout, name="account_logout"),
    path("sign-in/second-step/", sign_in.limited(sign_in.alike(factors.authenticate)), name="mfa_authenticate"),
    path("account/", sign_in.account, name="account"),
    path("account/again/", sign_in.limited(factors.reauthenticate), name="mfa_reauthenticate"),
    path("account/second-step/", factors.index, name="mfa_index"),
    path("account/second-step/app/", sign_in.limited(app.activate_totp), name="mfa_activate_totp"),
    path("account/second-step/app/stop/", app.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/second-step/recovery/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/second-step/recovery/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/sessions/", sessions.list_usersessions, name="usersessions_list"),
]
