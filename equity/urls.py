"""Every address of the registry: pages, API, sign-in, health."""

from django.urls import path

from partnerships.web import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
