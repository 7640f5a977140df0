//! What Meta says of the company's numbers and accounts: limits, names, restrictions, bans.

use cloud_api::WabaId;
use cloud_api::webhook::event::Event;
use domain::number::facts::Update;
use domain::number::told::{About, Told, same_number, told_by};
use jiff::Timestamp;
use lambda_kit::{Failure, PackItem};
use store::{Number, Subject};
use tracing::info;

use crate::{Inbound, failure};

impl Inbound {
    /// Folds what an event says into the facts of whom it is about. The event itself is kept before. Whether it says
    /// anything of numbers or accounts.
    pub(crate) async fn note_numbers(&self, item: &PackItem, event: &Event) -> Result<bool, Failure> {
        // Meta's time. Without one nobody can say what is newer, so that it counts as of when it came.
        let at = item.item.time.and_then(|seconds| Timestamp::from_second(seconds).ok());
        let Some(told) = told_by(event, at.unwrap_or(item.received_at)) else { return Ok(false) };
        let waba = WabaId::new(item.item.waba.as_ref());
        self.note_told(&waba, told).await.map(|()| true)
    }

    async fn note_told(&self, waba: &WabaId, told: Told) -> Result<(), Failure> {
        match told.about {
            About::NamedWaba(named) => self.note(Subject::Waba(&named), &told.updates).await,
            About::Waba => self.note(Subject::Waba(waba), &told.updates).await,
            About::WabaAndNumbers => {
                self.note(Subject::Waba(waba), &told.updates).await?;
                for number in self.numbers_of(waba).await? {
                    self.note(Subject::Number(&number.id), &told.updates).await?;
                }
                Ok(())
            }
            About::Number(display) => {
                let is_it = |number: &Number| {
                    number.display.as_deref().is_some_and(|known| same_number(known, &display))
                };
                match self.numbers_of(waba).await?.into_iter().find(is_it) {
                    Some(number) => self.note(Subject::Number(&number.id), &told.updates).await,
                    None => {
                        // A number that nobody has seen: whoever asks for the WABA's numbers next finds it.
                        info!(waba.id = %waba, "Meta tells of a number that is not in the directory");
                        self.store.meet_waba(waba, self.kit.clock.now()).await.map_err(failure)
                    }
                }
            }
        }
    }

    async fn numbers_of(&self, waba: &WabaId) -> Result<Vec<Number>, Failure> {
        let mut numbers = self.store.numbers().await.map_err(failure)?;
        numbers.retain(|number| number.waba.as_ref() == Some(waba));
        Ok(numbers)
    }

    async fn note(&self, subject: Subject<'_>, updates: &[Update]) -> Result<(), Failure> {
        self.store.note_facts(subject, updates, self.kit.clock.now()).await.map(drop).map_err(failure)
    }
}
