"""The registry with production settings, requested in this process: its headers by the rules of the Observatory."""

HOST = "registry.example.org"
ENVIRONMENT = {
    "PRODUCTION": "yes",
    "SECRET_KEY": "only-for-the-figure-0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGH",
    "ALLOWED_HOSTS": HOST,
    "BASE_URL": f"https://{HOST}",
    "CELERY_BROKER_URL": "redis://broker.example.org:6379/0",
    "EMAIL_URL": "smtp://mail.example.org:587",
    "MAIL_FROM": "registry@example.org",
}


def headers():
    """Return address → (score, points of each rule, cookies that aren't bound to the host), for every kind of answer."""
    from django.core.management import call_command
    from django.test import Client

    from tests.factories import make_partnership
    from tests.observatory import answer, loose_cookies, score

    call_command("collectstatic", verbosity=0, interactive=False)
    partnership = make_partnership()
    addresses = {
        *(
            "/",
            "/sign-in/",
            "/partnerships/",
            "/about/",
            "/developers/",
            "/partnerships.csv",
            "/organizations/?q=voices",
        ),
        *("/api/v1/", "/api/v1/partnerships/", "/api/v1/openapi.yaml", "/api/v1/nothing/here/", "/nothing/here/"),
        *("/vocabularies/", "/partnerships/?unknown=1", "/outbox/", "/partnerships/new/"),
        f"/partnerships/{partnership.public_id}/",
        f"/partnerships/{partnership.public_id}/edit/",
    }
    client = Client(headers={"host": HOST})
    found = {address: answer(client, address) for address in sorted(addresses)}
    return {address: (*score(one), loose_cookies(one.cookies)) for address, one in found.items()}
