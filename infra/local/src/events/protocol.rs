//! The AWS JSON 1.1 protocol: a request's target names the action.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::Events;
use super::errors::EventsError;
use super::put::{EventEntry, bus_name};
use super::types::{Bus, Rule, RuleSpec, RuleTarget, bus_arn};
use crate::scheduler::State;

/// What actions about buses, rules and targets ask with.
#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Request {
    name: Option<String>,
    rule: Option<String>,
    event_bus_name: Option<String>,
    description: Option<String>,
    targets: Vec<RuleTarget>,
    ids: Vec<String>,
    name_prefix: String,
    next_token: String,
    limit: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutEvents {
    entries: Vec<EventEntry>,
}

impl Events {
    /// Serves one request of the protocol.
    pub async fn handle(&self, parts: Parts, body: Bytes) -> Response {
        let target = parts.headers.get("x-amz-target").and_then(|it| it.to_str().ok()).unwrap_or_default();
        let action = target.strip_prefix("AWSEvents.").unwrap_or_default();
        match self.answer(action, &body).await {
            Ok(answer) => respond(StatusCode::OK, &answer),
            Err(error) => {
                let status = match &error {
                    EventsError::Storage(error) => {
                        tracing::error!(action, %error, "A request to EventBridge failed");
                        StatusCode::INTERNAL_SERVER_ERROR
                    }
                    _ => StatusCode::BAD_REQUEST,
                };
                respond(status, &json!({"__type": error.name(), "message": error.to_string()}))
            }
        }
    }

    async fn answer(&self, action: &str, body: &[u8]) -> Result<Value, EventsError> {
        if action == "PutEvents" {
            return self.answer_put(parse(body)?).await;
        }
        let request: Request = parse(body)?;
        match action {
            "CreateEventBus" | "DescribeEventBus" | "ListEventBuses" | "DeleteEventBus" => {
                self.answer_about_buses(action, request).await
            }
            "PutTargets" | "RemoveTargets" | "ListTargetsByRule" => {
                self.answer_about_targets(action, request).await
            }
            _ => self.answer_about_rules(action, request, body).await,
        }
    }

    async fn answer_put(&self, request: PutEvents) -> Result<Value, EventsError> {
        let outcomes = self.put_events(request.entries).await?;
        let failed = outcomes.iter().filter(|outcome| outcome.is_err()).count();
        let entries = outcomes.into_iter().map(|outcome| match outcome {
            Ok(id) => json!({"EventId": id}),
            Err((code, message)) => json!({"ErrorCode": code, "ErrorMessage": message}),
        });
        Ok(json!({"FailedEntryCount": failed, "Entries": entries.collect::<Vec<_>>()}))
    }

    async fn answer_about_buses(&self, action: &str, request: Request) -> Result<Value, EventsError> {
        match action {
            "CreateEventBus" => {
                let name = request.name()?;
                self.create_bus(name, request.description.clone()).await?;
                Ok(json!({"EventBusArn": bus_arn(name)}))
            }
            "DescribeEventBus" => {
                self.bus(bus_name(request.name.as_deref())).await.map(|bus| shown_bus(&bus))
            }
            "DeleteEventBus" => self.delete_bus(bus_name(Some(request.name()?))).await.map(|()| json!({})),
            _ => {
                let buses = self.buses(&request.name_prefix, &request.next_token).await?;
                let shown = buses.iter().map(|bus| (bus.name.clone(), shown_bus(bus)));
                request.page("EventBuses", shown.collect())
            }
        }
    }

