"""The addresses of sign-in. Of allauth only these are open; it may ask for the names of others, and gets a plain answer."""

from allauth.account import views
from django.urls import path

from partnerships.web import sign_in

sign_in_page = sign_in.alike(views.login)

urlpatterns = [
    path("sign-in/", sign_in_page, name="account_login"),
    path("sign-in/", sign_in_page, name="account_request_login_code"),
    path("sign-in/code/", sign_in.alike(views.confirm_login_code), name="account_confirm_login_code"),
    path("sign-in/closed/", views.account_inactive, name="account_inactive"),
    path("sign-in/invitation/", sign_in.by_invitation, name="account_signup"),
    path("sign-out/", views.logout, name="account_logout"),
    path("account/", sign_in.account, name="account"),
]
