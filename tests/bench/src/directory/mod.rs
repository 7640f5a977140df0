//! Lists, searches and imports of many contacts, in the embedded world: time, and units of DynamoDB.

mod asks;
mod file;
mod world;

use clap::Args;

use crate::BoxError;
use crate::noise::Noise;
use crate::report::{Report, Table, percentile, rounded};
use asks::{ASKS, Answered};
use world::{Imported, World};

/// 99 of 100 first pages of a list, a search or a filter of one condition, in ms.
const ONE_MS: f64 = 50.0;
/// 99 of 100 pages of a filter of several conditions, in ms.
const COMBINED_MS: f64 = 200.0;
/// What such a page may read: 1 MB, in read units of 8 KB.
const COMBINED_UNITS: f64 = 128.0;
/// How much more first pages may read, all kinds of requests together, when ten times as many contacts are there. One
/// page alone may end half a unit further: DynamoDB rounds.
const GROWTH: f64 = 1.02;
/// Write units of a new line with phone, name, label and consent.
const NEW_LINE: f64 = 9.0;
/// Write units of a line that changes nothing.
const SAME_LINE: f64 = 1.0;
/// Read units of finding out who a known person is that writes.
const KNOWN: f64 = 1.0;

/// Options of `people`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Contacts.
    #[arg(long, default_value_t = 100_000)]
    contacts: usize,
    /// How often each request is made.
    #[arg(long, default_value_t = 200)]
    times: usize,
}

/// What one kind of request cost, with a tenth of the contacts and with all.
struct Asked {
    name: &'static str,
    combined: bool,
    few: Answered,
    many: Answered,
}

/// Runs the bench.
pub(crate) fn run(options: &Options) -> Result<Report, BoxError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let noise = Noise::start();
    let mut report = Report::new("people");
    runtime.block_on(measure(options, &mut report))?;
    report.foreign_cpu(noise.foreign());
    Ok(report)
}

async fn measure(options: &Options, report: &mut Report) -> Result<(), BoxError> {
    let mut world = World::start().await?;
    let tenth = options.contacts / 10;
    eprintln!("import of {tenth} contacts …");
    world.import(file::csv(0, tenth)).await?;
    let few = ask_all(&mut world, options.times).await?;
    eprintln!("import of {} more …", options.contacts - tenth);
    let rest = world.import(file::csv(tenth, options.contacts)).await?;
    let many = ask_all(&mut world, options.times).await?;
    eprintln!("import of what is known already …");
    // One line more makes it another file: the same file would not be read again.
    let same = world.import(file::csv(tenth, options.contacts + 1)).await?;
    let known = known(&mut world, tenth.min(1000)).await?;

    let asked = ASKS.iter().zip(few.into_iter().zip(many));
    let asked = asked.map(|(ask, (few, many))| Asked { name: ask.name, combined: ask.combined, few, many });
    requests(&asked.collect::<Vec<_>>(), report);
    imports(&[("new", &rest), ("known already", &same)], report);
    report.at_most("new_line_write_units", rest.writes(), NEW_LINE);
    report.at_most("known_line_write_units", same.writes(), SAME_LINE);
    report.figure("write_units_of_the_file_itself", rounded(rest.of_the_file()));
    report.at_most("known_person_read_units", known, KNOWN);
    Ok(())
}

async fn ask_all(world: &mut World, times: usize) -> Result<Vec<Answered>, BoxError> {
    let mut all = Vec::new();
    for ask in ASKS {
        all.push(asks::ask(world, ask, times).await?);
    }
    Ok(all)
}

/// Read units of knowing who writes, for people who have written before.
async fn known(world: &mut World, people: usize) -> Result<f64, BoxError> {
    world.writes(people).await?;
    let totals = world.writes(people).await?;
    let of = |kind: &str| totals.read.get(kind).copied().unwrap_or_default();
    println!("\nRead units of {people} messages of known people: {:?}", totals.read);
    Ok((of("identity") + of("profile")) / people as f64)
}

fn requests(asked: &[Asked], report: &mut Report) {
    println!("First pages: ms, and read units with a tenth of the contacts and with all");
    let mut table = Table::new(&["request", "p50", "p99", "units, a tenth", "units, all", "found"]);
    let (mut one, mut combined) = (Vec::new(), Vec::new());
    let (mut few_units, mut many_units, mut most) = (0.0, 0.0, 0.0_f64);
    for asked in asked {
        let [few, many] = [&asked.few, &asked.many].map(|answered| percentile(&answered.units, 1.0));
        table.row(&[
            asked.name.to_owned(),
            format!("{:.1}", percentile(&asked.many.ms, 0.5)),
            format!("{:.1}", percentile(&asked.many.ms, 0.99)),
            format!("{few:.1}"),
            format!("{many:.1}"),
            asked.many.found.to_string(),
        ]);
        if asked.combined {
            combined.push(percentile(&asked.many.ms, 0.99));
            most = most.max(many);
        } else {
            one.push(percentile(&asked.many.ms, 0.99));
            few_units += few;
            many_units += many;
        }
    }
    table.print();
    report.at_most("one_condition_p99_ms", percentile(&one, 1.0), ONE_MS);
    report.at_most("one_condition_growth_of_read_units", many_units / few_units, GROWTH);
    report.at_most("combined_p99_ms", percentile(&combined, 1.0), COMBINED_MS);
    report.at_most("combined_read_units", most, COMBINED_UNITS);
}

fn imports(imports: &[(&str, &Imported)], report: &mut Report) {
    println!("\nImports: write units of a line by kind of item");
    let mut table =
        Table::new(&["lines", "number", "seconds", "units a line", "of these refused", "read units"]);
    for (name, import) in imports {
        let per_line = |units: f64| format!("{:.3}", units / import.lines as f64);
        table.row(&[
            (*name).to_owned(),
            import.lines.to_string(),
            format!("{:.0}", import.seconds),
            per_line(import.totals.writes()),
            per_line(import.totals.refused),
            per_line(import.totals.reads()),
        ]);
        for (kind, units) in &import.totals.written {
            table.row(&[format!("  {kind}"), String::new(), String::new(), per_line(*units)]);
        }
        let key = name.replace(' ', "_");
        report.figure(&format!("{key}_lines_per_second"), rounded(import.lines as f64 / import.seconds));
    }
    table.print();
}
