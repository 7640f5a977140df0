//! Runs: how far a chunk has come, whose it is, and which slots it holds.

use aws_sdk_dynamodb::types::Update;
use cloud_api::PortfolioId;
use domain::campaign::CampaignId;
use domain::campaign::log::Chunk;
use domain::tier::{Bucket, Reservation, Run, RunChange, Turn};
use jiff::Timestamp;

use super::chunks::RUN_THROUGH;
use super::ledger::KeptLedger;
use crate::error::Conditional;
use crate::item::{Get, ms, n, s};
use crate::transact::update_action;
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

/// Which chunk's run.
#[derive(Clone, Copy, Debug)]
pub struct KeptRun<'a> {
    /// The campaign.
    pub campaign: &'a CampaignId,
    /// The chunk.
    pub chunk: Chunk,
    /// How many people are in it.
    pub members: u32,
    /// Whose limit its slots are of.
    pub portfolio: &'a PortfolioId,
}

impl Store {
    /// How far a chunk has come, consistently read.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn run(&self, campaign: &CampaignId, chunk: Chunk) -> Result<Run, StoreError> {
        let item = self.get(&self.tables.campaigns, &keys::run(campaign, chunk), true).await?;
        match item.as_ref().and_then(|item| item.text("rn")) {
            Some(text) => read_run(text).ok_or(StoreError::Corrupt("a run")),
            None => Ok(Run::default()),
        }
    }

    /// Writes a step of a run, together with the slots that it takes from, or gives back to, the ledger as it was read. `false` if the run, or the ledger, is
    /// not as it was read: then both are read again. A write that was made although its answer was lost counts as made.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn write_run(
        &self,
        of: KeptRun<'_>,
        change: &RunChange,
        ledger: Option<&KeptLedger>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (pk, sk) = keys::run(of.campaign, of.chunk);
        let update = Update::builder()
            .table_name(&self.tables.campaigns)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .update_expression(expression(change))
            .expression_attribute_values(":run", s(write_run(change.to)))
            .expression_attribute_values(":members", n(of.members.into()))
            .expression_attribute_values(":now", ms(now))
            .expression_attribute_values(":run_seen", s(write_run(change.from)))
            .expression_attribute_values(":run_new", s(write_run(Run::default())));
        let mut actions = vec![update_action(update.under(Condition::RunUnchanged))];
        if let Some(slots) = &change.ledger {
            let ledger = ledger.ok_or(StoreError::Corrupt("slots without their ledger"))?;
            actions.push(update_action(self.ledger_update(of.portfolio, ledger, slots)));
        }
        let written = match actions.len() {
            // Alone, it costs half of what it costs in a transaction.
            1 => self.write_run_alone(of, change, now).await,
            _ => self.transact(actions).await,
        };
        match written {
            Ok(Conditional::Written) => Ok(true),
            Ok(Conditional::Refused(())) | Err(StoreError::Contended) => {
                Ok(change.was_written(self.run(of.campaign, of.chunk).await?))
            }
            Err(error) => Err(error),
        }
    }

    async fn write_run_alone(
        &self,
        of: KeptRun<'_>,
        change: &RunChange,
        now: Timestamp,
    ) -> Result<Conditional<()>, StoreError> {
        let (pk, sk) = keys::run(of.campaign, of.chunk);
        let condition = Condition::RunUnchanged;
        let update = self
            .client
            .update_item()
            .table_name(&self.tables.campaigns)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .update_expression(expression(change))
            .under(condition)
            .expression_attribute_values(":run", s(write_run(change.to)))
            .expression_attribute_values(":members", n(of.members.into()))
            .expression_attribute_values(":now", ms(now))
            .expression_attribute_values(":run_seen", s(write_run(change.from)))
            .expression_attribute_values(":run_new", s(write_run(Run::default())));
        let written = crate::outbound::written(update).await?;
        Ok(if written { Conditional::Written } else { Conditional::Refused(()) })
    }
}

/// Whoever finishes a chunk says when: that is what its campaign looks for.
fn expression(change: &RunChange) -> String {
    let through = if change.to.released { format!(", {RUN_THROUGH} = :now") } else { String::new() };
    format!("SET rn = :run, mb = :members, hb = :now{through}")
}

/// `<bucket>.<from>.<people>|<started>|<turn>|<released>`, with `-` for what is not there: one attribute, so that one
/// comparison says that nothing of it changed.
fn write_run(run: Run) -> String {
    let reservation = run.reservation.map_or_else(
        || "-".to_owned(),
        |slots| format!("{}.{}.{}", slots.bucket.number(), slots.from, slots.people),
    );
    let turn = run.turn.map_or_else(|| "-".to_owned(), |Turn(turn)| turn.to_string());
    format!("{reservation}|{}|{turn}|{}", run.started, u8::from(run.released))
}

pub(crate) fn read_run(text: &str) -> Option<Run> {
    let parts: Vec<&str> = text.split('|').collect();
    let &[reservation, started, turn, released] = parts.as_slice() else { return None };
    let reservation = match reservation {
        "-" => None,
        text => {
            let mut parts = text.split('.');
            let bucket = Bucket::numbered(parts.next()?.parse().ok()?);
            Some(Reservation {
                bucket,
                from: parts.next()?.parse().ok()?,
                people: parts.next()?.parse().ok()?,
            })
        }
    };
    let turn = if turn == "-" { None } else { Some(Turn(turn.parse().ok()?)) };
    Some(Run { reservation, started: started.parse().ok()?, turn, released: released == "1" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_read_as_it_was_written() {
        let reservation = Some(Reservation { bucket: Bucket::numbered(1_994_880), from: 25, people: 75 });
        let runs = [
            Run::default(),
            Run { reservation, started: 50, turn: Some(Turn(u64::MAX)), released: false },
            Run { reservation: None, started: 100, turn: Some(Turn(7)), released: true },
        ];
        for run in runs {
            assert_eq!(read_run(&write_run(run)), Some(run));
        }
        assert_eq!(read_run("-|x|-|0"), None);
    }
}
