//! A campaign by the real functions on the embedded world: write units for each recipient, and how long its report takes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use domain::campaign::CampaignId;
use domain::{Contact, ContactId, ContactKind};
use futures::{StreamExt, TryStreamExt, stream};
use local::world::WorldOptions;
use serde_json::{Value, json};
use store::Store;
use tests::{NUMBER, Stage};

use crate::BoxError;
use crate::cost::prices::{READ_UNIT, SQS_STANDARD, WRITE_UNIT};
use crate::meter::bill::{Bill, Totals};
use crate::meter::tap;
use crate::noise::Noise;
use crate::report::{Report, Table, rounded};
use crate::stage::{boundless, only, post};

/// Write units for each recipient at most, with sent, delivered and read for each.
const WRITES: f64 = 5.1;
/// What is aimed at.
const AIM: f64 = 3.5;
/// Seconds that a report may take.
const REPORT: f64 = 2.0;
/// How long nothing may happen before the bench gives up.
const PATIENCE: Duration = Duration::from_secs(300);

/// How long to wait before the report is asked for again, for each 10,000 people.
const LOOK: Duration = Duration::from_secs(4);

/// Options of `campaign`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Recipients.
    #[arg(long, default_value_t = 10_000)]
    people: usize,
    /// Meta takes 1,000 messages a second from the number, and not 80 as from every number at first. A machine that cannot
    /// keep up with what is leased leases again.
    #[arg(long)]
    fast: bool,
}

/// A campaign that everybody has read.
struct Run {
    name: &'static str,
    units: Totals,
    requests: f64,
    /// From the start until everything was told.
    seconds: f64,
    report_seconds: f64,
    /// Whether the report was what a recount of everybody's line found.
    equal: bool,
}

/// Runs the bench: people of a filter, and people of a file with a parameter of their own.
pub(crate) fn run(options: &Options) -> Result<Report, BoxError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let noise = Noise::start();
    let runs = runtime.block_on(async {
        let mut runs = Vec::new();
        for name in ["plain", "with parameters"] {
            eprintln!("{name}: {} people …", options.people);
            runs.push(Box::pin(play(name, options)).await?);
        }
        Ok::<_, BoxError>(runs)
    })?;
    let mut report = Report::new("campaign");
    report.foreign_cpu(noise.foreign());
    print(&runs, options.people);
    let people = options.people as f64;
    for run in &runs {
        let key = run.name.replace(' ', "_");
        // A line of the file that becomes a record is paid once, by whoever brings it: that is an import's figure.
        let records = ["identity", "profile", "walk index"].map(|kind| run.units.written.get(kind).copied());
        let records: f64 = records.into_iter().flatten().sum();
        report.figure(&format!("{key}_writes_for_records"), rounded(records / people));
        let writes = run.units.writes() - records;
        report.at_most(&format!("{key}_writes_per_recipient"), writes / people, WRITES);
        report.figure(&format!("{key}_reads_per_recipient"), rounded(run.units.reads() / people));
        report.figure(&format!("{key}_dollars_per_million"), rounded(dollars(run) / people * 1e6));
        report.at_most(&format!("{key}_report_seconds"), run.report_seconds, REPORT);
        report.at_least(&format!("{key}_report_equals_recount"), f64::from(u8::from(run.equal)), 1.0);
        report.figure(&format!("{key}_recipients_per_second"), rounded(people / run.seconds));
    }
    report.figure("aim_of_writes_per_recipient", AIM);
    Ok(report)
}

/// Units and requests are measured; Lambda and logs are left out.
fn dollars(run: &Run) -> f64 {
    run.units.writes() * WRITE_UNIT + run.units.reads() * READ_UNIT + run.requests * SQS_STANDARD
}

