"""The file of a report: tagged, complete by PDF/UA-1, and made only of our own files."""

import contextlib
import io
import re
import shutil
import socket
import subprocess

import pypdf
import pytest
import weasyprint

from partnerships.core.access import SYSTEM
from partnerships.insight.expected_seats import expect_seat
from partnerships.reports import pdf as report_pdf
from partnerships.reports.writer import OURS, Refused, read_own, render_pdf
from tests.factories import make_department, make_organization, make_partnership, party
from tests.reports.conftest import fresh
from tests.reports.pdf import problems
from tests.snapshots import snapshot_fixture

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@snapshot_fixture
def pdf_report(desk):
    for n in range(30):
        make_partnership(f"Street <lamps> & trees {n}", lead=desk.people.office, is_illustration=n == 0)
    seat = {"partnership": desk.partnership, "department": make_department(desk.people.office), "circle": "decides"}
    expect_seat(office=desk.people.office, by=SYSTEM, fields=seat | {"is_public": True, "why": "Air and mold"})
    return fresh(desk.make(title="Housing for the council: Hmoob, Việt, ñ"))


def test_it_passes_what_a_machine_can_check(desk, pdf_report):
    assert problems(io.BytesIO(pdf_report.pdf)) == []
    profile = desk.make(kind="profile", partnership=desk.partnership, title="Homes")
    own = desk.make(kind="partner", jurisdiction=None, organization=desk.organization, eyes="own", title="Ours")
    empty = desk.make(query="status=ended")
    for report in (profile, own, empty):
        assert problems(io.BytesIO(report.pdf)) == []
    assert len(pypdf.PdfReader(io.BytesIO(profile.pdf)).pages) == 1


PAGE = "<html lang='en'><title>T</title><h1>One</h1>{}</html>"
FAULTS = {
    "no heading": (PAGE.replace("<h1>One</h1>", "<p>One</p>"), "headings begin []"),
    "a heading left out": (PAGE.format("<h3>Three</h3>"), "H1 is followed by H3"),
    "a table without headings": (
        PAGE.format("<table><tr><td>1</td><td>2</td></tr></table>"),
        "a cell without a heading",
    ),
    "no language": (PAGE.replace(" lang='en'", ""), "no language"),
    "no title": (PAGE.replace("<title>T</title>", ""), "no title"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found(name):
    page, problem = FAULTS[name]
    file = weasyprint.HTML(string=page).write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)
    assert problem in problems(io.BytesIO(file))


def test_a_file_without_tags_is_found():
    file = weasyprint.HTML(string=PAGE).write_pdf()
    assert {"not marked as tagged", "no structure"} <= set(problems(io.BytesIO(file)))


def test_other_programs_read_it_so(pdf_report, tmp_path):
    if shutil.which("pdfinfo") is None:
        pytest.skip("pdfinfo is missing: apt install poppler-utils")
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf_report.pdf)
    info = subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True).stdout
    info_values = dict(line.split(":", 1) for line in info.splitlines() if ":" in line)
    info_values = {name: value.strip() for name, value in info_values.items()}
    assert (info_values["Tagged"], info_values["Suspects"], info_values["JavaScript"]) == ("yes", "no", "no")
    assert info_values["Title"] == "Housing for the council: Hmoob, Việt, ñ"
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
    for words in ("Voices of the Block", "Street <lamps> & trees 7", "Air and mold", "How this was made"):
        assert words in " ".join(text.split())
    assert "Quiet Neighbors" not in text


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/logo.png",
        "http://127.0.0.1:8000/static/registry/look.css",
        "file:///etc/passwd",
        "data:text/css,p{}",
        f"{OURS}/registry/../../equity/settings.css",
        f"{OURS}/admin/css/base.css",
        f"{OURS}/registry/passkey.js",
        f"https://example.org/{OURS}/registry/report.css",
        "registry/report.css",
    ],
)
def test_nothing_is_fetched_that_is_not_our_own(address):
    with pytest.raises(Refused):
        read_own(address)


def test_a_process_of_its_own_writes_it(unforked_pdf):
    page = PAGE.format("<p>Ours</p>")
    assert problems(io.BytesIO(unforked_pdf(page))) == []
    with pytest.raises(report_pdf.PdfNotRendered, match="Refused"):
        unforked_pdf(page.replace("Ours", '<img src="https://example.org/x.png" alt="x">'))


