"""QA21C: no protected cell of a table can be computed by someone who knows our code and everything that is shown.

What is computed from numbers by group must also agree with other ways to compute it.
"""

from time import process_time

from tests.measurement import test_intervals, test_rates, test_suppression

NAME = "No protected cell can be worked out"
TABLES, TRIED = 1_000, 1_000
RECKONED = (
    test_rates.test_a_rate_is_exact_to_28_digits_whatever_it_is_per,
    test_rates.test_several_groups_together_have_the_rate_of_their_people_and_not_a_mean_of_rates,
    test_rates.test_ratio_and_gap_of_many_pairs,
    test_rates.test_a_forecast_is_the_line_of_least_squares_through_the_last_eight,
    test_intervals.test_a_proportion_has_the_bounds_at_which_the_score_test_turns,
    test_intervals.test_few_events_have_exact_bounds_and_many_have_byars,
    test_intervals.test_the_ratio_of_many_pairs_by_the_method_of_katz,
    test_intervals.test_the_difference_of_many_pairs_joins_the_two_intervals,
)


def run():
    wrong, cells, counts, undecided = [], 0, 0, 0
    for seed in range(TABLES):
        found, number = test_suppression.linear_attack(seed)
        wrong, cells = wrong + found, cells + number
        found, tried, open_ = test_suppression.code_attack(seed)
        wrong, counts, undecided = wrong + found, counts + tried, undecided + open_
        if seed % 10 == 0:
            wrong += test_suppression.period_attack(seed)
    wrong += _reckoned()
    for words in wrong[:20]:
        print(f"  {words}")
    print(
        f"  {cells} protected cells by solver, {counts} counts by every table that fits, {undecided} tables undecided"
    )
    ok = not wrong and not undecided and cells > 5 * TABLES and counts > 5 * TABLES
    return f"{len(wrong)} worked out, {undecided} undecided", "0, 0", TABLES, ok


def _reckoned():
    """Return the names of calculations that didn't agree, with the difference."""
    test_rates.TRIED = test_intervals.TRIED = TRIED
    wrong = []
    for one in RECKONED:
        started = process_time()
        try:
            one()
        except AssertionError as problem:
            wrong.append(f"{one.__name__}: {str(problem)[:200]}")
        print(f"  {one.__name__}: {process_time() - started:.1f} s")
    return wrong
