//! The REST protocol: method and path name the operation, the body is JSON, times are seconds since 1970.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, header};
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::errors::SchedulerError;
use super::types::{Schedule, ScheduleGroup, ScheduleSpec, State, group_arn, schedule_arn};
use super::verbs::ListSchedules;
use super::{DEFAULT_GROUP, Scheduler};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ScheduleRequest {
    group_name: Option<String>,
    client_token: Option<String>,
    #[serde(flatten)]
    spec: ScheduleSpec,
}

/// Parameters of the query.
struct Query(BTreeMap<String, String>);

impl Scheduler {
    /// Whether a path is one of the protocol's.
    #[must_use]
    pub fn knows(path: &str) -> bool {
        matches!(path.split('/').nth(1), Some("schedules" | "schedule-groups"))
    }

    /// Serves one request of the protocol.
    pub async fn handle(&self, parts: Parts, body: Bytes) -> Response {
        match self.answer(&parts, &body).await {
            Ok(answer) => respond(StatusCode::OK, &answer),
            Err(error) => {
                if let SchedulerError::Storage(error) = &error {
                    tracing::error!(%error, "A request to the scheduler failed");
                }
                let mut response = respond(error.status(), &json!({"Message": error.to_string()}));
                let name = HeaderValue::from_static(error.name());
                response.headers_mut().insert("x-amzn-errortype", name);
                response
            }
        }
    }

    async fn answer(&self, parts: &Parts, body: &[u8]) -> Result<Value, SchedulerError> {
        let query = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let query = Query(query.into_owned().collect());
        let path = parts.uri.path().trim_start_matches('/').split('/').map(|part| {
            let decoded = percent_encoding::percent_decode_str(part).decode_utf8();
            decoded
                .map(std::borrow::Cow::into_owned)
                .map_err(|error| SchedulerError::Validation(error.to_string()))
        });
        let path = path.collect::<Result<Vec<_>, _>>()?;
        match path.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["schedules"] if parts.method == Method::GET => self.answer_list(&query).await,
            ["schedules", name] => self.answer_schedule(&parts.method, name, &query, body).await,
            ["schedule-groups"] if parts.method == Method::GET => self.answer_groups(&query).await,
            ["schedule-groups", name] => self.answer_group(&parts.method, name).await,
            _ => Err(SchedulerError::UnknownOperation),
        }
    }

    async fn answer_schedule(
        &self,
        method: &Method,
        name: &str,
        query: &Query,
        body: &[u8],
    ) -> Result<Value, SchedulerError> {
        let group = query.get("groupName").unwrap_or(DEFAULT_GROUP);
        match *method {
            Method::GET => self.get(group, name).await.map(|schedule| shown(&schedule)),
            Method::DELETE => self.delete(group, name).await.map(|()| json!({})),
            Method::POST | Method::PUT => {
                let request: ScheduleRequest = parse(body)?;
                let group = request.group_name.as_deref().unwrap_or(DEFAULT_GROUP);
                let place = (group, name);
                if *method == Method::POST {
                    self.create(place, request.spec, request.client_token).await?;
                } else {
                    self.update(place, request.spec).await?;
                }
                Ok(json!({"ScheduleArn": schedule_arn(group, name)}))
            }
            _ => Err(SchedulerError::UnknownOperation),
        }
    }

    async fn answer_group(&self, method: &Method, name: &str) -> Result<Value, SchedulerError> {
        match *method {
            Method::GET => self.group(name).await.map(|group| shown_group(&group)),
            Method::DELETE => self.delete_group(name).await.map(|()| json!({})),
            Method::POST => {
                self.create_group(name).await.map(|()| json!({"ScheduleGroupArn": group_arn(name)}))
            }
            _ => Err(SchedulerError::UnknownOperation),
        }
    }

    async fn answer_list(&self, query: &Query) -> Result<Value, SchedulerError> {
        let state = match query.get("State") {
            None => None,
            Some("ENABLED") => Some(State::Enabled),
            Some("DISABLED") => Some(State::Disabled),
            Some(other) => return Err(SchedulerError::Validation(format!("State {other} is not known"))),
        };
        let after =
            query.get("NextToken").map(|token| token.split_once('/').ok_or_else(|| not_a_token(token)));
        let wanted = ListSchedules {
            group: query.get("ScheduleGroup").map(str::to_owned),
            prefix: query.get("NamePrefix").unwrap_or_default().to_owned(),
            state,
            after: after.transpose()?.map(|(group, name)| (group.to_owned(), name.to_owned())),
        };
        let schedules = self.list(wanted).await?;
        let summaries = schedules.iter().map(|it| (format!("{}/{}", it.group, it.name), summary(it)));
        page("Schedules", summaries.collect(), query.limit()?)
    }

    async fn answer_groups(&self, query: &Query) -> Result<Value, SchedulerError> {
        let prefix = query.get("NamePrefix").unwrap_or_default();
        let groups = self.groups(prefix, query.get("NextToken").unwrap_or_default()).await?;
        let shown = groups.iter().map(|group| (group.name.clone(), shown_group(group)));
        page("ScheduleGroups", shown.collect(), query.limit()?)
    }
}

impl Query {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn limit(&self) -> Result<usize, SchedulerError> {
        let Some(text) = self.get("MaxResults") else { return Ok(100) };
        let limit = text.parse().ok().filter(|limit| (1..=100).contains(limit));
        limit.ok_or_else(|| SchedulerError::Validation("MaxResults is from 1 to 100".into()))
    }
}

fn not_a_token(token: &str) -> SchedulerError {
    SchedulerError::Validation(format!("NextToken {token} is not valid"))
}

fn page(field: &str, mut items: Vec<(String, Value)>, limit: usize) -> Result<Value, SchedulerError> {
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|(place, _)| place.clone());
    let items: Vec<Value> = items.into_iter().map(|(_, item)| item).collect();
    let mut answer = json!({});
    answer[field] = Value::from(items);
    if let Some(next) = next {
        answer["NextToken"] = Value::from(next);
    }
    Ok(answer)
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, SchedulerError> {
    serde_json::from_slice(body).map_err(|error| SchedulerError::Validation(error.to_string()))
}

fn seconds(time: Timestamp) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds fit a double for millennia")]
    let seconds = time.as_millisecond() as f64 / 1000.0;
    json!(seconds)
}

fn shown(schedule: &Schedule) -> Value {
    let mut answer = json!(schedule.spec);
    answer["Arn"] = Value::from(schedule.arn());
    answer["Name"] = Value::from(schedule.name.as_str());
    answer["GroupName"] = Value::from(schedule.group.as_str());
    answer["CreationDate"] = seconds(schedule.created);
    answer["LastModificationDate"] = seconds(schedule.modified);
    answer
}

fn summary(schedule: &Schedule) -> Value {
    json!({"Arn": schedule.arn(), "Name": schedule.name, "GroupName": schedule.group,
        "State": schedule.spec.state, "CreationDate": seconds(schedule.created),
        "LastModificationDate": seconds(schedule.modified), "Target": {"Arn": schedule.spec.target.arn}})
}

fn shown_group(group: &ScheduleGroup) -> Value {
    json!({"Arn": group_arn(&group.name), "Name": group.name, "State": "ACTIVE",
        "CreationDate": seconds(group.created), "LastModificationDate": seconds(group.modified)})
}

fn respond(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Ok(id) = HeaderValue::from_str(&uuid::Uuid::new_v4().to_string()) {
        headers.insert("x-amzn-requestid", id);
    }
    response
}