async fn play(name: &'static str, options: &Options) -> Result<Run, BoxError> {
    let people = options.people;
    let bill = Bill::default();
    let tapped = bill.clone();
    let stage = Stage::of(WorldOptions {
        functions: only(&["campaign", "inbound", "sender", "status"]),
        interceptors: Some(Arc::new(move |function| match function {
            "campaign" | "sender" | "status" => vec![tap::interceptor(&tapped)],
            _ => Vec::new(),
        })),
        ..WorldOptions::default()
    })
    .await;
    let phones = prepare(&stage, options).await?;
    let with_parameters = name != "plain";
    let definition =
        if with_parameters { by_file(&stage, &phones).await? } else { by_filter(&stage, &phones).await? };
    stage.settle().await;
    let made = post(&stage, "/v1/campaigns", Some(definition)).await?;
    let id = made["id"].as_str().ok_or("a campaign without an id")?.to_owned();
    bill.take();
    stage.world.sqs.reset_calls();
    let begun = Instant::now();
    post(&stage, &format!("/v1/campaigns/{id}/start"), None).await?;
    all_read(&stage, &id, people).await?;
    let seconds = begun.elapsed().as_secs_f64();
    stage.settle().await;
    let units = bill.take();
    let requests = stage.world.sqs.calls().iter().map(|call| call.billed as f64).sum();
    let begun = Instant::now();
    let report = stage.read(&format!("/v1/campaigns/{id}/report")).await;
    let report_seconds = begun.elapsed().as_secs_f64();
    let equal = recount(&stage.store(), &id).await? == counts(&report);
    Ok(Run { name, units, requests, seconds, report_seconds, equal })
}

/// A number, and people behind it who read at once. Gives their phones.
async fn prepare(stage: &Stage, options: &Options) -> Result<Vec<String>, BoxError> {
    let sim = stage.sim();
    let unlimited = json!({ "limit": null });
    sim.change_portfolio("900000000000301", unlimited).map_err(|_| "the simulator has no such portfolio")?;
    sim.change_number(NUMBER, json!({ "mps": if options.fast { 1_000 } else { 80 } }))
        .map_err(|_| "the simulator has no such number")?;
    let behaviour =
        json!({ "reads": true, "sent_after_ms": 100, "delivered_after_ms": 300, "read_after_ms": 500 });
    let many = json!({ "count": options.people, "prefix": "many", "behaviour": behaviour });
    sim.add_people(many).map_err(|_| "the simulator takes no people")?;
    let passer_by = stage.person("Pat", "525512340000", json!({}));
    stage.writes(&passer_by, "Hello?");
    stage.settle().await;
    boundless(stage, options.fast).await?;
    let known = sim.people();
    let many = known.as_array().into_iter().flatten();
    let many = many.filter(|person| person["id"].as_str().is_some_and(|id| id.starts_with("many-")));
    Ok(many.filter_map(|person| person["phone"].as_str().map(str::to_owned)).collect())
}

/// Records as an import would have left them. Nothing keeps entries of searches here, so all are walked.
async fn by_filter(stage: &Stage, phones: &[String]) -> Result<Value, BoxError> {
    stage.knows_template("hello_world", "UTILITY", "Welcome and congratulations!!").await;
    let (store, now) = (stage.store(), stage.now());
    let made = stream::iter(phones.iter().enumerate().map(|(n, phone)| {
        let store = store.clone();
        async move {
            let id = ContactId::new(format!("01KB0XQ6G0{n:016}")).ok_or("an id that is none")?;
            let mut contact = Contact::new(id, now);
            (contact.kind, contact.phone) = (ContactKind::Lead, Some(phone.clone()));
            store.create_contact(&contact, now).await?;
            Ok::<_, BoxError>(())
        }
    }));
    made.buffer_unordered(16).try_collect::<Vec<()>>().await?;
    Ok(definition(json!({ "filter": "-kind:unknown" }), json!({ "template": "hello_world" })))
}

