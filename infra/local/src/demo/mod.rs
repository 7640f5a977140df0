//! A company to try the program out with: Electro Ávila sells and repairs household appliances from three numbers.
//!
//! It lives through its last week while the program starts: the world's clock begins a week ago, people write to the simulated
//! WhatsApp, the team works over the API, a campaign runs, and then it is now. Nothing is written past the functions, so what
//! one sees is what the functions make of such a week. Only of the two months before that, reports have sums of their own.

mod campaigns;
mod company;
mod customers;
mod desk;
mod earlier;
mod history;
mod people;
mod samples;
mod script;
mod templates;
mod writing;

use std::time::Duration;

use serde_json::json;

use crate::lambda::BoxError;
use crate::sim::{ControlError, Sim};
use crate::world::World;
use desk::Office;
use history::History;

pub use people::{Person, TEAM, find};

/// How long before now the company moves in.
pub const WEEK: Duration = Duration::from_secs(150 * 3_600);

/// How long a newcomer waits for it, on however slow a machine: then the company is what it has become by then.
const PATIENCE: Duration = Duration::from_secs(120);

/// From when on webhooks are posted one by one again.
const LATELY: Duration = Duration::from_secs(300);

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
    /// The machine.
    #[error("its week took longer than {} s", PATIENCE.as_secs())]
    TooSlow,
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
    tracing::info!(
        "A demo company moves in and lives through a week, which takes about a minute; --empty begins without it"
    );
    let office = Office::new(world).map_err(BoxError::from)?;
    earlier::add(world, world.clock.now()).await?;
    let lived = tokio::time::timeout(PATIENCE, live(&office, sim)).await;
    // Whatever became of it, from here on it is now.
    world.clock.forward(world.clock.behind());
    sim.clear_faults().map_err(Trouble::from)?;
    let list = lived.map_err(|_| Trouble::TooSlow)??;
    // Nobody waits for these: they are read while the program is ready.
    customers::import(&office, &[], &customers::more()[customers::EARLY..], &list).await?;
    Ok(earlier::count(world).await?)
}

/// The week; gives the list of customers.
async fn live(office: &Office<'_>, sim: &Sim) -> Result<String, Trouble> {
    let mut scripts = script::read(include_str!("scripts/ventas.txt"))?;
    scripts.extend(script::read(include_str!("scripts/servicio.txt"))?);
    scripts.extend(script::read(include_str!("scripts/export.txt"))?);
    let more = customers::more();
    company::at_whatsapp(sim)?;
    customers::at_whatsapp(sim, &scripts, &more)?;
    // Meta tells of many things at once: a week of one post each would take a newcomer's patience.
    sim.add_faults(json!({ "webhooks": { "batch": 200, "merge": true, "max_wait_ms": 4_500 } }))?;
    company::settle(office).await?;
    office.rest().await;
    tracing::info!("The demo company has a team");
    company::settle_numbers(office).await?;
    let early = &more[..customers::EARLY];
    let list = customers::list(office).await?;
    customers::import(office, &scripts, early, &list).await?;
    office.rest().await;
    tracing::info!("The demo company has customers");
    let mut history = History::new(office, sim, scripts, company::labels(office).await?);
    history.until(campaigns::STARTED).await?;
    let campaign = campaigns::run(office, &list).await?;
    tracing::info!("The demo company's campaign has gone out");
    campaigns::answers(office, sim, early).await?;
    tracing::info!("The demo company's campaign has been answered");
    history.until(campaigns::SCHEDULED).await?;
    campaigns::after(office, &campaign, &list).await?;
    history.until(LATELY).await?;
    sim.clear_faults()?;
    history.until(Duration::ZERO).await?;
    Ok(list)
}
