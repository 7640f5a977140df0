//! The local program as a whole: from the POST of a webhook until the API shows the message.

mod client;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use local::world::{World, WorldOptions};
use tokio::task::JoinSet;

use crate::BoxError;
use crate::noise::Noise;
use crate::report::{Report, Table, percentile, rounded};
use client::Client;

/// Messages a second while delays are taken.
const RATE: f64 = 50.0;
/// How long everything may take to become visible once the last message is posted.
const PATIENCE: Duration = Duration::from_secs(15);

/// Options of `e2e`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Clients that post as fast as they are answered.
    #[arg(long, default_value_t = 8)]
    clients: usize,
    /// People who write.
    #[arg(long, default_value_t = 200)]
    people: usize,
    /// Seconds of posting, once as fast as it goes and once at 50 a second.
    #[arg(long, default_value_t = 6)]
    seconds: u64,
}

/// Runs the bench.
pub(crate) fn run(options: &Options) -> Result<Report, BoxError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut report = Report::new("e2e");
    let noise = Noise::start();
    let mut table = Table::new(&[
        "storage",
        "messages/s to visible",
        "posts/s",
        "posted",
        "visible",
        "p50 ms at 50/s",
        "p99 ms",
        "max ms",
    ]);
    for storage in ["memory", "disk"] {
        let directory = tempfile::tempdir()?;
        let data = (storage == "disk").then(|| directory.path().to_owned());
        let figures = runtime.block_on(measure(options, data))?;
        let [p50, p99, max] = [0.5, 0.99, 1.0].map(|share| percentile(&figures.delays, share));
        table.row(&[
            storage.to_owned(),
            format!("{:.0}", figures.per_second),
            format!("{:.0}", figures.posts_per_second),
            figures.posted.to_string(),
            figures.visible.to_string(),
            format!("{p50:.0}"),
            format!("{p99:.0}"),
            format!("{max:.0}"),
        ]);
        report.figure(&format!("{storage}_messages_per_second"), rounded(figures.per_second));
        report.figure(&format!("{storage}_posts_per_second"), rounded(figures.posts_per_second));
        report.figure(&format!("{storage}_p50_ms"), rounded(p50));
        report.figure(&format!("{storage}_p99_ms"), rounded(p99));
        let share = figures.visible as f64 / figures.posted as f64;
        report.at_least(&format!("{storage}_visible_share"), share, 1.0);
    }
    println!(
        "From the POST of a signed webhook until GET /v1/conversations/{{id}}/messages shows the message\n"
    );
    table.print();
    report.foreign_cpu(noise.foreign());
    Ok(report)
}

struct Figures {
    per_second: f64,
    posts_per_second: f64,
    posted: usize,
    visible: usize,
    /// Milliseconds.
    delays: Vec<f64>,
}

async fn measure(options: &Options, data: Option<PathBuf>) -> Result<Figures, BoxError> {
    let world = World::start(WorldOptions { data, ..WorldOptions::default() }).await?;
    let client = Arc::new(Client::meet_people(&world, options.people).await?);
    let delays = at_a_pace(&client, options).await?;
    let (start, posted, posting) = as_fast_as_it_goes(&client, options).await?;
    let visible = until_visible(&client, posted.clone()).await?;
    let figures = Figures {
        per_second: visible as f64 / start.elapsed().as_secs_f64(),
        posts_per_second: posted.len() as f64 / posting.as_secs_f64(),
        posted: posted.len(),
        visible,
        delays,
    };
    world.stop().await;
    Ok(figures)
}

/// 50 a second: each message's delay until it is visible.
async fn at_a_pace(client: &Arc<Client>, options: &Options) -> Result<Vec<f64>, BoxError> {
    let mut tasks = JoinSet::new();
    let start = tokio::time::Instant::now();
    for n in 0..(RATE * options.seconds as f64) as usize {
        tokio::time::sleep_until(start + Duration::from_secs_f64(n as f64 / RATE)).await;
        let (client, person) = (Arc::clone(client), n % options.people);
        tasks.spawn(async move {
            let begin = Instant::now();
            let message = client.post(person).await?;
            while !client.newest(person).await?.contains(&message) {
                if begin.elapsed() > PATIENCE {
                    return Err("a message did not become visible".into());
                }
                tokio::time::sleep(Duration::from_millis(4)).await;
            }
            Ok::<_, BoxError>(begin.elapsed().as_secs_f64() * 1000.0)
        });
    }
    let mut delays = Vec::new();
    while let Some(delay) = tasks.join_next().await {
        delays.push(delay??);
    }
    Ok(delays)
}

/// When posting began, who wrote which message, and how long it took to post them.
type Posted = (Instant, Vec<(usize, String)>, Duration);

/// Several clients, each posting again as soon as it is answered.
async fn as_fast_as_it_goes(client: &Arc<Client>, options: &Options) -> Result<Posted, BoxError> {
    let next = Arc::new(AtomicUsize::new(0));
    let (start, people) = (Instant::now(), options.people);
    let end = start + Duration::from_secs(options.seconds);
    let mut tasks = JoinSet::new();
    for _ in 0..options.clients {
        let (client, next) = (Arc::clone(client), Arc::clone(&next));
        tasks.spawn(async move {
            let mut posted = Vec::new();
            while Instant::now() < end {
                let person = next.fetch_add(1, Ordering::Relaxed) % people;
                posted.push((person, client.post(person).await?));
            }
            Ok::<_, BoxError>(posted)
        });
    }
    let mut posted = Vec::new();
    while let Some(some) = tasks.join_next().await {
        posted.extend(some??);
    }
    Ok((start, posted, start.elapsed()))
}

/// How many of the messages the API shows, once it shows all or patience ends.
async fn until_visible(client: &Client, posted: Vec<(usize, String)>) -> Result<usize, BoxError> {
    let (count, deadline) = (posted.len(), Instant::now() + PATIENCE);
    let mut left = posted;
    loop {
        // From the end: what was posted last becomes visible last.
        while let Some((person, message)) = left.pop() {
            let seen = client.all(person).await?;
            if !seen.contains(&message) {
                left.push((person, message));
                break;
            }
            left.retain(|(other, message)| *other != person || !seen.contains(message));
        }
        if left.is_empty() || Instant::now() > deadline {
            return Ok(count - left.len());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
