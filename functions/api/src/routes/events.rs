//! `/v1/events`.

use axum::Json;
use axum::extract::State;
use http::Uri;
use platform::BucketError;
use store::WebhookEvent;

use crate::extract::{Paging, filter};
use crate::view::{EventView, Page, that_fit};
use crate::{Api, Problem, cursor};

/// Every webhook item that is neither a message nor a status: raw, newest first.
#[utoipa::path(get, path = "/v1/events", tag = "events",
    params(("field" = Option<String>, Query, description = "Only events of this webhook field"), Paging),
    responses((status = OK, body = Page<EventView>), (status = FORBIDDEN, description = "Not for agents")))]
pub(crate) async fn list(
    State(api): State<Api>,
    uri: Uri,
    paging: Paging,
) -> Result<Json<Page<EventView>>, Problem> {
    let limit = paging.limit()?;
    let field = filter(&uri, "field")?;
    let before = paging.after(|text| cursor::read_key("events", text))?;
    let page = api.store.events(field.as_deref(), before.as_deref(), limit, api.clock.now()).await?;
    let (mut read, mut next) = (Vec::new(), page.next);
    for event in page.events {
        let raw = raw_of(&api, &event).await?;
        let sizes = read.iter().map(|(_, raw): &(WebhookEvent, String)| raw.len()).chain([raw.len()]);
        if that_fit(sizes) <= read.len() {
            // Large events make a short page.
            next = read.last().map(|(event, _)| place(event));
            break;
        }
        read.push((event, raw));
    }
    let items = read.into_iter().map(|(event, raw)| EventView::new(event, &raw)).collect();
    Ok(Json(Page { items, next: next.map(|place| cursor::write("events", place)) }))
}

fn place(event: &WebhookEvent) -> String {
    format!("{:013}#{}", event.received_at.as_millisecond().max(0), event.id)
}

/// An event's JSON, from the table or from the bucket. What was removed from there is `null`.
async fn raw_of(api: &Api, event: &WebhookEvent) -> Result<String, Problem> {
    match &event.raw {
        Ok(raw) => Ok(raw.clone()),
        Err(key) => match api.bucket.read(key).await {
            Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Err(BucketError::Missing) => Ok("null".to_owned()),
            Err(BucketError::Unavailable(_)) => Err(Problem::unavailable()),
        },
    }
}
