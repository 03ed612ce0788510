"""QI5: organizations in HSDS 3.1 and jurisdictions in GeoJSON fit their schemas, and what HSDS can hold comes back unchanged."""

from bench import trials

NAME = "HSDS and GeoJSON by their schemas"


def run():
    found = trials.run("tests.api.standards:figure")
    for words in (found["wrong"] + found["lost"])[:20]:
        print(f"  {words}")
    value = f"{len(found['wrong'])} misfits; {len(found['lost'])} values lost"
    value += f"; {found['rows']} organizations, {found['places']} places"
    return (
        value,
        "0; 0",
        found["fields"] + found["places"],
        not found["wrong"] and not found["lost"] and found["rows"] > 0,
    )
