//! The gateway's routes: who may connect, who came and went, and what clients say.

use domain::ConversationId;
use domain::realtime::{Viewer, What};
use serde_json::{Value, json};
use store::{Connection, StoreError};
use tracing::debug;

use crate::frame::{Frame, Said};
use crate::{Realtime, RealtimeError};

impl Realtime {
    /// The authorizer: takes the ticket, and says whose connection it is. Of two who come with one ticket the second is
    /// refused, and so is who left meanwhile.
    pub(crate) async fn authorize(&self, event: &Value) -> Result<Value, RealtimeError> {
        let arn = event["methodArn"].as_str().ok_or(RealtimeError::Unknown)?;
        let text = event["queryStringParameters"]["ticket"].as_str().unwrap_or_default();
        let ticket = match text {
            "" => None,
            text => self.store.take_ticket(text, self.kit.clock.now()).await?,
        };
        let directory = self.directory().await?;
        let ticket = ticket.filter(|ticket| directory.viewer(&ticket.agent, &ticket.role).is_some());
        let effect = if ticket.is_some() { "Allow" } else { "Deny" };
        let (agent, role) = match &ticket {
            Some(ticket) => (ticket.agent.as_str(), ticket.role.as_str()),
            None => ("nobody", ""),
        };
        Ok(json!({
            "principalId": agent,
            "policyDocument": {
                "Version": "2012-10-17",
                "Statement": [{ "Action": "execute-api:Invoke", "Effect": effect, "Resource": arn }],
            },
            "context": { "agent": agent, "role": role },
        }))
    }

    /// A connection comes, goes, or says something.
    pub(crate) async fn route(&self, event: &Value) -> Result<Value, RealtimeError> {
        let context = &event["requestContext"];
        let id = context["connectionId"].as_str().ok_or(RealtimeError::Unknown)?;
        match context["eventType"].as_str() {
            Some("CONNECT") => self.connected(id, &context["authorizer"]).await?,
            Some("DISCONNECT") => self.forget(id).await,
            Some("MESSAGE") => self.said(id, event["body"].as_str().unwrap_or_default()).await?,
            _ => return Err(RealtimeError::Unknown),
        }
        Ok(json!({ "statusCode": 200 }))
    }

    async fn connected(&self, id: &str, authorizer: &Value) -> Result<(), RealtimeError> {
        let agent = authorizer["agent"].as_str().and_then(domain::agent::AgentId::new);
        let connection = Connection {
            id: id.to_owned(),
            agent: agent.ok_or(RealtimeError::Unknown)?,
            role: authorizer["role"].as_str().unwrap_or_default().to_owned(),
            since: self.kit.clock.now(),
            open: None,
            members: Vec::new(),
        };
        Ok(self.store.connect(&connection).await?)
    }

    async fn said(&self, id: &str, body: &str) -> Result<(), StoreError> {
        // A connection that nobody knows hears nothing: its client has to come again.
        let Some(connection) = self.store.connection(id).await? else {
            self.end(id).await;
            return Ok(());
        };
        let directory = self.directory().await?;
        let Some(viewer) = directory.viewer(&connection.agent, &connection.role) else {
            self.end(id).await;
            return Ok(());
        };
        match serde_json::from_str(body) {
            Ok(Said::Ping) => self.push(id, &[Frame::Pong.text()]).await,
            Ok(Said::Open { conversation }) => self.open(&connection, &viewer, conversation).await?,
            Ok(Said::Close) => self.close(&connection).await?,
            Ok(Said::Typing { conversation, what }) => self.typing(&connection, &conversation, &what).await?,
            // An older or a newer client, most likely. What it said is not written down.
            Err(_) => debug!("A client said what nobody understands"),
        }
        Ok(())
    }

    /// Puts a conversation on the screen in the place of the one before.
    async fn open(&self, connection: &Connection, viewer: &Viewer, asked: String) -> Result<(), StoreError> {
        let Ok(id) = asked.parse::<ConversationId>() else { return Ok(()) };
        let thread = self.store.thread(&id).await?;
        if !self.sees(viewer, &thread.root).await? {
            self.close(connection).await?;
            self.push_gone(&connection.id, asked).await;
            return Ok(());
        }
        if !self.store.watch(connection, Some(&thread), self.kit.clock.now()).await? {
            self.end(&connection.id).await;
            return Ok(());
        }
        // Who hears who is there knows that nothing is missed from here on.
        self.tell_presence(&thread.root, None).await;
        match &connection.open {
            Some(before) if *before != thread.root => self.tell_presence(before, None).await,
            _ => {}
        }
        Ok(())
    }

    async fn close(&self, connection: &Connection) -> Result<(), StoreError> {
        let Some(before) = &connection.open else { return Ok(()) };
        self.store.watch(connection, None, self.kit.clock.now()).await?;
        self.tell_presence(before, None).await;
        Ok(())
    }

    /// Tells the others what somebody does in the conversation on the screen. About any other one nobody is told.
    async fn typing(&self, connection: &Connection, asked: &str, what: &str) -> Result<(), StoreError> {
        let (Some(open), Some(what)) = (&connection.open, What::from_word(what)) else { return Ok(()) };
        let is_open = asked.parse().is_ok_and(|id| connection.members.contains(&id));
        if is_open && self.store.watcher_does(open, &connection.id, what, self.kit.clock.now()).await? {
            self.tell_presence(open, Some(&connection.id)).await;
        }
        Ok(())
    }

    /// Whether somebody sees a conversation now: by its number; and only where that hides it, by whose it is.
    pub(crate) async fn sees(&self, viewer: &Viewer, root: &ConversationId) -> Result<bool, StoreError> {
        let directory = self.directory_with([&root.number]).await?;
        let Some(sight) = directory.sight(viewer).filter(|sight| sight.hides(&root.number)) else {
            return Ok(true);
        };
        let handling = self.store.state(root).await?.map(|state| state.handling).unwrap_or_default();
        Ok(sight.shows(&root.number, handling.assignee.as_ref(), handling.department.as_ref()))
    }
}
