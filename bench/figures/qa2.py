"""QA2: a route that is in no group of the table of rights, or in two, is found and fails the build."""

from bench import trials

NAME = "No route without rights"


def run():
    found = trials.run("tests.test_access:figure_of_routes")
    for name in found["out_of_place"]:
        print(f"  {name}")
    value = f"{len(found['out_of_place'])} out of place; {found['found']} of {found['planted']} planted ones found"
    return value, "0; all", found["routes"], not found["out_of_place"] and found["found"] == found["planted"] > 0
