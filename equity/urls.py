"""All URLs of the project: pages, API, sign-in, vocabularies and health checks."""

from django.contrib import admin
from django.urls import include, path

from partnerships.web.public import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("api/v1/", include("partnerships.api.urls")),
    path("", include("partnerships.web.urls")),
    path("", include("partnerships.web.account.sign_in_urls")),
    path("vocabularies/", admin.site.urls),
]

handler400 = "partnerships.web.frame.errors.bad_request"
handler403 = "partnerships.web.frame.errors.forbidden"
handler404 = "partnerships.web.frame.errors.not_found"
handler500 = "partnerships.web.frame.errors.broken"
