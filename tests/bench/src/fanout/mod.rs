//! The fan-out of a campaign: everybody of an audience into the log, on a database in files; and the first message after it.

mod deaths;
mod memory;
mod records;

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use clap::Args;
use domain::campaign::CampaignId;
use local::world::WorldOptions;
use serde_json::json;
use store::Campaign;
use tests::{NUMBER, Stage};

use crate::BoxError;
use crate::noise::Noise;
use crate::report::{Report, Table, rounded};
use crate::stage::{boundless, only, post};

/// The call of the Graph API by which a message is sent.
const SEND: &str = "messages";
/// Seconds for a hundred thousand people.
const SECONDS: f64 = 4.0;
/// From the last chunk until the first message is on its way to Meta, in seconds.
const FIRST_POST: f64 = 1.0;
/// How much more memory ten times as many people may take.
const FLAT: f64 = 1.25;
/// How long a fan-out may take before the bench gives up.
const PATIENCE: Duration = Duration::from_secs(600);

/// Options of `fanout`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// People; then ten times as many.
    #[arg(long, default_value_t = 100_000)]
    people: usize,
    /// How often the fan-out is killed, at random pages, of a run of its own.
    #[arg(long, default_value_t = 5)]
    deaths: usize,
}

/// What one fan-out took.
struct Run {
    people: usize,
    /// From the start of the campaign until its audience is frozen in the log.
    seconds: f64,
    first_post: f64,
    /// How much of the process's memory came to be in use meanwhile, in MB.
    megabytes: f64,
    /// How many people are in chunks, and in how many different places.
    in_chunks: usize,
}

/// Runs the bench.
pub(crate) fn run(options: &Options) -> Result<Report, BoxError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut report = Report::new("fanout");
    let mut runs = Vec::new();
    for people in [options.people, options.people * 10] {
        runs.push(runtime.block_on(Box::pin(play(people, &mut report)))?);
    }
    print(&runs);
    for run in &runs {
        let allowed = SECONDS * run.people as f64 / 100_000.0;
        report.at_most(&format!("seconds_of_{}", run.people), run.seconds, allowed);
        report.at_most(&format!("first_post_seconds_of_{}", run.people), run.first_post, FIRST_POST);
        report.figure(&format!("megabytes_of_{}", run.people), rounded(run.megabytes));
        report.at_least(&format!("in_chunks_of_{}", run.people), run.in_chunks as f64, run.people as f64);
    }
    if let [few, many] = &runs[..] {
        report.at_most("memory_of_ten_times_as_many", many.megabytes / few.megabytes, FLAT);
    }
    let people = options.people / 5;
    eprintln!("{people} people, killed {} times …", options.deaths);
    let survived = runtime.block_on(Box::pin(deaths::play(people, options.deaths)))?;
    report.at_least("deaths", survived.deaths as f64, options.deaths as f64);
    report.figure("deaths_at", survived.at);
    report.at_least("in_one_chunk_after_deaths", survived.in_one_chunk as f64, people as f64);
    report.at_most("in_several_chunks_after_deaths", survived.in_several as f64, 0.0);
    Ok(report)
}

/// Notes when the first message leaves.
#[derive(Default)]
struct FirstPost(OnceLock<Instant>);

impl graph::Intercept for FirstPost {
    fn before(&self, call: &'static str) -> Result<(), graph::Cut> {
        if call == SEND {
            self.0.get_or_init(Instant::now);
        }
        Ok(())
    }

    fn after(&self, _: &'static str) -> Result<(), graph::Cut> {
        Ok(())
    }
}

async fn play(people: usize, report: &mut Report) -> Result<Run, BoxError> {
    let directory = tempfile::tempdir()?;
    let first_post = Arc::new(FirstPost::default());
    let stage = Stage::of(WorldOptions {
        data: Some(directory.path().to_owned()),
        functions: only(&["campaign", "sender"]),
        graph_intercept: Some(first_post.clone()),
        ..WorldOptions::default()
    })
    .await;
    eprintln!("{people} people: their records …");
    records::put(&stage, people).await?;
    let id = campaign(&stage).await?;
    let memory = memory::Watch::start();
    let noise = Noise::start();
    eprintln!("{people} people: the fan-out …");
    let begun = Instant::now();
    post(&stage, &format!("/v1/campaigns/{id}/start"), None).await?;
    let frozen = loop {
        tokio::time::sleep(Duration::from_millis(10)).await;
        if stored(&stage, &id).await?.log.frozen_at.is_some() {
            break Instant::now();
        }
        if begun.elapsed() > PATIENCE {
            return Err("the fan-out does not end".into());
        }
    };
    let megabytes = memory.most();
    report.foreign_cpu(noise.foreign());
    let posted = loop {
        if let Some(at) = first_post.0.get() {
            break *at;
        }
        if frozen.elapsed() > Duration::from_secs(30) {
            return Err("no message leaves".into());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    // It has shown what it is here for.
    post(&stage, &format!("/v1/campaigns/{id}/cancel"), None).await?;
    let seen = deaths::seen(&stage, &stored(&stage, &id).await?).await?;
    Ok(Run {
        people,
        seconds: (frozen - begun).as_secs_f64(),
        first_post: posted.saturating_duration_since(frozen).as_secs_f64(),
        megabytes,
        in_chunks: seen.values().filter(|times| **times == 1).count(),
    })
}

/// A campaign for everybody on record, over a number that may send as many as Meta lets any.
async fn campaign(stage: &Stage) -> Result<String, BoxError> {
    boundless(stage, true).await?;
    stage.knows_template("hello_world", "UTILITY", "Welcome and congratulations!!").await;
    let definition = json!({
        "name": "Bench", "numbers": [NUMBER], "templates": [{ "template": "hello_world" }],
        "language": { "default": "en_US" }, "audience": { "include": [{ "filter": "" }] },
    });
    let made = post(stage, "/v1/campaigns", Some(definition)).await?;
    Ok(made["id"].as_str().ok_or("a campaign without an id")?.to_owned())
}

async fn stored(stage: &Stage, id: &str) -> Result<Campaign, BoxError> {
    let id = CampaignId::new(id).ok_or("an id that is none")?;
    Ok(stage.store().campaign(&id).await?.ok_or("the campaign is gone")?)
}

fn print(runs: &[Run]) {
    println!("Fan-out, on a database in files");
    let mut table = Table::new(&["people", "seconds", "a second", "first message, s", "memory, MB"]);
    for run in runs {
        table.row(&[
            run.people.to_string(),
            format!("{:.2}", run.seconds),
            format!("{:.0}", run.people as f64 / run.seconds),
            format!("{:.3}", run.first_post),
            format!("{:.1}", run.megabytes),
        ]);
    }
    table.print();
}