/// A file with a text for each person, which stands in the log with them.
async fn by_file(stage: &Stage, phones: &[String]) -> Result<Value, BoxError> {
    let body = "Hello {{1}}, your parcel is on its way.";
    stage.knows_template("parcel", "UTILITY", body).await;
    let component = json!({ "type": "BODY", "text": body, "example": { "body_text": [["Ana"]] } });
    let template = json!({ "name": "parcel", "components": [component] });
    stage.sim().add_template(template).map_err(|_| "the simulator takes no template")?;
    let begun = post(stage, "/v1/campaign-files", Some(json!({ "phone": "phone" }))).await?;
    let mut file = "phone,word\n".to_owned();
    phones.iter().enumerate().for_each(|(n, phone)| file.push_str(&format!("+{phone},Customer {n}\n")));
    let upload = begun["upload"].as_str().ok_or("a file without a link")?;
    let put = graph::client().no_proxy().build()?.put(upload).body(file).send().await?;
    put.error_for_status()?;
    let parameters = json!({ "body.1": { "from": { "line": "word" } } });
    Ok(definition(json!({ "file": begun["id"] }), json!({ "template": "parcel", "parameters": parameters })))
}

fn definition(group: Value, template: Value) -> Value {
    json!({
        "name": "Bench", "numbers": [NUMBER], "templates": [template], "language": { "default": "en_US" },
        "audience": { "include": [group] },
    })
}

/// Waits until everybody has read it.
async fn all_read(stage: &Stage, id: &str, people: usize) -> Result<(), BoxError> {
    let (mut last, mut since) = (0, Instant::now());
    loop {
        // A report reads everything that is known: for many people it is not asked for all the time.
        tokio::time::sleep(Duration::from_secs(1).max(LOOK * u32::try_from(people / 10_000)?)).await;
        let report = stage.read(&format!("/v1/campaigns/{id}/report")).await;
        let read = report["read"].as_u64().unwrap_or_default();
        if usize::try_from(read).is_ok_and(|read| read == people) {
            return Ok(());
        }
        if read > last {
            eprintln!("{read} have read it");
            (last, since) = (read, Instant::now());
        } else if since.elapsed() > PATIENCE {
            return Err(format!("nothing happens any more: {report}").into());
        }
    }
}

/// Accepted, delivered, read.
type Counts = [u64; 3];

fn counts(report: &Value) -> Counts {
    ["accepted", "delivered", "read"].map(|name| report[name].as_u64().unwrap_or_default())
}

/// The same from everybody's line.
async fn recount(store: &Store, id: &str) -> Result<Counts, BoxError> {
    let id = CampaignId::new(id).ok_or("an id that is none")?;
    let campaign = store.campaign(&id).await?.ok_or("the campaign is gone")?;
    let reader = store.campaign_lines(&id);
    let mut counts = Counts::default();
    for chunk in 0..campaign.log.chunks {
        for line in reader.of_chunk(chunk).await? {
            let has = |test: fn(&domain::campaign::result::Entry) -> bool| line.entries.iter().any(test);
            counts[0] += u64::from(has(|entry| entry.is_accepted()));
            counts[1] += u64::from(has(|entry| entry.is_delivered()));
            counts[2] += u64::from(has(|entry| entry.read.is_some()));
        }
    }
    Ok(counts)
}

fn print(runs: &[Run], people: usize) {
    let people = people as f64;
    let heads: Vec<&str> = std::iter::once("kind").chain(runs.iter().map(|run| run.name)).collect();
    println!("Write units for each recipient by kind of item, and read units");
    let mut table = Table::new(&heads);
    let mut kinds: Vec<&String> = runs.iter().flat_map(|run| run.units.written.keys()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let mut row = |name: &str, value: &dyn Fn(&Run) -> f64| {
        let cells = runs.iter().map(|run| format!("{:.3}", value(run)));
        table.row(&std::iter::once(name.to_owned()).chain(cells).collect::<Vec<_>>());
    };
    for kind in kinds {
        row(kind, &|run| run.units.written.get(kind).copied().unwrap_or_default() / people);
    }
    row("all writes", &|run| run.units.writes() / people);
    row("of these refused", &|run| run.units.refused / people);
    row("read units", &|run| run.units.reads() / people);
    row("SQS requests", &|run| run.requests / people);
    row("dollars per million", &|run| dollars(run) / people * 1e6);
    row("recipients a second", &|run| people / run.seconds);
    row("report, seconds", &|run| run.report_seconds);
    table.print();
}
