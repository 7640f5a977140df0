//! What the console hears at once, over its WebSocket.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

mod away;
mod connecting;
mod deaths;
mod lists;
mod presence;
mod rights;
mod samples;
mod screen;

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::Stage;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::access::{Who, ask};

/// Nothing that is on its way takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A client of the WebSocket.
pub(crate) struct Tab {
    socket: WebSocketStream<TcpStream>,
    /// What was heard and not asked for yet.
    heard: Vec<Value>,
}

/// A ticket, bought with somebody's token.
pub(crate) async fn ticket(stage: &Stage, who: &Who) -> Value {
    let answer = ask(stage, who, (Method::POST, "/v1/realtime/ticket"), None, None).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    answer.body
}

impl Tab {
    /// Somebody opens the console.
    pub(crate) async fn of(stage: &Stage, who: &Who) -> Self {
        let ticket = ticket(stage, who).await;
        Self::with(stage, ticket["ticket"].as_str().unwrap()).await.unwrap()
    }

    /// Connects with a ticket; the status of a refusal.
    pub(crate) async fn with(stage: &Stage, ticket: &str) -> Result<Self, u16> {
        let url = format!("ws://{}/realtime?ticket={ticket}", stage.world.public);
        Self::at(stage, &url).await
    }

    pub(crate) async fn at(stage: &Stage, url: &str) -> Result<Self, u16> {
        let stream = TcpStream::connect(stage.world.public).await.unwrap();
        match client_async(url, stream).await {
            Ok((socket, _)) => Ok(Self { socket, heard: Vec::new() }),
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) async fn says(&mut self, what: Value) {
        self.socket.send(Message::Text(what.to_string().into())).await.unwrap();
    }

    /// The next frame; `None` at the end.
    async fn next(&mut self) -> Option<Value> {
        loop {
            let frame = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("a frame in time");
            match frame {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// Waits for the next frame of a type; what comes before it is kept.
    pub(crate) async fn hears(&mut self, kind: &str) -> Value {
        if let Some(at) = self.heard.iter().position(|frame| frame["type"] == kind) {
            return self.heard.remove(at);
        }
        loop {
            let frame = self.next().await.unwrap_or_else(|| panic!("the connection ended before {kind}"));
            if frame["type"] == kind {
                return frame;
            }
            self.heard.push(frame);
        }
    }

    /// Everything that was on its way, in order. The answer to a ping comes after it.
    pub(crate) async fn all(&mut self) -> Vec<Value> {
        self.says(json!({ "action": "ping" })).await;
        loop {
            let frame = self.next().await.expect("the connection stands");
            if frame["type"] == "pong" {
                return std::mem::take(&mut self.heard);
            }
            self.heard.push(frame);
        }
    }

    /// Everything of one type that was on its way; the rest is dropped.
    pub(crate) async fn all_of(&mut self, kind: &str) -> Vec<Value> {
        self.all().await.into_iter().filter(|frame| frame["type"] == kind).collect()
    }

    /// Puts a conversation on the screen, and waits until it is there.
    pub(crate) async fn opens(&mut self, conversation: &str) {
        self.says(json!({ "action": "open", "conversation": conversation })).await;
        let heard = self.hears("presence").await;
        assert_eq!(heard["conversation"], conversation);
    }

    /// Waits for the end of the connection.
    pub(crate) async fn ends(&mut self) {
        while self.next().await.is_some() {}
    }
}

/// The id of a person's only conversation, by the name.
pub(crate) async fn conversation_of(stage: &Stage, name: &str) -> String {
    let rows = stage.all("/v1/conversations").await;
    let row = rows.iter().find(|row| row["contact"]["profile_name"] == name);
    row.unwrap_or_else(|| panic!("{name} has no conversation"))["id"].as_str().unwrap().to_owned()
}

/// Ada has written, and what that told is over.
pub(crate) async fn with_ada(stage: &Stage) -> (String, String) {
    let ada = stage.person("Ada Fern", "15550109981", json!({}));
    stage.writes(&ada, "Is the blue kettle back?");
    stage.pass(5).await;
    (ada, conversation_of(stage, "Ada Fern").await)
}
