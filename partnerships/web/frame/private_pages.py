"""Pages with a secret in their URL, from an email, without an account or a session.

Only their buttons change anything, since email scanners open every link. The link itself gives access and cookies don't
count, so a cross-site request can't abuse anything, and CSRF protection isn't needed. It wouldn't work either: because
of the Referrer-Policy, browsers send “Origin: null”.
"""

from functools import wraps

from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from partnerships.core.errors import NotFound
from partnerships.notifications import link_queries
from partnerships.web.frame import errors, page_language


def private_page(purpose):
    """Decorator for a page with a secret in its URL. It sends no Referer, and all expired links get the same page.

    The view takes the link that was opened (`link_queries.Link`). Its page is in the language of that reader.
    """

    def decorator(view):
        @never_cache
        @require_http_methods(["GET", "POST"])
        def opened(request, token):
            link = link_queries.open_link(purpose, token)
            page_language.use(request, link.recipient.language)
            return view(request, link)

        @csrf_exempt
        @page_language.by_link
        @wraps(view)
        def visit(request, token):
            try:
                response = opened(request, token)
            except NotFound:
                response = errors.show(request, errors.LINK_ENDED)
            response["Referrer-Policy"] = "no-referrer"
            return response

        return visit

    return decorator
