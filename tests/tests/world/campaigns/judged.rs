//! A campaign's own results stop it: at once, or when its first share was not good.

use super::*;

use cloud_api::error::Remedy;
use domain::campaign::result::Entry;
use domain::campaign::tally::Old;
use store::Told;

use crate::campaigns::guards::running;
use crate::campaigns::releases::through;

/// Writes what became of so many people, from the first, a hundred in each chunk.
async fn tell(stage: &Stage, id: &str, people: usize, entry: &Entry) {
    let id = CampaignId::new(id).unwrap();
    for chunk in 0..people.div_ceil(100) {
        let members = 0..(people - chunk * 100).min(100);
        let told: Vec<_> = members.map(|member| Told { member, entry: entry.clone() }).collect();
        stage.store().record_results(&id, Chunk::Walked(chunk as u64), &told).await.unwrap();
    }
}

fn delivered() -> Entry {
    Entry { sent: Some(1), delivered: Some(2), ..Entry::default() }
}

fn failed() -> Entry {
    assert_eq!(cloud_api::error::remedy(131_026), Remedy::SkipPerson);
    Entry { sent: Some(1), failed: Some(2), error: Some(131_026), ..Entry::default() }
}

#[tokio::test]
async fn too_many_failures_of_one_code_stop_it_and_again_only_when_they_have_doubled() {
    let stage = with_number(Stage::without("sender").await).await;
    leads(&stage, 300).await;
    let id = running(&stage, json!({})).await;
    tell(&stage, &id, 40, &failed()).await;
    tell(&stage, &id, 300, &Entry { sent: Some(1), ..Entry::default() }).await;
    stage.pass(60).await;
    let paused = read(&stage, &id).await;
    let stopped = (&paused["stopped"]["guard"], &paused["stopped"]["of"]);
    assert_eq!(stopped, (&json!("failures"), &json!("code 131026")), "{paused:#}");
    step(&stage, &id, "resume").await;
    stage.pass(120).await;
    let on = read(&stage, &id).await;
    assert_eq!(on["state"], "running", "who resumed it has seen the share: {on:#}");
    tell(&stage, &id, 100, &failed()).await;
    stage.pass(60).await;
    assert_eq!(read(&stage, &id).await["stopped"]["guard"], "failures", "it is twice as much");
}

#[tokio::test]
async fn what_is_still_only_sent_after_two_hours_stops_it() {
    let stage = with_number(Stage::without("sender").await).await;
    leads(&stage, 300).await;
    let id = running(&stage, json!({})).await;
    tell(&stage, &id, 90, &delivered()).await;
    tell(&stage, &id, 300, &Entry { sent: Some(1), ..Entry::default() }).await;
    // A list of templates would not have the one of this stage.
    stage.knows_template("spring_offer", "UTILITY", "Our spring hours").await;
    stage.pass(600).await;
    assert_eq!(read(&stage, &id).await["state"], "running", "they have time");
    let (campaign, store) = (stored(&stage, &id).await, stage.store());
    let tally = |old| store.campaign_tally(&campaign.id, old);
    assert_eq!(tally(Old::Nobody).await.unwrap().concerns(), []);
    let found = tally(Old::By(1)).await.unwrap().concerns();
    assert_eq!(found[0].guard.as_str(), "only_sent");
}

#[tokio::test]
async fn the_rest_follows_only_if_the_first_share_was_good() {
    let stage = with_number(Stage::without("sender").await).await;
    leads(&stage, 250).await;
    let canary = json!({"canary": {"share": 10, "wait_minutes": 5}});
    let made = running(&stage, canary).await;
    assert_eq!(read(&stage, &made).await["progress"]["released"], 1);
    through(&stage, &made, [0]).await;
    stage.pass(60).await;
    let waiting = read(&stage, &made).await;
    assert_eq!((&waiting["progress"]["released"], &waiting["progress"]["chunks"]), (&json!(1), &json!(3)));
    assert_eq!(waiting["status"]["limit"], "canary", "{waiting:#}");
    assert_eq!(waiting["status"]["until"], "2026-11-23T09:06:00Z");
    tell(&stage, &made, 100, &delivered()).await;
    stage.pass(290).await;
    assert_eq!(read(&stage, &made).await["progress"]["released"], 1, "its results are waited for");
    stage.pass(60).await;
    let rest = read(&stage, &made).await;
    assert_eq!((&rest["state"], &rest["progress"]["released"]), (&json!("running"), &json!(3)));
}

#[tokio::test]
async fn a_first_share_that_was_not_good_stops_it_until_somebody_lets_the_rest_follow() {
    let stage = with_number(Stage::without("sender").await).await;
    leads(&stage, 250).await;
    let canary = json!({"canary": {"share": 10, "wait_minutes": 5, "most_failed": 5}});
    let id = running(&stage, canary).await;
    through(&stage, &id, [0]).await;
    tell(&stage, &id, 7, &failed()).await;
    tell(&stage, &id, 100, &Entry { sent: Some(1), ..Entry::default() }).await;
    stage.pass(60).await;
    // Somebody stops it and lets it go on meanwhile: the results are waited for all the same.
    step(&stage, &id, "pause").await;
    step(&stage, &id, "resume").await;
    stage.settle().await;
    assert_eq!(read(&stage, &id).await["status"]["limit"], "canary");
    stage.pass(360).await;
    let paused = read(&stage, &id).await;
    let stopped = (&paused["stopped"]["guard"], &paused["stopped"]["of"]);
    assert_eq!(stopped, (&json!("canary"), &json!("code 131026")), "{paused:#}");
    assert_eq!(paused["progress"]["released"], 1);
    step(&stage, &id, "resume").await;
    stage.settle().await;
    assert_eq!(read(&stage, &id).await["progress"]["released"], 3);
}
