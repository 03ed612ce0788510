"""What may be kept of a file: told by content. What is not one plain thing is refused; images come out written anew."""

import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from partnerships.accounts import uploads
from partnerships.core.errors import ValidationError
from partnerships.models import Claim
from tests.make import make_organization
from tests.people import make_people

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def picture(kind, size=(20, 10), **more):
    out = BytesIO()
    Image.new("RGB", size, (120, 30, 60)).save(out, kind, **more)
    return out.getvalue()


def archive():
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("run.js", "alert(1)")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("letter.pdf", PDF, ("letter.pdf", "application/pdf")),
        ("run.exe", PDF, ("run.pdf", "application/pdf")),
        ("../../etc/pass<wd>.html", b"Plain words, \xc3\xa9t\xc3\xa9", ("passwd.txt", "text/plain; charset=utf-8")),
        ("p.svg", picture("PNG"), ("p.png", "image/png")),
        ("", picture("JPEG"), ("file.jpg", "image/jpeg")),
        ("p.webp", picture("WEBP"), ("p.webp", "image/webp")),
    ],
)
def test_what_is_taken_is_named_by_its_content(name, content, kept):
    assert uploads.accept(name, content)[:2] == kept


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_an_image_is_written_anew_and_nothing_hidden_in_it_stays(kind):
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "CanaryPlace", 6  # a description; turned by a quarter
    sent = picture(kind, exif=exif) + b"<script>alert(1)</script>CanaryTail" + archive()
    _, _, kept = uploads.accept("p", sent)
    assert not any(word in kept for word in (b"Canary", b"script", b"run.js", b"PK\x05\x06"))
    with Image.open(BytesIO(kept)) as image:
        assert (image.format, image.size, dict(image.getexif())) == (kind, (10, 20), {})


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
REFUSED = {
    "empty": b"",
    "svg": SVG,
    "svg behind a comment": b"<?xml version='1.0'?><!-- x -->" + SVG,
    "html": b"<!DOCTYPE html><title>x</title>",
    "html behind words": b"Dear office,\n\n< ScRiPt>alert(1)</script>",
    "windows program": b"MZ\x90\x00" + b"\x00" * 60,
    "linux program": b"\x7fELF\x02\x01\x01" + b"\x00" * 60,
    "shell script": b"#!/bin/sh\nrm -rf ~\n",
    "archive": archive(),
    "office document": archive().replace(b"run.js", b"w/x.ml"),
    "gif": picture("GIF"),
    "bmp": picture("BMP"),
    "tiff": picture("TIFF"),
    "utf-16": "words".encode("utf-16"),
    "control characters": b"words\x00more",
    "escape codes": b"words\x1b]0;title\x07",
    "rich text": b"{\\rtf1 words}",
    "postscript": b"%!PS-Adobe-3.0\n",
    "pdf without an end": PDF[:-7],
    "pdf with a tail": PDF + b"MZ\x90\x00program",
    "pdf and archive": PDF[:-6] + archive() + b"%%EOF\n",
    "archive in a pdf's comment": PDF + archive(),
    "pdf that is html first": b"%PDF-1.4\n<html><script>alert(1)</script>" + PDF,
    "pdf behind junk": b"junk\x00" + PDF,
    "pdf with a script": PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript/JS(x)>>"),
    "pdf with a hidden script": PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/J#61vaScript>>"),
    "pdf with a launch": PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/Launch>>"),
    "pdf with a file inside": PDF.replace(b"/Catalog", b"/Catalog/Names<</EmbeddedFiles 2 0 R>>"),
    "broken png": picture("PNG")[:40],
    "png header and html": b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script>",
    "jpeg header alone": b"\xff\xd8\xff\xe0",
    "webp header alone": b"RIFF\x10\x00\x00\x00WEBPVP8 ",
    "too large": b"a" * (5 * 1024 * 1024 + 1),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_one_plain_thing_is_refused_in_words(what):
    for name in ("letter.pdf", "photo.png", "words.txt"):
        with pytest.raises(ValidationError) as problem:
            uploads.accept(name, REFUSED[what])
        assert problem.value.messages[0].endswith((".", ". "))


def test_a_bomb_is_refused_before_it_opens():
    """Two kilobytes that would take a gigabyte of memory."""
    out = BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    assert len(out.getvalue()) < 200_000
    with pytest.raises(ValidationError) as problem:
        uploads.accept("bomb.png", out.getvalue())
    assert problem.value.code in ("too_large", "broken")


TAKEN = {
    "pdf": PDF,
    "text": b"Plain words",
    **{kind: picture(kind) + b"<script>alert(1)</script>" for kind in ("PNG", "JPEG", "WEBP")},
}
NAMES = ("letter.pdf", "photo.png", "words.txt", "page.html", "run.exe", 'x"; evil="1.svg')
PLAIN = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
}


def figure():
    """For bench/figures/qa13.py: every file under every name sent with a claim, and what is kept of it read by each role."""
    people = make_people()
    group = make_organization("Open table", "named", kept_by=people.office)
    tried, wrong = 0, []
    clients = {role: Client() for role in ("stranger", "editor", "reader", "other_editor", "partner")}
    for role, client in clients.items():
        client.force_login(getattr(people, role))
    for what, content in {**REFUSED, **TAKEN}.items():
        for name in NAMES:
            tried += 1
            sent = {"position": "Director", "evidence": "Call", "file": SimpleUploadedFile(name, content)}
            status = clients["stranger"].post(f"/organizations/{group.public_id}/claim/", sent).status_code
            made = Claim.objects.first()
            if what in REFUSED:
                wrong += [] if (status, made) == (422, None) else [f"{what} as {name}: {status}, {made and 'kept'}"]
            else:
                wrong += [f"{what} as {name}: {words}" for words in _faults(clients, made)]
            Claim.objects.all().delete()
    return {"tried": tried, "wrong": wrong}


def _faults(clients, made):
    url = f"/claims/{made.pk}/file/"
    for role, client in clients.items():
        answer = client.get(url)
        if role != "editor":
            yield from [] if answer.status_code == 404 else [f"{role} is answered {answer.status_code}"]
            continue
        yield from [f"{name} is {answer[name]}" for name, value in PLAIN.items() if answer[name] != value]
        kind, ending = answer["Content-Type"], answer["Content-Disposition"].rpartition(".")[2]
        if uploads.ENDINGS.get(kind) != ending.strip('"') or not answer["Content-Disposition"].startswith(
            "attachment; "
        ):
            yield f"served as {kind}, {answer['Content-Disposition']}"
        if b"<script" in answer.content:
            yield "what hid behind the image is kept"


@pytest.mark.slow
def test_the_figure_of_uploads(db):
    found = figure()
    assert found["wrong"] == []
    assert found["tried"] == (len(REFUSED) + len(TAKEN)) * len(NAMES)
