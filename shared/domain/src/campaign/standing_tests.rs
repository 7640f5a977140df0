use serde_json::json;

use super::*;
use crate::number::facts::{Source, Update};
use crate::template::Telling;

const MARKETING: &[Option<Purpose>] = &[Some(Purpose::Marketing)];
const UTILITY: &[Option<Purpose>] = &[Some(Purpose::Utility)];

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_392_000 + second).unwrap()
}

fn mirror() -> Mirror {
    let node = json!({ "id": "2", "name": "offer", "language": "en", "status": "APPROVED", "category": "MARKETING",
        "quality_score": { "score": "GREEN" }, "components": [{ "type": "BODY", "text": "All kettles cheaper." }] });
    Mirror::seen("1".into(), &serde_json::from_value(node).unwrap(), at(0))
}

fn facts(told: &[(Fact, &str, i64)]) -> Facts {
    let update = |(fact, value, second): &(Fact, &str, i64)| Update {
        fact: fact.clone(),
        value: (*value).to_owned(),
        at: at(*second),
        source: Source::Webhook,
    };
    let mut facts = Facts::default();
    facts.fold(&told.iter().map(update).collect::<Vec<_>>());
    facts
}

fn guards(concerns: &[Concern]) -> Vec<Guard> {
    concerns.iter().map(|concern| concern.guard).collect()
}

#[test]
fn a_template_stands_against_a_campaign_by_its_state_category_words_and_quality() {
    let mut now = mirror();
    let hash = now.content.hash();
    let frozen = Frozen { purpose: Some(Purpose::Marketing), hash: Some(&hash) };
    assert_eq!(of_template(frozen, &now), []);
    let other = Frozen { purpose: Some(Purpose::Utility), hash: Some("0") };
    assert_eq!(guards(&of_template(other, &now)), [Guard::TemplateRecategorised, Guard::TemplateChanged]);
    assert_eq!(of_template(Frozen::default(), &now), [], "nobody can say what has changed");
    now.hear(Telling::State("PAUSED".into(), None), at(1), Source::Webhook);
    now.hear(Telling::Quality("RED".into()), at(1), Source::Webhook);
    let concerns = of_template(frozen, &now);
    assert_eq!(guards(&concerns), [Guard::TemplatePaused, Guard::TemplateQuality]);
    assert_eq!(concerns[0].of, "template offer en: PAUSED");
}

#[test]
fn a_number_that_is_red_blocked_or_falls_stands_against_it_each_by_itself() {
    let before = Before::of(&facts(&[(Fact::Quality, "GREEN", 0), (Fact::Limit, "TIER_10K", 0)]));
    assert_eq!((before.quality.as_deref(), before.limit), (Some("GREEN"), Some(10_000)));
    let worse =
        facts(&[(Fact::Quality, "YELLOW", 1), (Fact::Limit, "TIER_2K", 1), (Fact::Health, "BLOCKED", 1)]);
    let all = of_number("7", &before, &worse, MARKETING);
    assert_eq!(guards(&all), [Guard::Health, Guard::QualityFell, Guard::TierFell]);
    assert_eq!(all[1].of, "number 7: quality YELLOW");
    assert_eq!(guards(&of_number("7", &before, &worse, UTILITY)), [Guard::Health, Guard::TierFell]);
    let red = facts(&[(Fact::Quality, "RED", 1)]);
    assert_eq!(guards(&of_number("7", &Before::default(), &red, MARKETING)), [Guard::QualityRed]);
}

#[test]
fn an_account_stands_against_it_while_it_is_restricted_banned_or_gone() {
    let of = |told: &[(Fact, &str, i64)], now: i64| {
        of_account("1", &facts(told), MARKETING, (at(10), at(now)))
            .into_iter()
            .map(|it| it.of)
            .collect::<Vec<_>>()
    };
    let restriction = |kind: &str| Fact::Restriction(kind.to_owned());
    let messaging = restriction("RESTRICTED_BIZ_INITIATED_MESSAGING");
    let until = at(60).as_second().to_string();
    assert_eq!(of(&[(messaging.clone(), &until, 20)], 59), ["account 1: RESTRICTED_BIZ_INITIATED_MESSAGING"]);
    assert_eq!(of(&[(messaging, &until, 20)], 60), Vec::<String>::new(), "it is over");
    assert_eq!(of(&[(restriction("RESTRICTED_UTILITY_TEMPLATES"), "", 20)], 30), Vec::<String>::new());
    assert_eq!(of(&[(Fact::Ban, "SCHEDULE_FOR_DISABLE", 20)], 30), ["account 1: SCHEDULE_FOR_DISABLE"]);
    assert_eq!(of(&[(Fact::Ban, "REINSTATE", 20)], 30), Vec::<String>::new());
    assert_eq!(of(&[(Fact::Account, "ACCOUNT_DELETED", 20)], 30), ["account 1: ACCOUNT_DELETED"]);
    assert_eq!(of(&[(Fact::Partner, "PARTNER_REMOVED", 20)], 30), ["account 1: PARTNER_REMOVED"]);
    assert_eq!(of(&[(Fact::Partner, "PARTNER_ADDED", 20)], 30), Vec::<String>::new());
    assert_eq!(of(&[(Fact::Violation, "SCAM", 20)], 30).len(), 1);
    assert_eq!(of(&[(Fact::Violation, "SCAM", 9)], 30), Vec::<String>::new(), "from before the campaign");
}
