"""What every template may use."""


def site(request):
    return {}
