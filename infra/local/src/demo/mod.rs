//! A company to try the program out with: Electro Ávila sells and repairs household appliances from three numbers.
//!
//! It lives through its last week while the program starts: the world's clock begins a week ago, people write to the simulated
//! WhatsApp, the team works over the API, a campaign runs, and then it is now. Nothing is written past the functions, so what
//! one sees is what the functions make of such a week.

mod campaigns;
mod company;
mod customers;
mod desk;
mod history;
mod people;
mod samples;
mod script;
mod templates;
mod writing;

use std::time::Duration;

use crate::lambda::BoxError;
use crate::sim::{ControlError, Sim};
use crate::world::World;
use desk::Office;
use history::History;

pub use people::{Person, TEAM, find};

/// How long before now the company moves in.
pub const WEEK: Duration = Duration::from_secs(150 * 3_600);

/// Why the demo company did not move in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// The API said no.
    #[error("{what} answers {status}: {why}")]
    Refused {
        /// What was asked.
        what: String,
        /// The answer's status.
        status: u16,
        /// The answer.
        why: String,
    },
    /// The simulated WhatsApp said no.
    #[error("the simulator refuses: {}", .0.reason)]
    Simulator(ControlError),
    /// A script.
    #[error(transparent)]
    Script(#[from] script::Unreadable),
    /// The network within this machine.
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    /// A token.
    #[error(transparent)]
    Token(#[from] jsonwebtoken::errors::Error),
    /// Something that should be there by then.
    #[error("there is no {0}")]
    Missing(String),
}

impl From<ControlError> for Trouble {
    fn from(error: ControlError) -> Self {
        Self::Simulator(error)
    }
}

/// Lets a company live through the week that the world's clock is behind, and sets the clock right.
pub(crate) async fn move_in(world: &World) -> Result<(), BoxError> {
    let Some(sim) = &world.sim else { return Ok(()) };
    let lived = live(world, sim).await;
    // Whatever became of it, from here on it is now.
    world.clock.forward(world.clock.behind());
    world.settle().await;
    Ok(lived?)
}

async fn live(world: &World, sim: &Sim) -> Result<(), Trouble> {
    let mut scripts = script::read(include_str!("scripts/ventas.txt"))?;
    scripts.extend(script::read(include_str!("scripts/servicio.txt"))?);
    scripts.extend(script::read(include_str!("scripts/export.txt"))?);
    let more = customers::more();
    let office = Office::new(world)?;
    company::at_whatsapp(sim)?;
    customers::at_whatsapp(sim, &scripts, &more)?;
    company::settle(&office).await?;
    office.rest().await;
    company::settle_numbers(&office).await?;
    let list = customers::import(&office, &scripts, &more).await?;
    office.rest().await;
    let mut history = History::new(&office, sim, scripts, company::labels(&office).await?);
    history.until(campaigns::STARTED).await?;
    let campaign = campaigns::run(&office, &list).await?;
    campaigns::answers(&office, sim, &more).await?;
    history.until(campaigns::SCHEDULED).await?;
    campaigns::after(&office, &campaign, &list).await?;
    history.until(Duration::ZERO).await
}
