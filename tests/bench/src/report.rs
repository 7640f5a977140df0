//! What a bench says: a table for people, one line of JSON for programs, and whether its targets hold.

use std::process::ExitCode;

use serde_json::{Map, Value, json};

use crate::noise::DOUBTFUL;

/// A figure with a target.
#[derive(Debug)]
struct Check {
    name: String,
    value: f64,
    target: f64,
    /// Whether more is better.
    at_least: bool,
}

impl Check {
    fn holds(&self) -> bool {
        // A figure that is no number misses every target.
        if self.at_least { self.value >= self.target } else { self.value <= self.target }
    }
}

/// Figures, targets, and how to print them.
#[derive(Debug)]
pub(crate) struct Report {
    bench: &'static str,
    figures: Map<String, Value>,
    checks: Vec<Check>,
    foreign: Option<f64>,
}

impl Report {
    /// An empty report.
    pub(crate) fn new(bench: &'static str) -> Self {
        Self { bench, figures: Map::new(), checks: Vec::new(), foreign: None }
    }

    /// Notes a figure.
    pub(crate) fn figure(&mut self, name: &str, value: impl Into<Value>) {
        self.figures.insert(name.to_owned(), value.into());
    }

    /// Notes a figure that must not be above its target.
    pub(crate) fn at_most(&mut self, name: &str, value: f64, target: f64) {
        self.check(name, value, target, false);
    }

    /// Notes a figure that must not be below its target.
    pub(crate) fn at_least(&mut self, name: &str, value: f64, target: f64) {
        self.check(name, value, target, true);
    }

    fn check(&mut self, name: &str, value: f64, target: f64, at_least: bool) {
        self.figure(name, rounded(value));
        self.checks.push(Check { name: name.to_owned(), value, target, at_least });
    }

    /// Notes how much of the CPU others had while a figure was taken. The worst one is kept.
    pub(crate) fn foreign_cpu(&mut self, share: Option<f64>) {
        self.foreign = self.foreign.into_iter().chain(share).reduce(f64::max);
    }

    /// Prints the targets and, as the last line, everything as JSON.
    pub(crate) fn print(mut self) -> ExitCode {
        let holds = self.checks.iter().all(Check::holds);
        println!("\nTargets");
        let mut table = Table::new(&["figure", "value", "target", "holds"]);
        let mut targets = Map::new();
        for check in &self.checks {
            let target = format!("{} {}", if check.at_least { "≥" } else { "≤" }, check.target);
            let word = if check.holds() { "yes" } else { "NO" };
            table.row(&[check.name.clone(), format!("{:.3}", check.value), target, word.to_owned()]);
            let bound = if check.at_least { "at_least" } else { "at_most" };
            targets.insert(check.name.clone(), json!({ bound: check.target, "holds": check.holds() }));
        }
        table.print();
        if let Some(share) = self.foreign {
            let word = if share > DOUBTFUL { "above 5 %: timings are doubtful" } else { "quiet enough" };
            println!("Foreign CPU {:.1} % ({word})", share * 100.0);
            self.figures.insert("foreign_cpu".to_owned(), rounded(share));
        }
        println!(
            "{}",
            json!({ "bench": self.bench, "figures": self.figures, "targets": targets, "holds": holds })
        );
        if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// A number with three decimals.
pub(crate) fn rounded(value: f64) -> Value {
    json!((value * 1000.0).round() / 1000.0)
}

/// A table on the terminal: the first column to the left, the others to the right.
#[derive(Debug)]
pub(crate) struct Table(Vec<Vec<String>>);

impl Table {
    /// A table with these heads.
    pub(crate) fn new(heads: &[&str]) -> Self {
        Self(vec![heads.iter().map(|head| (*head).to_owned()).collect()])
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: &[String]) {
        self.0.push(cells.to_vec());
    }

    /// Prints it.
    pub(crate) fn print(&self) {
        let columns = self.0.iter().map(Vec::len).max().unwrap_or(0);
        let cell = |row: &Vec<String>, column: usize| row.get(column).cloned().unwrap_or_default();
        let width =
            |column| self.0.iter().map(|row| cell(row, column).chars().count()).max().unwrap_or_default();
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in &self.0 {
            let mut line = String::from(" ");
            for (column, width) in widths.iter().enumerate() {
                let text = cell(row, column);
                let padded =
                    if column == 0 { format!(" {text:<width$}") } else { format!("  {text:>width$}") };
                line.push_str(&padded);
            }
            println!("{}", line.trim_end());
        }
    }
}

/// The value below which this share of the values lies. `values` need not be sorted.
pub(crate) fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let index = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(index.clamp(1, sorted.len().max(1)) - 1).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_that_is_no_number_misses_its_target() {
        let mut report = Report::new("x");
        report.at_most("a", f64::NAN, 1.0);
        report.at_least("b", f64::NAN, 1.0);
        assert!(!report.checks[0].holds() && !report.checks[1].holds());
    }

    #[test]
    fn a_percentile_is_a_value_that_was_measured() {
        let values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!((percentile(&values, 0.5), percentile(&values, 0.99)), (50.0, 99.0));
        assert_eq!(percentile(&[7.0], 0.99), 7.0);
        assert!(percentile(&[], 0.5).is_nan());
    }
}
