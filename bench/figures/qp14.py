"""QP14: a page costs no more when many people read it in turns than when one does (tests/web/crowd_costs.py)."""

from bench import trials

NAME = "Pages with 1, 20 and 100 readers in turns"
CROWD, EDITOR = 1.2, 3  # times the CPU time at one reader; an editor's home, times a visitor's


def run():
    found, short = trials.run("tests.web.crowd_costs:figure"), []
    for name, cost in found.items():
        print(f"  {name}: " + ", ".join(f"{who} {spent:.0f} ms" for who, spent in cost.items()))
        if cost["100"] > CROWD * cost["1"]:
            short.append(name)
    editor = found["home"]["editor"] / found["home"]["visitor"]
    ratios = ", ".join(f"{name} {cost['100'] / cost['1']:.1f} ×" for name, cost in found.items())
    words = f"{ratios}; an editor's home {editor:.1f} × a visitor's; short: {', '.join(short) or 'none'}"
    return words, f"≤ {CROWD} × at 100 readers; home ≤ {EDITOR} ×", len(found), not short and editor <= EDITOR
