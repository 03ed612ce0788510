"""Pictures of measures as files: they work alone, load nothing, and show what the page shows."""

import io
import re
import struct
import xml.etree.ElementTree as ET
from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils.safestring import SafeString
from PIL import Image

from partnerships.web.charts import files
from partnerships.web.charts import measures as pictures
from tests.web.measures import ALL, HOSTILE, disparity, dots, panels, points, trend

D = Decimal
SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {"svg", "title", "desc", "style", "rect", "g", "path", "circle", "text"}


def size_of(data):
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", data[16:24])


@pytest.mark.parametrize("picture", ALL, ids=lambda one: one.ident)
def test_a_file_is_whole_in_itself(picture):
    text = files.standalone_svg(picture, source="City office")
    root = ET.fromstring(text)
    assert (root.tag, root.get("role"), root.get("width")) == (f"{SVG}svg", "img", "768")
    assert {one.tag.removeprefix(SVG) for one in root.iter()} <= DRAWN
    assert [root.find(f"{SVG}title").text, root.find(f"{SVG}desc").text] == [picture.title, picture.sentence]
    style = root.find(f"{SVG}style").text
    assert "var(" not in style
    assert not re.search(r"url|@import|https?:", style)
    names = {name for one in root.iter() for name in one.attrib}
    assert names.isdisjoint({"href", "style", "onload", "{http://www.w3.org/1999/xlink}href"})
    written = " ".join(one.text for one in root.iter(f"{SVG}text"))
    assert "Source: City office" in written
    height = float(root.get("height"))
    assert all(0 < float(one.get("y")) <= height for one in root.findall(f"{SVG}text"))


@pytest.mark.parametrize("picture", ALL, ids=lambda one: one.ident)
def test_every_class_of_a_picture_has_a_rule_in_its_file(picture):
    root = ET.fromstring(files.standalone_svg(picture))
    style = root.find(f"{SVG}style").text
    used = {name for one in root.iter() for name in one.get("class", "").split()}
    known = set(re.findall(r"\.([\w-]+)", style)) | {"v-series-0", "v-a-start"}
    assert used - known == set()


@pytest.mark.parametrize("picture", ALL, ids=lambda one: one.ident)
def test_a_png_has_twice_the_size_of_the_picture_and_shows_it(picture):
    root = ET.fromstring(files.standalone_svg(picture))
    width, height = size_of(data := files.png(picture))
    assert (width, abs(height - 2 * float(root.get("height"))) <= 1) == (1536, True)
    image = Image.open(io.BytesIO(data)).convert("RGB")
    colors = {color: count for count, color in image.getcolors(1_000_000)}
    assert colors[(0xFB, 0xF8, 0xF4)] > width * height * 0.6  # background
    assert colors[(0x26, 0x1D, 0x28)] > 500  # text


@pytest.mark.parametrize("title", ["Moves", "Người Việt", "Cov neeg Hmoob"])
def test_the_title_of_a_png_is_written_in_our_own_font(title):
    """Fonts of the machine aren't used for these characters, so without ours there would be no text."""
    image = Image.open(io.BytesIO(files.png(pictures.trend_picture(trend(title=title))))).convert("RGB")
    strip = image.crop((0, 50, image.width, 100))
    assert len(strip.getcolors(100_000)) > 20  # the background alone is one color


@pytest.mark.parametrize("letters", ["Người Việt ở Thành phố", "Cov neeg Hmoob", "Ñandú ğ ş ħ", "“−5”"])
def test_letters_of_latin_script_need_no_font_of_the_machine(letters):
    assert not files._FOREIGN.search(letters)
    assert files._FOREIGN.search("الأسر")


@pytest.mark.parametrize("name", HOSTILE)
def test_markup_in_names_is_escaped(name):
    for picture in (pictures.trend_picture(trend(title=name)), pictures.ratio_picture(disparity(group=name))):
        root = ET.fromstring(files.standalone_svg(picture, source=name))
        assert {one.tag.removeprefix(SVG) for one in root.iter()} <= DRAWN


def test_hostile_words_make_a_png_as_others_do():
    groups = tuple(pictures.Group(name, D(1)) for name in HOSTILE)
    assert size_of(files.png(pictures.dots_picture(dots(groups=groups)), source=" ".join(HOSTILE)))[0] == 1536


def test_a_png_opens_no_file_that_a_drawing_names(tmp_path):
    named = f'<image href="{tmp_path}/some.png" width="10" height="10"/>'
    drawing = replace(ALL[0].wide, body=SafeString(named))
    with pytest.raises(ValueError, match="none of ours"):
        files.png(replace(ALL[0], wide=drawing))
    assert size_of(files.png(replace(ALL[0], title=named)))[0] == 1536


@pytest.mark.slow
def test_a_picture_of_very_many_things_stays_within_its_limit():
    many = tuple(
        pictures.Group(f"Group {n} " + "x" * 280, D(n), state="suppressed" if n % 2 else "") for n in range(500)
    )
    width, height = size_of(files.png(pictures.dots_picture(dots(groups=many))))
    assert width * height <= files.MOST_PIXELS
    lines = tuple(pictures.Line(f"Group {n} " + "x" * 280, points("2019=1 2020=m 2021=s")) for n in range(300))
    width, height = size_of(files.png(pictures.panels_picture(panels(lines=lines)), source="y" * 5000))
    assert width * height <= files.MOST_PIXELS


def test_a_file_names_the_reference_group():
    text = files.standalone_svg(pictures.ratio_picture(disparity()))
    assert "The reference group: White families." in text
