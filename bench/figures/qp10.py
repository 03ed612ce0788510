"""QP10: a page costs an editor at most twice what it costs a visitor, and few queries (tests/web/page_costs.py)."""

from bench import trials

NAME = "Pages of an editor compared with those of a visitor"
RATIO, VISITOR, EDITOR = 2, 12, 20  # CPU time, and queries


def run():
    found, short = trials.run("tests.web.page_costs:figure"), []
    for name, cost in found.items():
        (seen, asked), (own, own_asked) = cost["visitor"], cost["editor"]
        print(f"  {name}: visitor {seen:.0f} ms, {asked} queries; editor {own:.0f} ms, {own_asked} queries")
        if own > RATIO * seen or asked > VISITOR or own_asked > EDITOR:
            short.append(name)
    ratios = ", ".join(f"{name} {cost['editor'][0] / cost['visitor'][0]:.1f} ×" for name, cost in found.items())
    words = f"{ratios}; short: {', '.join(short) or 'none'}"
    return words, f"≤ {RATIO} ×, ≤ {VISITOR} and {EDITOR} queries", len(found), not short
