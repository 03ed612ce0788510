"""Another site can show a dashboard in a frame, whose links open outside of it, and no other page of ours."""

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.browser.addresses import Addresses

POLICIES = [{}, {"Cross-Origin-Embedder-Policy": "require-corp"}]


@contextmanager
def other_site(body, headers):
    """The address of a site with one page, which has another origin than the registry."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            for name, value in {"Content-Type": "text/html", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("policy", POLICIES, ids=["plain", "strict"])
def test_another_site_shows_a_dashboard_and_nothing_else(window, site, policy):
    context, addresses = window(), Addresses(site)
    page = context.new_page()
    paths = addresses["city_embed"], addresses["city_dashboard"], addresses["own_city"]
    frames = "".join(f'<iframe src="{site.base}{path}" title="{path}"></iframe>' for path in paths)
    with other_site(frames, policy) as elsewhere:
        page.goto(elsewhere)  # until every frame has loaded its page, or the browser's error page
        drawn = [frame for frame in page.frames[1:] if frame.url.startswith(site.base)]
        assert [frame.url.removeprefix(site.base) for frame in drawn] == [paths[0]]
        assert drawn[0].evaluate("document.styleSheets.length") == 2
        assert context.cookies() == []
        with context.expect_page() as opened:
            drawn[0].get_by_role("link", name="Open in the registry").click()
        opened.value.wait_for_load_state()
        assert opened.value.url == f"{site.base}{paths[1]}"
        assert opened.value.evaluate("window.opener") is None