    async fn answer_about_rules(
        &self,
        action: &str,
        request: Request,
        body: &[u8],
    ) -> Result<Value, EventsError> {
        let bus = bus_name(request.event_bus_name.as_deref());
        match action {
            "PutRule" => {
                let spec: RuleSpec = parse(body)?;
                let rule = self.put_rule(bus, request.name()?, spec).await?;
                Ok(json!({"RuleArn": rule.arn()}))
            }
            "DescribeRule" => self.rule(bus, request.name()?).await.map(|rule| shown_rule(&rule)),
            "EnableRule" => self.set_state(bus, request.name()?, State::Enabled).await.map(|()| json!({})),
            "DisableRule" => self.set_state(bus, request.name()?, State::Disabled).await.map(|()| json!({})),
            "DeleteRule" => self.delete_rule(bus, request.name()?).await.map(|()| json!({})),
            "ListRules" => {
                let rules = self.rules(bus, &request.name_prefix, &request.next_token).await?;
                let shown = rules.iter().map(|rule| (rule.name.clone(), shown_rule(rule)));
                request.page("Rules", shown.collect())
            }
            other => Err(EventsError::UnknownOperation(other.to_owned())),
        }
    }

    async fn answer_about_targets(&self, action: &str, request: Request) -> Result<Value, EventsError> {
        let bus = bus_name(request.event_bus_name.as_deref());
        let rule = request.rule.as_deref().ok_or_else(|| missing("rule"))?;
        match action {
            "PutTargets" => {
                self.put_targets(bus, rule, request.targets).await?;
                Ok(json!({"FailedEntryCount": 0, "FailedEntries": []}))
            }
            "RemoveTargets" => {
                let unknown = self.remove_targets(bus, rule, request.ids).await?;
                let failed = unknown.iter().map(|id| {
                    json!({"TargetId": id, "ErrorCode": "ResourceNotFoundException",
                        "ErrorMessage": format!("Rule {rule} has no target {id}.")})
                });
                let failed: Vec<Value> = failed.collect();
                Ok(json!({"FailedEntryCount": failed.len(), "FailedEntries": failed}))
            }
            _ => {
                let targets = self.targets(bus, rule).await?;
                let after = targets.into_iter().filter(|target| target.id > request.next_token);
                let shown = after.map(|target| (target.id.clone(), json!(target))).collect();
                request.page("Targets", shown)
            }
        }
    }
}

impl Request {
    fn name(&self) -> Result<&str, EventsError> {
        self.name.as_deref().ok_or_else(|| missing("name"))
    }

    fn page(&self, field: &str, mut items: Vec<(String, Value)>) -> Result<Value, EventsError> {
        let limit = self.limit.unwrap_or(100);
        if !(1..=100).contains(&limit) {
            return Err(EventsError::Validation("Limit is from 1 to 100".to_owned()));
        }
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|(place, _)| place.clone());
        let items = items.into_iter().map(|(_, item)| item).collect::<Vec<_>>();
        let mut answer = Map::from_iter([(field.to_owned(), Value::from(items))]);
        if let Some(next) = next {
            answer.insert("NextToken".to_owned(), Value::from(next));
        }
        Ok(Value::Object(answer))
    }
}

fn missing(name: &str) -> EventsError {
    EventsError::Validation(format!(
        "1 validation error detected: Value null at '{name}' failed to satisfy constraint: Member must not be null"
    ))
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, EventsError> {
    serde_json::from_slice(body).map_err(|error| EventsError::Validation(error.to_string()))
}

fn seconds(time: Timestamp) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds fit a double for millennia")]
    let seconds = time.as_millisecond() as f64 / 1000.0;
    json!(seconds)
}

fn shown_bus(bus: &Bus) -> Value {
    let mut answer = json!({"Name": bus.name, "Arn": bus_arn(&bus.name),
        "CreationTime": seconds(bus.created), "LastModifiedTime": seconds(bus.modified)});
    if let Some(description) = &bus.description {
        answer["Description"] = Value::from(description.as_str());
    }
    answer
}

fn shown_rule(rule: &Rule) -> Value {
    let mut answer = json!(rule.spec);
    answer["Name"] = Value::from(rule.name.as_str());
    answer["Arn"] = Value::from(rule.arn());
    answer["EventBusName"] = Value::from(rule.bus.as_str());
    answer
}

fn respond(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.1"));
    if let Ok(id) = HeaderValue::from_str(&uuid::Uuid::new_v4().to_string()) {
        headers.insert("x-amzn-requestid", id);
    }
    response
}
