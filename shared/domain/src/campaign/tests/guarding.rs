use cloud_api::webhook::event::account::AccountUpdate;
use cloud_api::webhook::event::templates::{
    CategoryChange, QualityScore, TemplateCategoryName, TemplateEvent,
};
use serde_json::{Value, json};

use super::super::definition::Canary;
use super::super::guard::{
    Guard, NumberFacts, Seen, Thresholds, on_account, on_canary, on_category, on_number, on_results,
    on_template_event, on_template_quality,
};
use crate::consent::Purpose;

const MARKETING: Option<Purpose> = Some(Purpose::Marketing);
const UTILITY: Option<Purpose> = Some(Purpose::Utility);

#[test]
fn a_paused_disabled_or_poor_template_stops_its_campaigns() {
    assert_eq!(on_template_event(&TemplateEvent::Paused), Some(Guard::TemplatePaused));
    assert_eq!(on_template_event(&TemplateEvent::Disabled), Some(Guard::TemplateGone));
    assert_eq!(on_template_event(&TemplateEvent::Flagged), Some(Guard::TemplateQuality));
    assert_eq!(on_template_event(&TemplateEvent::Approved), None);
    assert_eq!(on_template_quality(&QualityScore::Red), Some(Guard::TemplateQuality));
    assert_eq!(on_template_quality(&QualityScore::Yellow), None);
}

#[test]
fn another_category_stops_when_it_holds_and_not_when_it_is_announced() {
    let (marketing, utility) = (TemplateCategoryName::Marketing, TemplateCategoryName::Utility);
    let done = CategoryChange::Done { previous: Some(utility.clone()), new: marketing.clone() };
    assert_eq!(on_category(UTILITY, &done), Some(Guard::TemplateRecategorised));
    assert_eq!(on_category(MARKETING, &done), None);
    let upcoming = CategoryChange::Upcoming { current: Some(utility), next: marketing, at: None };
    assert_eq!(on_category(UTILITY, &upcoming), None);
}

fn update(json: Value) -> AccountUpdate {
    serde_json::from_value(json).unwrap()
}

#[test]
fn a_restricted_or_disabled_account_stops_and_a_reinstated_one_does_not() {
    let restriction = |kind: &str| {
        update(json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": [{"restriction_type": kind}]}))
    };
    let messaging = restriction("RESTRICTED_BIZ_INITIATED_MESSAGING");
    assert_eq!(on_account(&messaging, MARKETING), Some(Guard::Account));
    assert_eq!(on_account(&restriction("RESTRICTED_ADD_PHONE_NUMBER_ACTION"), MARKETING), None);
    let utility = restriction("RESTRICTED_UTILITY_TEMPLATES");
    assert_eq!(
        (on_account(&utility, UTILITY), on_account(&utility, MARKETING)),
        (Some(Guard::Account), None)
    );
    let ban =
        |state: &str| update(json!({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": state}}));
    assert_eq!(on_account(&ban("DISABLE"), UTILITY), Some(Guard::Account));
    assert_eq!(on_account(&ban("REINSTATE"), UTILITY), None);
    assert_eq!(on_account(&update(json!({"event": "ACCOUNT_VIOLATION"})), UTILITY), Some(Guard::Account));
    assert_eq!(on_account(&update(json!({"event": "AD_ACCOUNT_LINKED"})), UTILITY), None);
}

#[test]
fn a_number_whose_quality_falls_stops_marketing_and_not_orders() {
    let facts = |before: &str, now: &str| NumberFacts {
        quality_before: Some(before.to_owned()),
        quality: Some(now.to_owned()),
        ..NumberFacts::default()
    };
    assert_eq!(on_number(&facts("GREEN", "RED"), MARKETING), Some(Guard::QualityRed));
    assert_eq!(on_number(&facts("GREEN", "YELLOW"), MARKETING), Some(Guard::QualityFell));
    assert_eq!(on_number(&facts("YELLOW", "GREEN"), MARKETING), None);
    assert_eq!(on_number(&facts("UNKNOWN", "YELLOW"), MARKETING), None);
    assert_eq!(on_number(&facts("GREEN", "RED"), UTILITY), None);
    let health = NumberFacts { health: Some("BLOCKED".to_owned()), ..NumberFacts::default() };
    assert_eq!(on_number(&health, UTILITY), Some(Guard::Health));
    let tier = |before, now| NumberFacts { limit_before: before, limit: now, ..NumberFacts::default() };
    assert_eq!(on_number(&tier(Some(10_000), Some(2_000)), UTILITY), Some(Guard::TierFell));
    assert_eq!(on_number(&tier(Some(2_000), Some(10_000)), UTILITY), None);
}

#[test]
fn results_stop_a_campaign_once_there_are_enough_of_them() {
    let usual = Thresholds::USUAL;
    let seen = |accepted, most_failed| Seen { accepted, most_failed, ..Seen::default() };
    assert_eq!(on_results(&seen(50, 50), usual), None);
    assert_eq!(on_results(&seen(900, 100), usual), None);
    assert_eq!(on_results(&seen(899, 101), usual), Some(Guard::Failures));
    let opted_out = |opted_out| Seen { accepted: 1_000, opted_out, ..Seen::default() };
    assert_eq!(
        (on_results(&opted_out(20), usual), on_results(&opted_out(21), usual)),
        (None, Some(Guard::OptOuts))
    );
    let only_sent = |old_only_sent| Seen { accepted: 1_000, old: 400, old_only_sent, ..Seen::default() };
    assert_eq!(
        (on_results(&only_sent(200), usual), on_results(&only_sent(201), usual)),
        (None, Some(Guard::OnlySent))
    );
}

#[test]
fn the_rest_follows_only_if_the_first_share_stays_under_its_thresholds() {
    let canary: Canary = serde_json::from_value(json!({"share": 5, "wait_minutes": 60})).unwrap();
    let good = Seen { accepted: 95, most_failed: 5, opted_out: 0, old: 95, old_only_sent: 28 };
    assert_eq!(on_canary(&good, &canary), Ok(()));
    assert_eq!(on_canary(&Seen { most_failed: 6, ..good.clone() }, &canary), Err(Guard::Failures));
    assert_eq!(on_canary(&Seen { opted_out: 1, ..good.clone() }, &canary), Err(Guard::OptOuts));
    assert_eq!(on_canary(&Seen { old_only_sent: 29, ..good }, &canary), Err(Guard::OnlySent));
    assert!(Guard::OnlySent.why().contains("proxy"));
}
