//! Each condition of the store, taken away: something must fail.
//!
//! For each there is a scenario that holds with it, and that is seen to fail without it. A condition whose
//! absence nobody notices would be one that nobody needs.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use std::panic::AssertUnwindSafe;

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, stream};
use store::Condition;
use tests::{Faults, Stage};

mod scenarios;

use scenarios::{
    campaigns, directory, endpoints, gates, loops, numbers, people, records, reports, sending, stores,
    templates,
};

type Scenario = for<'a> fn(&'a Stage) -> BoxFuture<'a, ()>;

/// The scenario that needs a condition. A new condition does not compile without one.
fn scenario(condition: Condition) -> Scenario {
    match condition {
        Condition::InboundAbsent => |stage| loops::a_repeated_message_keeps_its_first_receipt(stage).boxed(),
        Condition::StateForward => |stage| loops::a_late_message_does_not_close_the_window(stage).boxed(),
        Condition::StateUnchanged => |stage| stores::concurrent_moves_lose_nothing(stage).boxed(),
        Condition::ActivityForward => |stage| loops::an_old_answer_does_not_end_a_new_wait(stage).boxed(),
        Condition::NotMerged => |stage| people::a_record_is_merged_into_one_other(stage).boxed(),
        Condition::IntoNotMerged => |stage| people::two_merges_never_make_a_circle(stage).boxed(),
        Condition::MergeStands => |stage| people::an_undoing_undoes_the_merge_that_it_saw(stage).boxed(),
        Condition::OwnedByNobodyElse => |stage| people::an_id_of_another_system_is_one_persons(stage).boxed(),
        Condition::IdentityOwned => |stage| people::nobody_takes_away_what_went_to_another(stage).boxed(),
        Condition::UserIdUnowned => |stage| loops::one_new_user_id_is_one_person(stage).boxed(),
        Condition::PhoneUnowned => |stage| loops::one_new_phone_is_one_person(stage).boxed(),
        Condition::PhoneOwnerUnchanged => |stage| stores::a_phone_remembers_each_of_its_owners(stage).boxed(),
        Condition::ClaimAbsent => |stage| loops::an_id_is_sent_for_one_message_only(stage).boxed(),
        Condition::OutboundAbsent => |stage| loops::a_repeated_request_is_sent_once(stage).boxed(),
        Condition::MayAttempt => |stage| loops::a_request_that_two_workers_hold_is_posted_once(stage).boxed(),
        Condition::AttemptOpen => |stage| stores::an_old_attempt_does_not_undo_a_new_one(stage).boxed(),
        Condition::MayWait => |stage| stores::what_was_accepted_does_not_wait(stage).boxed(),
        Condition::StillSending => |stage| stores::what_was_accepted_does_not_become_unknown(stage).boxed(),
        Condition::StatusTarget => |stage| loops::a_status_makes_no_message(stage).boxed(),
        Condition::HoldUnchanged => |stage| stores::a_renewed_hold_is_not_lifted(stage).boxed(),
        Condition::EventAbsent => |stage| loops::a_repeated_event_keeps_its_first_receipt(stage).boxed(),
        Condition::LetterAbsent => |stage| loops::a_repeated_poison_keeps_its_first_time(stage).boxed(),
        Condition::ListedThere => |stage| directory::a_change_makes_nobody(stage).boxed(),
        Condition::RequestFree => |stage| directory::a_key_begins_one_request(stage).boxed(),
        Condition::RequestMine => |stage| directory::who_was_believed_dead_answers_for_nobody(stage).boxed(),
        Condition::EndpointExists => |stage| endpoints::what_was_removed_stays_away(stage).boxed(),
        Condition::PauseUnchanged => |stage| endpoints::one_of_many_ends_a_pause(stage).boxed(),
        Condition::ContactAbsent => |stage| records::a_record_is_made_once(stage).boxed(),
        Condition::ContactUnchanged => |stage| records::nobody_overwrites_what_was_not_seen(stage).boxed(),
        Condition::FileJobUnchanged => |stage| records::a_piece_of_an_import_counts_once(stage).boxed(),
        Condition::FileUnclaimed => |stage| records::a_file_is_imported_once(stage).boxed(),
        Condition::MonthForward => |stage| records::a_month_does_not_come_back(stage).boxed(),
        Condition::GateAbsent => |stage| gates::first_words_at_once_leave_the_newest(stage).boxed(),
        Condition::GateUnchanged => |stage| gates::words_at_once_leave_the_newest(stage).boxed(),
        Condition::ConsentAbsent => |stage| gates::a_word_is_never_overwritten(stage).boxed(),
        Condition::TemplateForward => |stage| gates::an_old_category_does_not_come_back(stage).boxed(),
        Condition::MirrorUnchanged => |stage| templates::news_at_once_are_all_heard(stage).boxed(),
        Condition::ContactThere => |stage| gates::a_block_makes_no_record(stage).boxed(),
        Condition::IdentityOfErased => {
            |stage| gates::an_erasure_leaves_a_number_to_its_next_owner(stage).boxed()
        }
        Condition::RunUnchanged => |stage| sending::who_only_slept_begins_no_block(stage).boxed(),
        Condition::LedgerRoom => |stage| sending::two_chunks_do_not_take_the_same_room(stage).boxed(),
        Condition::LedgerUnchanged => |stage| sending::old_slots_stop_counting_once(stage).boxed(),
        Condition::LeaseUnchanged => |stage| sending::no_two_workers_lease_the_same_time(stage).boxed(),
        Condition::StockLeft => |stage| sending::no_slot_is_taken_twice_or_lost(stage).boxed(),
        Condition::StockUnchanged => |stage| sending::no_slot_is_taken_twice_or_lost(stage).boxed(),
        Condition::BudgetRoom => |stage| sending::a_budget_is_not_passed(stage).boxed(),
        Condition::ChunkKeepsNothing => |stage| sending::a_chunk_keeps_money_once(stage).boxed(),
        Condition::ChunkKeeps => |stage| sending::what_comes_back_comes_back_once(stage).boxed(),
        Condition::NumberAbsent => |stage| stores::a_number_keeps_what_was_first_known(stage).boxed(),
        Condition::NumberThere => |stage| stores::a_number_that_was_never_seen_has_no_settings(stage).boxed(),
        Condition::FactsUnchanged => |stage| numbers::words_at_once_are_all_heard(stage).boxed(),
        Condition::StepFree => |stage| numbers::one_step_at_a_time(stage).boxed(),
        Condition::StepPending => |stage| numbers::a_step_is_asked_once(stage).boxed(),
        Condition::StepMine => |stage| numbers::an_old_step_does_not_end_a_new_one(stage).boxed(),
        Condition::HandlingUnchanged => {
            |stage| stores::two_who_take_a_conversation_at_once_do_not_both_have_it(stage).boxed()
        }
        Condition::CampaignAbsent => |stage| campaigns::a_campaign_is_made_once(stage).boxed(),
        Condition::CampaignUnchanged => {
            |stage| campaigns::a_campaign_is_changed_as_it_was_seen(stage).boxed()
        }
        Condition::ChunkAbsent => |stage| campaigns::of_two_walks_the_second_adopts_the_chunk(stage).boxed(),
        Condition::LogNotFrozen => |stage| campaigns::an_audience_is_frozen_once(stage).boxed(),
        Condition::ReleaseForward => |stage| campaigns::what_is_released_stays_released(stage).boxed(),
        Condition::FileThere => |stage| stores::news_of_a_file_makes_no_message(stage).boxed(),
        Condition::FileOnItsWay => |stage| stores::a_file_that_was_copied_stays_so(stage).boxed(),
        Condition::ConversionAbsent => |stage| campaigns::a_conversion_is_written_once(stage).boxed(),
        Condition::PreflightUnchanged => |stage| campaigns::a_piece_of_a_preflight_counts_once(stage).boxed(),
        Condition::TurnUnchanged => |stage| stores::a_turn_is_taken_once(stage).boxed(),
        Condition::ReadForward => |stage| stores::what_was_read_stays_read(stage).boxed(),
        Condition::RecountForward => |stage| reports::an_older_look_does_not_come_back(stage).boxed(),
        Condition::MarkUnchanged => |stage| reports::a_day_that_changed_meanwhile_stays_marked(stage).boxed(),
        Condition::FreeEntryForward => {
            |stage| stores::a_free_entry_point_ends_when_meta_last_said(stage).boxed()
        }
    }
}

/// Plays a scenario on a stage of its own. `false` if it fails.
async fn plays(condition: Condition, faults: Faults) -> bool {
    let stage = Stage::faulty(faults).await;
    AssertUnwindSafe(scenario(condition)(&stage)).catch_unwind().await.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_scenario_holds_with_all_conditions_in_place() {
    let played = stream::iter(Condition::ALL)
        .map(async |condition| (condition, plays(*condition, Faults::default()).await))
        // So many worlds at once: more would start so slowly that functions give up waiting for their secrets.
        .buffer_unordered(4);
    for (condition, holds) in played.collect::<Vec<_>>().await {
        assert!(holds, "the scenario of {condition:?} fails although nothing was taken away");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_one_condition_something_fails() {
    for condition in Condition::ALL {
        let mut noticed = false;
        // Races need a few tries; what needs no race fails at the first.
        for _ in 0..8 {
            let faults = Faults::default();
            faults.drop_condition(*condition);
            noticed = !plays(*condition, faults.clone()).await;
            assert!(faults.met() > 0, "the scenario of {condition:?} never meets it");
            if noticed {
                break;
            }
        }
        assert!(noticed, "nobody notices that {condition:?} is gone");
    }
}
