"""QA6: sign-in, invitations, suggestions and tokens don't show a stranger who has an account.

Thirteen kinds of addresses are compared with one without an account: status, headers, cookies, bytes, number of
queries, emails, and time. Each kind is tried 200 times. Its median may differ by half a millisecond or, on a busy
machine, by twice as much as addresses without an account differ from each other. It may be slower in 39 to 61 of 100
pairs. The means may differ by four standard errors.
"""

from bench import trials

NAME = "Nothing tells who has an account"
QUIET, LEAST_TRIED, PAIRS = 0.5, 350, 0.11  # milliseconds between medians, number of comparisons, share of pairs
FAR = 4  # standard errors


def run():
    found = trials.run("tests.account_timing:figure")
    for words in found["wrong"][:20]:
        print(f"  {words}")
    for step, kind, difference, slower, _ in sorted(found["apart"], key=lambda row: -abs(row[2]))[:5]:
        print(f"  {step}: {kind} {difference:+.2f} ms by the median, the slower one of {slower:.0%} of all pairs")
    most, chance = (max(abs(row[2]) for row in found[which]) for which in ("apart", "chance"))
    pairs = max(abs(row[3] - 0.5) for row in found["apart"])
    means = max(abs(row[4]) for row in found["apart"])
    print(f"  {found['timed']:,} tries were timed; one takes {found['median']:.1f} ms")
    value = (
        f"{len(found['wrong'])} differ of {found['kinds']} kinds; medians ≤ {most:.2f} ms apart, "
        f"means ≤ {means:.1f} standard errors, pairs ≤ {pairs:.0%}"
    )
    bound = f"0; {max(QUIET, 2 * chance):.2f} ms (chance gives {chance:.2f}), {FAR}, {PAIRS:.0%}"
    is_quick = most <= max(QUIET, 2 * chance) and means <= FAR and pairs <= PAIRS
    return value, bound, found["tried"], not found["wrong"] and is_quick and found["tried"] >= LEAST_TRIED
