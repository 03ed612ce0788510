"""Every address of the registry: pages, API, sign-in, health."""

urlpatterns = []
