//! Meta's side and an agent's side, over HTTP.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use local::tokens::Role;
use local::world::{Secrets, World};
use serde_json::Value;

use super::PATIENCE;
use crate::BoxError;
use crate::people::{self, Dice};

/// Posts webhooks and reads the API.
pub(crate) struct Client {
    http: reqwest::Client,
    url: String,
    token: String,
    dice: Mutex<Dice>,
    next: AtomicUsize,
    /// The people's conversations.
    conversations: Vec<String>,
}

impl Client {
    /// Lets so many people write once, and finds their conversations.
    pub(crate) async fn meet_people(world: &World, people: usize) -> Result<Self, BoxError> {
        let mut client = Self {
            http: graph::client().build().expect("a client"),
            url: world.public_url(),
            token: world.token(Role::Admin)?,
            dice: Mutex::new(Dice::new()),
            next: AtomicUsize::new(0),
            conversations: Vec::new(),
        };
        for person in 0..people {
            client.post(person).await?;
        }
        let deadline = Instant::now() + PATIENCE;
        loop {
            let by_phone = client.conversations().await?;
            let found = (0..people).map(|person| by_phone.get(&people::phone(person)).cloned());
            if let Some(all) = found.collect::<Option<Vec<_>>>() {
                client.conversations = all;
                return Ok(client);
            }
            if Instant::now() > deadline {
                return Err("not everybody who wrote has a conversation".into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Posts a message of a person; gives its wamid once the webhook has answered 200.
    pub(crate) async fn post(&self, person: usize) -> Result<String, BoxError> {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        let second = Timestamp::now().as_second();
        let body = {
            let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
            people::webhook(person, n, second, &mut dice)
        };
        let signature = cloud_api::signature::sign(Secrets::APP_SECRET.as_bytes(), &body);
        let post = self.http.post(format!("{}/webhook", self.url)).header("x-hub-signature-256", signature);
        post.body(body).send().await?.error_for_status()?;
        Ok(people::wamid(n))
    }

    /// The wamids of a person's newest messages.
    pub(crate) async fn newest(&self, person: usize) -> Result<HashSet<String>, BoxError> {
        let path = self.messages_of(person)?;
        Ok(wamids(&self.get(&format!("{path}?limit=10")).await?).collect())
    }

    /// The wamids of all of a person's messages.
    pub(crate) async fn all(&self, person: usize) -> Result<HashSet<String>, BoxError> {
        let pages = self.pages(&self.messages_of(person)?).await?;
        Ok(pages.iter().flat_map(wamids).collect())
    }

    fn messages_of(&self, person: usize) -> Result<String, BoxError> {
        let id = self.conversations.get(person).ok_or("somebody without a conversation")?;
        Ok(format!("/v1/conversations/{id}/messages"))
    }

    /// Every conversation by its person's phone.
    async fn conversations(&self) -> Result<HashMap<String, String>, BoxError> {
        let pages = self.pages("/v1/conversations").await?;
        let pair = |row: &Value| {
            Some((row["contact"]["phone"].as_str()?.to_owned(), row["id"].as_str()?.to_owned()))
        };
        Ok(pages.iter().flat_map(items).filter_map(pair).collect())
    }

    async fn pages(&self, path: &str) -> Result<Vec<Value>, BoxError> {
        let (mut pages, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.get(&format!("{path}?limit=100{cursor}")).await?;
            let next = page["next"].as_str().map(str::to_owned);
            pages.push(page);
            match next {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(pages),
            }
        }
    }

    async fn get(&self, path: &str) -> Result<Value, BoxError> {
        let answer = self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.token).send().await?;
        Ok(serde_json::from_slice(&answer.error_for_status()?.bytes().await?)?)
    }
}

fn items(page: &Value) -> impl Iterator<Item = &Value> {
    page["items"].as_array().into_iter().flatten()
}

fn wamids(page: &Value) -> impl Iterator<Item = String> + '_ {
    items(page).filter_map(|message| message["wamid"].as_str().map(str::to_owned))
}
