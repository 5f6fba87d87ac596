"""What must hold of money, in fifteen sentences, and the tests that hold each."""

import ast

import pytest

from local.layout import ROOT
from tests.contract.sources import parsed

UNIT = "tests/unit/"
GRANTED, REFUNDS = "purchases/core/test_granted_once.py::", "purchases/core/test_refunds.py::"
LINES, SPENDING = "purchases/core/test_subscriptions.py::", "wallet/test_spending.py::"
RACES, FIRE = "entitlements/test_races.py::", "under_fire/test_invariants.py::"
BACK, MERGING = "wallet/test_refunds.py::", "wallet/test_merging.py::"

INVARIANTS = {
    "1. The store's own id of a purchase is granted once for ever, whoever brings it": [
        GRANTED + "test_a_pack_of_apples_is_granted_once_whoever_brings_it_first",
        GRANTED + "test_a_pack_of_googles_is_granted_once_whoever_brings_it_first",
        "purchases/core/test_settling.py::test_nothing_that_stays_carries_the_attribute_of_what_goes",
    ],
    "2. The same viewer is answered the same again, another viewer is refused": [
        GRANTED + "test_a_retry_under_the_same_key_answers_the_same",
        GRANTED + "test_the_claim_of_another_viewer_is_refused_and_grants_nothing",
    ],
    "3. A grant is whole or not there": [
        "purchases/core/test_dying.py::test_a_claim_of_apples_that_dies_anywhere_is_granted_once",
        "under_fire/test_faults.py::test_a_flow_that_is_hit_anywhere_ends_as_if_nothing_had_been",
    ],
    "4. A balance is the sum of its ledger, kind by kind": [
        FIRE + "test_the_balance_is_the_sum_of_the_ledger_kind_by_kind",
        "under_fire/test_machine.py::test_money_is_right_after_every_step",
    ],
    "5. An entry adds up to nothing and is never overwritten": [
        SPENDING + "test_an_entry_that_does_not_add_up_is_none",
        FIRE + "test_an_entry_is_never_overwritten_by_what_comes_later",
        FIRE + "test_an_entry_that_is_there_refuses_another_in_its_place",
    ],
    "6. A viewer is charged once for an episode, and a refusal is never told as a charge": [
        RACES + "test_two_unlocks_of_one_episode_charge_once",
        RACES + "test_the_whole_drama_and_an_episode_of_it_are_not_both_charged",
        "entitlements/test_unlocking.py::test_a_refusal_is_not_remembered_as_a_charge",
        "wallet/test_wallet_api.py"
        "::test_a_refused_correction_uses_up_no_key_and_is_never_told_as_done",
    ],
    "7. Coins are spent in a fixed order, and bought ones never expire": [
        SPENDING + "test_promotional_goes_first_the_soonest_of_it_then_bonus_then_the_oldest_paid",
        SPENDING + "test_the_coins_of_a_paid_pack_never_expire",
    ],
    "8. A refund takes its share back, what is spent is owed, and a reversal restores just that": [
        BACK + "test_what_has_been_spent_becomes_debt_though_other_coins_are_there",
        BACK + "test_a_partial_refund_takes_its_share_of_both_kinds_in_whole_coins",
        BACK + "test_a_reversal_restores_exactly_what_was_taken",
    ],
    "9. A refund counts once, whichever way it is heard of": [
        REFUNDS + "test_a_refund_of_apples_counts_once_from_its_notification_and_the_history",
        REFUNDS
        + "test_a_refund_of_googles_counts_once_from_its_notification_its_list_and_its_claim",
        "purchases/core/test_rechecking.py"
        "::test_a_refund_without_revoke_is_found_within_a_day_and_takes_the_coins_once",
    ],
    "10. A subscription moves forward only": [
        LINES + "test_in_whatever_order_its_words_come_the_newest_decides",
        LINES + "test_the_refund_of_an_old_period_does_not_end_the_current_one",
    ],
    "11. What a sandbox sold never mixes with what was paid for": [
        "purchases/core/test_first_purchase.py::test_what_apples_sandbox_sold_never_mixes",
        "purchases/core/test_first_purchase.py::test_what_googles_testers_bought_never_mixes",
    ],
    "12. Coins never move by restoring; VIP does by policy and with a record": [
        "purchases/core/test_restoring.py::test_coins_never_move_by_restoring",
        "purchases/core/test_restoring.py"
        "::test_restoring_moves_vip_with_a_record_and_takes_it_from_who_had_it",
    ],
    "13. A guest joins an account once, with all coins and all debt": [
        MERGING + "test_coins_of_each_kind_and_debt_add_up",
        MERGING + "test_merging_again_writes_nothing",
    ],
    "14. A deletion takes the person and leaves the books": [
        FIRE + "test_a_deletion_keeps_ledger_wallet_and_store_keys_and_nothing_of_the_person",
    ],
    "15. Google is told after the commit, and in the end": [
        "purchases/core/test_settling.py::test_a_process_that_dies_after_the_commit_loses_nothing",
        "purchases/core/test_settling.py"
        "::test_what_google_did_not_hear_is_told_by_the_sweep_long_before_three_days",
    ],
}


@pytest.mark.parametrize("invariant", INVARIANTS)
def test_an_invariant_is_held_by_tests_that_are_there(invariant: str) -> None:
    for place in INVARIANTS[invariant]:
        file, _, name = place.partition("::")
        module = parsed(ROOT / UNIT / file)
        assert name in {one.name for one in module.body if isinstance(one, ast.FunctionDef)}, place


def test_there_are_fifteen() -> None:
    assert [int(one.partition(".")[0]) for one in INVARIANTS] == list(range(1, 16))
