"""Which files are stored, by content: only plain files of one kind. Images and PDFs are rewritten."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image

from partnerships.accounts import upload_cleaner, uploads
from partnerships.core.errors import ValidationError
from partnerships.models import Claim
from tests.factories import make_organization
from tests.hostile import files, stored_file_checks
from tests.people import make_people
from tests.shares import share_of

PDF = files.pdf()


def picture(kind, size=(20, 10), **more):
    out = io.BytesIO()
    Image.new("RGB", size, (120, 30, 60)).save(out, kind, **more)
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


def test_an_image_is_kept_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # rotated by 90 degrees
    for kind in upload_cleaner.IMAGES:
        _, _, kept = uploads.accept("p", picture(kind, exif=exif))
        with Image.open(io.BytesIO(kept)) as image:
            assert (image.format, image.size, dict(image.getexif())) == (kind, (10, 20), {})


def test_no_upload_waits_for_another_one():
    """Uploads that wait would take all threads of the server."""
    with uploads._ONE_AT_A_TIME, pytest.raises(ValidationError) as refused:
        uploads.accept("p", picture("PNG"))
    assert refused.value.code == "busy"
    assert uploads.accept("p", picture("PNG"))[0] == "p.png"


@pytest.mark.django_db
def test_a_file_is_cleaned_before_the_transaction_of_its_form(monkeypatch):
    """While one is open, no one else can save on SQLite. A stranger's file isn't read at all."""
    people, depths, accept = make_people(), [], uploads.accept
    monkeypatch.setattr(uploads, "accept", lambda *file: depths.append(len(connection.savepoint_ids)) or accept(*file))
    url = f"/organizations/{make_organization().public_id}/claim/"
    outside = len(connection.savepoint_ids)
    client, statuses = Client(), []
    for _ in range(2):
        sent = {"position": "Director", "evidence": "Call", "form_key": "k" * 22}
        sent["file"] = SimpleUploadedFile("p.png", picture("PNG"))
        statuses.append(client.post(url, sent).status_code)
        client.force_login(people.stranger)
    assert (statuses, depths, Claim.objects.get().file.name) == ([403, 302], [outside], "p.png")


def test_a_large_image_is_kept_smaller():
    _, _, kept = uploads.accept("p", picture("JPEG", (7_500, 3_000)))
    with Image.open(io.BytesIO(kept)) as image:
        assert image.size[0] <= upload_cleaner.MOST_SIDE
        assert abs(image.size[0] / image.size[1] - 2.5) < 0.01


@pytest.mark.slow
@pytest.mark.parametrize("what", share_of(files.PDFS_CLEANED | files.IMAGES_CLEANED, 4))
def test_what_does_more_than_show_something_is_kept_without_that(what):
    """In object streams, in escaped names, in older versions: `tests.hostile.stored_file_checks` reads what is stored."""
    _, kind, kept = uploads.accept("file", (files.PDFS_CLEANED | files.IMAGES_CLEANED)[what]())
    assert stored_file_checks.faults(kind, kept, files.shown_in(what) if kind == uploads.PDF else "") == []


@pytest.mark.slow
@pytest.mark.parametrize("what", share_of(files.PDFS_REFUSED | files.IMAGES_REFUSED, 4))
def test_bombs_locks_and_what_cannot_be_checked_are_refused_in_words(what):
    with pytest.raises(ValidationError) as problem:
        uploads.accept("file", (files.PDFS_REFUSED | files.IMAGES_REFUSED)[what]())
    assert problem.value.messages[0].endswith(".")


def test_a_decoder_that_breaks_or_never_ends_breaks_nothing_here(monkeypatch, tmp_path):
    """The decoder has a process of its own, without our settings."""
    for script, word in (
        ("import os; os.abort()", "too complex"),
        ("import sys; sys.exit(1)", "too complex"),
        ("import sys; print('broken', end=''); sys.exit(4)", "can’t read"),
        ("import sys; print('<script>', end=''); sys.exit(4)", "too complex"),
        ("import os, sys; sys.exit(0 if 'SECRET_KEY' in os.environ else 1)", "too complex"),
    ):
        (tmp_path / "cleaner.py").write_text(script)
        monkeypatch.setenv("SECRET_KEY", "canary")
        monkeypatch.setattr(upload_cleaner, "__file__", str(tmp_path / "cleaner.py"))
        with pytest.raises(ValidationError) as problem:
            uploads.accept("letter.pdf", PDF)
        assert word in problem.value.messages[0]


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
    "archive": files.archive(),
    "office document": files.archive().replace(b"run.js", b"w/x.ml"),
    "utf-16": "words".encode("utf-16"),
    "control characters": b"words\x00more",
    "escape codes": b"words\x1b]0;title\x07",
    "rich text": b"{\\rtf1 words}",
    "postscript": b"%!PS-Adobe-3.0\n",
    "pdf behind junk": b"junk\x00" + PDF,
    "pdf with a password": files.PDFS_REFUSED["a password"](),
    "gif": picture("GIF"),
    "broken png": picture("PNG")[:40],
    "too large": b"a" * (5 * 1024 * 1024 + 1),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_one_plain_thing_is_refused_in_words(what):
    for name in ("letter.pdf", "photo.png", "words.txt"):
        with pytest.raises(ValidationError) as problem:
            uploads.accept(name, REFUSED[what])
        assert problem.value.messages[0].endswith((".", ". "))


TAKEN = {
    "pdf": PDF,
    "pdf with a script": files.PDFS_CLEANED["a script when it opens"](),
    "text": b"Plain words",
    **{kind: picture(kind) + b"<script>alert(1)</script>" for kind in ("PNG", "JPEG", "WEBP")},
}
NAMES = ("letter.pdf", "photo.png", "words.txt", "page.html", "run.exe", 'x"; evil="1.svg')
PLAIN = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
}


def figure(share=lambda cases: cases):
    """Return for bench/figures/qa13.py what each role reads of every file, sent with a claim under every name.

    `share`: the part of the files that is sent.
    """
    people = make_people()
    group = make_organization("Open table", "named", kept_by=people.office)
    tried, wrong = 0, []
    clients = {role: Client() for role in ("stranger", "editor", "reader", "other_editor", "partner")}
    for role, client in clients.items():
        client.force_login(getattr(people, role))
    for what, content in share(list({**REFUSED, **TAKEN}.items())):
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
        if b"<script" in answer.content or files.WORD.encode() in answer.content:
            yield "what hid in the file is kept"


@pytest.mark.slow
def test_no_file_sent_with_a_claim_does_harm(db):
    """A fifth of the files, under every name."""
    found = figure(lambda cases: share_of(cases, 5))
    assert found["wrong"] == []
    assert found["tried"] == len(share_of(REFUSED | TAKEN, 5)) * len(NAMES)
