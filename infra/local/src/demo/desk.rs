//! Somebody of the team at their desk: asks the API as the console does.

use reqwest::{Client, Method};
use serde_json::Value;

use super::Trouble;
use super::people::{Person, TEAM};
use crate::tokens::Claims;
use crate::world::World;

/// Everybody's desk.
pub(super) struct Office<'w> {
    pub(super) world: &'w World,
    http: Client,
}

impl<'w> Office<'w> {
    pub(super) fn new(world: &'w World) -> Result<Self, Trouble> {
        // Whatever proxy this machine has, the world is not behind it.
        Ok(Self { world, http: graph::client().no_proxy().build()? })
    }

    pub(super) fn http(&self) -> &Client {
        &self.http
    }

    /// Waits until everything that can happen now has happened, at WhatsApp as well.
    pub(super) async fn rest(&self) {
        loop {
            self.world.settle().await;
            // A function that waits for the clock is not done: moved on by hours, its time would run out.
            if !self.world.sim.as_ref().is_some_and(crate::sim::Sim::is_posting) && !self.world.is_working() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    }

    /// Lets some time pass, but no more than there is until now.
    pub(super) async fn pass(&self, by: std::time::Duration) {
        self.world.clock.forward(by.min(self.world.clock.behind()));
        self.rest().await;
    }

    /// Moves the world's clock on to a time; what falls due meanwhile happens then.
    pub(super) async fn forward_to(&self, time: jiff::Timestamp) {
        let by = time.duration_since(self.world.clock.now());
        let by = std::time::Duration::try_from(by).unwrap_or_default();
        if !by.is_zero() {
            self.world.clock.forward(by);
            self.rest().await;
        }
    }

    /// The desk of a member of the team; the first one's for a name that nobody has.
    pub(super) fn desk(&self, name: &str) -> Result<Desk<'_>, Trouble> {
        let person: &Person = super::find(name).unwrap_or(&TEAM[0]);
        // A new one each time: the clock is moved on by hours.
        let claims = Claims { sub: person.id.to_owned(), role: person.role, numbers: None };
        Ok(Desk { office: self, token: self.world.token_for(claims)? })
    }
}

/// One person's desk.
pub(super) struct Desk<'o> {
    office: &'o Office<'o>,
    token: String,
}

impl Desk<'_> {
    pub(super) async fn get(&self, path: &str) -> Result<Value, Trouble> {
        self.ask(Method::GET, path, None).await
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> Result<Value, Trouble> {
        self.ask(Method::POST, path, Some(body)).await
    }

    pub(super) async fn put(&self, path: &str, body: Value) -> Result<Value, Trouble> {
        self.ask(Method::PUT, path, Some(body)).await
    }

    pub(super) async fn patch(&self, path: &str, body: Value) -> Result<Value, Trouble> {
        self.ask(Method::PATCH, path, Some(body)).await
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, Trouble> {
        let url = format!("{}{path}", self.office.world.public_url());
        let request = self.office.http.request(method.clone(), url).bearer_auth(&self.token);
        let request = match &body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = request.send().await?;
        let status = answer.status();
        let bytes = answer.bytes().await?;
        if status.is_success() {
            return Ok(serde_json::from_slice(&bytes).unwrap_or_default());
        }
        let why = String::from_utf8_lossy(&bytes).into_owned();
        Err(Trouble::Refused { what: format!("{method} {path}"), status: status.as_u16(), why })
    }
}