def test_where_pango_is_lacking_it_says_so(unforked_pdf, monkeypatch, tmp_path):
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert unforked_pdf(PAGE) is None


def test_what_takes_too_long_is_ended(unforked_pdf, monkeypatch):
    monkeypatch.setattr(report_pdf, "MOST_SECONDS", 0.01)
    with pytest.raises(report_pdf.PdfNotRendered, match="Not finished within"):
        unforked_pdf(PAGE)


def test_our_own_are_read_and_a_page_that_asks_for_more_is_refused(desk, monkeypatch):
    content, kind = read_own(f"{OURS}/registry/report.css")
    assert (kind, b"@page" in content) == ("text/css", True)
    draw = report_pdf.render_to_string
    more = '<img src="https://example.org/pixel.png" alt="x"></main>'
    monkeypatch.setattr(report_pdf, "render_to_string", lambda *given: draw(*given).replace("</main>", more))
    made = desk.make()
    assert (made.state, made.pdf) == ("failed", None)


def test_what_people_write_is_text_in_it(desk):
    title = 'Homes <img src="https://example.org/x.png"> <script>alert(1)</script>'
    make_partnership(title, lead=desk.people.office)
    made = desk.make()
    assert made.state == "ready"
    words = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made.pdf)).pages)
    assert "<script>alert(1)</script>" in " ".join(words.split())


# Every way in which a page, its styles or its pictures could request something.
ASKING = [
    '<img src="{0}" alt="x">',
    '<img srcset="{0} 2x" src="{0}" alt="x">',
    '<object data="{0}" type="image/png">x</object>',
    '<embed src="{0}" type="image/png">',
    '<link rel="stylesheet" href="{0}">',
    '<link rel="attachment" href="{0}">',
    '<a rel="attachment" href="{0}">x</a>',
    '<style>@import url("{0}");</style>',
    '<style>@font-face {{ font-family: F; src: url("{0}") }} p {{ font-family: F }}</style>',
    '<p style="background: url({0})">x</p>',
    '<p style="content: url({0})">x</p>',
    '<ul style="list-style-image: url({0})"><li>x</li></ul>',
    '<svg width="9" height="9"><image href="{0}" width="9" height="9"/></svg>',
    '<svg width="9" height="9"><use href="{0}#a"/></svg>',
    '<svg width="9" height="9"><style>@import url("{0}");</style><rect width="9" height="9"/></svg>',
    '<base href="{0}"><img src="x.png" alt="x">',
]


@pytest.mark.slow
def test_no_way_of_asking_reaches_a_server_or_a_file(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("Kept to ourselves 4711")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        reached = []
        for address in (f"http://127.0.0.1:{server.getsockname()[1]}/x", secret.as_uri(), str(secret)):
            for way in ASKING:
                with contextlib.suppress(ValueError):  # Refused, or not a URL by itself
                    file = render_pdf(PAGE.format(way.format(address)))
                    if b"4711" in file or pypdf.PdfReader(io.BytesIO(file)).attachments:
                        reached.append(way.format(address))
                with contextlib.suppress(BlockingIOError):
                    server.accept()[0].close()
                    reached.append(way.format(address))
        assert reached == []


def test_images_that_people_write_into_any_text_stay_text(desk, monkeypatch):
    asked = []
    draw = report_pdf.render_to_string
    monkeypatch.setattr(report_pdf, "render_to_string", lambda *given: asked.append(draw(*given)) or asked[-1])
    image = '"><img src="https://example.org/x.png"><svg><image href="file:///etc/passwd"/></svg>'
    group = make_organization(f"Voices {image}"[:100], "named", listing_source="A report", kept_by=desk.people.office)
    parties = [party(desk.people.office, "lead"), party(group, "member")]
    make_partnership("Homes", lead=desk.people.office, parties=parties, summary=image, common_agenda=image)
    assert desk.make().state == "ready"
    assert "https://example.org/x.png" in asked[-1].replace("&quot;", '"')
    assert not re.search(r"<im(g|age)[^>]*(example\.org|passwd)", asked[-1])
