//! What each kind of event says, by ids.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// What happened to whom.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Data {
    /// `message.received`
    Received(MessageReceived),
    /// `message.status_changed`
    Status(MessageStatusChanged),
    /// `message.failed`
    Failed(MessageFailed),
    /// `message.rejected`
    Rejected(MessageRejected),
    /// `conversation.opened`, `conversation.closed`
    Conversation(ConversationMoved),
    /// `conversation.assigned`
    Assigned(ConversationAssigned),
    /// `contact.created`
    Created(ContactCreated),
    /// `contact.merged`
    Merged(ContactMerged),
    /// `contact.erased`
    Erased(ContactErased),
    /// `consent.changed`
    Consent(ConsentChanged),
    /// `endpoint.test`
    Test(EndpointTest),
}

/// A customer's message. `content` is the message in Meta's own shape.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct MessageReceived {
    /// The message's id, as `GET /v1/messages/{id}` takes it.
    pub message: String,
    /// The conversation's id.
    pub conversation: String,
    /// The person; absent in a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Meta's `phone_number_id` of the number that was written to.
    pub number: String,
    /// Meta's `type`, such as `text`.
    pub kind: String,
    /// Meta's time.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub sent_at: Timestamp,
    /// When it was received.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub received_at: Timestamp,
}

/// A message of ours got on.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct MessageStatusChanged {
    /// The message's id.
    pub message: String,
    /// The conversation's id.
    pub conversation: String,
    /// The person; absent in a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Meta's `phone_number_id` of the number that sent it.
    pub number: String,
    /// What happened: `accepted`, `sent`, `delivered`, `read`, `played`. Events may come in any order.
    pub status: String,
    /// The `callback_id` of the request, if it had one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callback_id: Option<String>,
    /// When.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub at: Timestamp,
}

/// A message of ours failed, at once or later. `content` has Meta's errors in full.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct MessageFailed {
    /// The message's id.
    pub message: String,
    /// The conversation's id.
    pub conversation: String,
    /// The person; absent in a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Meta's `phone_number_id` of the number that was to send it.
    pub number: String,
    /// Meta's error codes, if there are any.
    pub codes: Vec<i64>,
    /// The `callback_id` of the request, if it had one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callback_id: Option<String>,
    /// When.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub at: Timestamp,
}

/// A request to send was not taken. It is kept as a dead letter: whoever puts it back has it tried again.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct MessageRejected {
    /// The dead letter's id.
    pub dead_letter: String,
    /// Who asked, if that could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The asker's `id` of the request, if it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// The `callback_id` of the request, if it had one that could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callback_id: Option<String>,
    /// Why, in words that a person can act on.
    pub reason: String,
    /// When.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub at: Timestamp,
}

/// A conversation was opened or closed.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ConversationMoved {
    /// The conversation's id.
    pub conversation: String,
    /// The person; absent in a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Meta's `phone_number_id`.
    pub number: String,
    /// Who has it: the `sub` of an agent's tokens; `null` if nobody has.
    pub assignee: Option<String>,
    /// The department's id; `null` if it is no department's.
    pub department: Option<String>,
}

/// A conversation changed hands.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ConversationAssigned {
    /// The conversation's id.
    pub conversation: String,
    /// The person; absent in a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Meta's `phone_number_id`.
    pub number: String,
    /// Who has it now; `null` if nobody has.
    pub assignee: Option<String>,
    /// Who had it before; `null` if nobody had.
    pub previous_assignee: Option<String>,
    /// The department's id; `null` if it is no department's.
    pub department: Option<String>,
}

/// There is a record of a person. `content` has names, phone number and username.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ContactCreated {
    /// The person.
    pub contact: String,
    /// What the person is to the company, such as `unknown` or `lead`.
    pub kind: String,
}

/// A record was merged into another.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ContactMerged {
    /// The record that is no more than an alias now.
    pub contact: String,
    /// The record that stands for both.
    pub into: String,
}

/// A person's data were erased: whoever has copies erases them too.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ContactErased {
    /// The person.
    pub contact: String,
}

/// Consent was given or withdrawn.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ConsentChanged {
    /// The person.
    pub contact: String,
    /// For what, such as `marketing`; `all` is everything.
    pub purpose: String,
    /// What was said: `opt_in` or `opt_out`.
    pub choice: Option<String>,
    /// The business portfolio that it was said to.
    pub portfolio: Option<String>,
    /// The only number that it holds for; `null` is every number of the portfolio.
    pub number: Option<String>,
    /// How that is known, such as `keyword` or `agent`.
    pub source: Option<String>,
    /// When.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub at: Timestamp,
}

/// Somebody tries out an endpoint.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct EndpointTest {
    /// The endpoint's id.
    pub endpoint: String,
}
