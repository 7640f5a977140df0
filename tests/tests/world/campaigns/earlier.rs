//! Who got, read, answered or missed an earlier campaign is the audience of another one.

use super::*;

use std::collections::BTreeSet;

use domain::campaign::attribution::Method;
use domain::campaign::outcome::{Outcome, Put, Skip};
use domain::campaign::result::{Entry, Placed};
use store::{StoredChunk, Told};

fn line(outcome: Outcome) -> Entry {
    let placed = Placed { outcome, variant: 0, market: "PE".to_owned() };
    Entry { outcome: Some(placed), ..Entry::default() }
}

/// A campaign that is over, with these lines of its people.
async fn over(stage: &Stage, people: &[ContactId], lines: &[(usize, Entry)]) -> CampaignId {
    let id = made(stage, json!({})).await;
    let (store, now) = (stage.store(), stage.now());
    let mut campaign = stored(stage, &id).await;
    campaign.started_at = Some(now);
    campaign.state = domain::campaign::state::State::Finished { at: now };
    store.change_campaign(&mut campaign, false).await.unwrap();
    for (n, members) in people.chunks(100).enumerate() {
        let member = |contact: &ContactId| Member { contact: contact.clone(), excluded: false, line: None };
        let (next, upto) = (None, 0);
        let chunk = StoredChunk { members: members.iter().map(member).collect(), next, upto };
        store.put_chunk(&campaign.id, Chunk::Walked(n as u64), &chunk).await.unwrap();
        let told = lines.iter().filter(|(at, _)| at / 100 == n);
        let told: Vec<_> = told.map(|(at, entry)| Told { member: at % 100, entry: entry.clone() }).collect();
        store.record_results(&campaign.id, Chunk::Walked(n as u64), &told).await.unwrap();
    }
    campaign.id
}

/// Who is in the frozen audience of a campaign to these groups: those who get it, and those who are excluded.
async fn audience(stage: &Stage, audience: Value) -> (BTreeSet<ContactId>, BTreeSet<ContactId>) {
    let id = made(stage, json!({"audience": audience})).await;
    step(stage, &id, "start").await;
    stage.settle().await;
    let all = members(stage, &id).await;
    let found = all.len();
    let (out, into): (Vec<_>, Vec<_>) = all.into_iter().partition(|member| member.excluded);
    let ids =
        |members: Vec<Member>| members.into_iter().map(|member| member.contact).collect::<BTreeSet<_>>();
    let (into, out) = (ids(into), ids(out));
    assert_eq!(into.len() + out.len(), found, "each person once");
    (into, out)
}

#[tokio::test]
async fn each_group_of_an_earlier_campaign_is_an_audience_over_all_its_chunks() {
    let stage = with_number(Stage::without("sender").await).await;
    let people = leads(&stage, 330).await;
    let got = Entry { sent: Some(1), delivered: Some(2), ..line(Outcome::Accepted) };
    let read = Entry { read: Some(3), ..got.clone() };
    let lines = [
        (0, got.clone()),
        (101, read.clone()),
        (299, Entry { reply: Some((Method::Quote, 9)), ..read }),
        (329, line(Outcome::Skipped(Skip::HeldOut))),
        (5, line(Outcome::PutOff(Put::QuietHours))),
    ];
    let earlier = over(&stage, &people, &lines).await;
    // Whose turn was put off has the line that counts in another chunk.
    let later = Chunk::Deferred { hour: 498_722, n: 0 };
    let member = Member { contact: people[5].clone(), excluded: false, line: None };
    let chunk = StoredChunk { members: vec![member], next: None, upto: 1 };
    stage.store().put_chunk(&earlier, later, &chunk).await.unwrap();
    stage.store().record_results(&earlier, later, &[Told { member: 0, entry: got }]).await.unwrap();
    let of = |who: &str| json!({"include": [{"campaign": {"id": earlier.as_str(), "who": who}}]});
    let these = |places: &[usize]| places.iter().map(|at| people[*at].clone()).collect::<BTreeSet<_>>();
    assert_eq!(audience(&stage, of("got")).await.0, these(&[0, 5, 101, 299]));
    assert_eq!(audience(&stage, of("did_not_read")).await.0, these(&[0, 5]));
    assert_eq!(audience(&stage, of("read")).await.0, these(&[101, 299]));
    assert_eq!(audience(&stage, of("replied")).await.0, these(&[299]));
    assert_eq!(audience(&stage, of("held_out")).await.0, these(&[329]));
    let missed = audience(&stage, of("did_not_get")).await.0;
    assert_eq!(missed.len(), 326);
    assert!(missed.is_disjoint(&these(&[0, 5, 101, 299])));
}

#[tokio::test]
async fn whoever_got_an_earlier_campaign_is_excluded_or_counted_once() {
    let stage = with_number(Stage::without("sender").await).await;
    let people = leads(&stage, 8).await;
    let got = Entry { delivered: Some(2), ..line(Outcome::Accepted) };
    let earlier = over(&stage, &people, &[(1, got.clone()), (2, got)]).await;
    let group = json!({"campaign": {"id": earlier.as_str(), "who": "got"}});
    let all = json!({"filter": "kind:lead"});
    let (into, out) = audience(&stage, json!({"include": [&all], "exclude": [&group]})).await;
    assert_eq!((into.len(), out), (6, [people[1].clone(), people[2].clone()].into()));
    let (into, _) = audience(&stage, json!({"include": [&group, &all]})).await;
    assert_eq!(into.len(), 8, "the group comes first, and nobody of it again");
}

#[tokio::test]
async fn a_campaign_that_has_not_started_has_nobody_yet() {
    let stage = with_number(Stage::without("sender").await).await;
    leads(&stage, 1).await;
    let draft = made(&stage, json!({})).await;
    let audience = json!({"include": [{"campaign": {"id": draft, "who": "got"}}]});
    let id = made(&stage, json!({"audience": audience})).await;
    let problem = refused(&stage, &id, "start", StatusCode::BAD_REQUEST).await;
    assert_eq!(problem["field"], "audience.include.0.campaign.id");
    assert_eq!(problem["detail"], "audience.include.0.campaign.id has not started");
}
