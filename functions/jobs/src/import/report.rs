//! What became of each line, as a file.

use domain::record::import::LineFault;
use store::LineOutcome;

/// A part of a report.
pub(crate) struct Report(csv::Writer<Vec<u8>>);

impl Report {
    pub(crate) fn new() -> Self {
        let mut report = Self(csv::Writer::from_writer(Vec::new()));
        report.row(["line", "outcome", "contact", "column", "problem"]);
        report
    }

    pub(crate) fn add(&mut self, line: i64, outcome: &Result<LineOutcome, Vec<LineFault>>) {
        let line = line.to_string();
        match outcome {
            Ok(LineOutcome::Created(id)) => self.row([&line, "created", id.as_str(), "", ""]),
            Ok(LineOutcome::Updated(id)) => self.row([&line, "updated", id.as_str(), "", ""]),
            Ok(LineOutcome::Unchanged(id)) => self.row([&line, "unchanged", id.as_str(), "", ""]),
            Ok(LineOutcome::Refused(fault)) => self.fault(&line, fault),
            Err(faults) => faults.iter().for_each(|fault| self.fault(&line, fault)),
        }
    }

    fn fault(&mut self, line: &str, fault: &LineFault) {
        self.row([line, "refused", "", &fault.target, &fault.what]);
    }

    fn row(&mut self, cells: [&str; 5]) {
        // Written to memory: it cannot fail.
        let _ = self.0.write_record(cells);
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0.into_inner().unwrap_or_default()
    }
}
