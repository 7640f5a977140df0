//! `/v1/dead-letters`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::{DeadLetter, DeadLetterId};
use http::StatusCode;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use jiff::SignedDuration;
use platform::BucketError;
use queue::{Content, Entry, Pack, SendRequest};
use tracing::info;

use crate::extract::{Id, Paging};
use crate::view::{LetterDetail, LetterView, Page, Redriven};
use crate::{Api, Problem, cursor};

/// How long a letter that was put back counts as being on its way. After that it may be put back again even
/// if nothing was heard of it: this program may have died in between, and every job is right under
/// repetition.
const UNDER_WAY: SignedDuration = SignedDuration::from_mins(15);

/// What could not be processed, newest first.
#[utoipa::path(get, path = "/v1/dead-letters", tag = "dead letters", params(Paging),
    responses((status = OK, body = Page<LetterView>), (status = FORBIDDEN, description = "Not for agents")))]
pub(crate) async fn list(State(api): State<Api>, paging: Paging) -> Result<Json<Page<LetterView>>, Problem> {
    let limit = paging.limit()?;
    let before = paging.after(|text| cursor::read_key("dead-letters", text))?;
    let page = api.store.letters(before.as_deref(), limit).await?;
    let next = page.next.map(|place| cursor::write("dead-letters", place));
    Ok(Json(Page { items: page.letters.iter().map(LetterView::from).collect(), next }))
}

/// One dead letter, with its job.
#[utoipa::path(get, path = "/v1/dead-letters/{id}", tag = "dead letters",
    params(("id" = String, Path, description = "The dead letter")),
    responses((status = OK, body = LetterDetail), (status = FORBIDDEN, description = "Not for agents"),
        (status = NOT_FOUND, description = "No such dead letter")))]
pub(crate) async fn one(State(api): State<Api>, Id(id): Id) -> Result<Json<LetterDetail>, Problem> {
    Ok(Json(find(&api, &id).await?.into()))
}

/// The bytes that could not be processed: what Meta posted where that can be told, else the job.
#[utoipa::path(get, path = "/v1/dead-letters/{id}/content", tag = "dead letters",
    params(("id" = String, Path, description = "The dead letter")),
    responses((status = OK, content_type = "application/octet-stream", body = Vec<u8>),
        (status = FORBIDDEN, description = "Not for agents"),
        (status = NOT_FOUND, description = "No such dead letter, or its bytes are gone")))]
pub(crate) async fn content(State(api): State<Api>, Id(id): Id) -> Result<Response, Problem> {
    let letter = find(&api, &id).await?;
    let bytes = match original(&letter) {
        Original::Bytes(bytes) => bytes,
        Original::Stored(key) => match api.bucket.read(&key).await {
            Ok(bytes) => bytes.into(),
            Err(BucketError::Missing) => return Err(Problem::missing("content any more")),
            Err(BucketError::Unavailable(_)) => return Err(Problem::unavailable()),
        },
    };
    let headers = [
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{}.bin\"", letter.id)),
        // A stranger wrote these bytes: no browser shall take them for a page.
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// Puts a dead letter back on its queue. Repeating it is harmless: while the letter is under way, the answer
/// is 409.
#[utoipa::path(post, path = "/v1/dead-letters/{id}/redrive", tag = "dead letters",
    params(("id" = String, Path, description = "The dead letter")),
    responses((status = ACCEPTED, body = Redriven), (status = FORBIDDEN, description = "For admins only"),
        (status = NOT_FOUND, description = "No such dead letter"),
        (status = CONFLICT, description = "It is on its way already")))]
pub(crate) async fn redrive(
    State(api): State<Api>,
    Id(id): Id,
) -> Result<(StatusCode, Json<Redriven>), Problem> {
    let letter = find(&api, &id).await?;
    let now = api.clock.now();
    if let Some(at) = letter.redriven_at.filter(|at| now.duration_since(*at) < UNDER_WAY) {
        return Err(Problem::already_redriven(at));
    }
    let (queue_url, entry) = back(&api, &letter)?;
    // Noted first: if it fails again at once, it has to find the note to take it back.
    api.store.note_redrive(&letter.id, now).await?;
    if let Err(error) = api.queue.send(queue_url, entry).await {
        api.store.record_letter(&letter).await?;
        return Err(error.into());
    }
    info!(dead_letter.id = %letter.id, queue.name = letter.source, "A dead letter went back to its queue");
    let redriven = Redriven { id: letter.id.to_string(), source: letter.source, redriven_at: now.into() };
    Ok((StatusCode::ACCEPTED, Json(redriven)))
}

/// The queue that a letter came from, and its job as a message for that queue.
fn back<'a>(api: &'a Api, letter: &DeadLetter) -> Result<(&'a str, Entry), Problem> {
    let job = letter.job.clone();
    let queues = &api.queues;
    match letter.source.as_str() {
        "inbound" => Ok((&queues.inbound, Entry::new(job))),
        "status" => Ok((&queues.status, Entry::new(job))),
        "later" => Ok((&queues.later, Entry::new(job))),
        "changes" => Ok((&queues.changes, Entry::new(job))),
        "deliveries" => Ok((&queues.deliveries, Entry::new(job))),
        "jobs" => Ok((&queues.jobs, Entry::new(job))),
        "campaigns" => Ok((&queues.campaigns, Entry::new(job))),
        "chunks" => Ok((&queues.chunks, Entry::new(job))),
        "media" => Ok((&queues.media, Entry::new(job))),
        "send" => {
            let group =
                SendRequest::parse(&job).map_or_else(|_| letter.id.to_string(), |request| request.group());
            // A fresh id: the queue must not take it for the repeat of what failed.
            let deduplication_id = format!("redrive-{}", lambda_kit::new_id(&api.clock));
            Ok((&queues.send, Entry::fifo(job, group, deduplication_id)))
        }
        _ => Err(Problem::of_status(StatusCode::UNPROCESSABLE_ENTITY, "Its queue is not known here.")),
    }
}

async fn find(api: &Api, id: &str) -> Result<DeadLetter, Problem> {
    let missing = || Problem::missing("dead letter");
    let id = DeadLetterId::parse(id).ok_or_else(missing)?;
    api.store.letter(&id).await?.ok_or_else(missing)
}

/// Where the original bytes are.
#[derive(Debug, PartialEq, Eq)]
enum Original {
    Bytes(Vec<u8>),
    Stored(String),
}

/// A letter of one webhook item holds what Meta posted of it; any other, its job.
fn original(letter: &DeadLetter) -> Original {
    let job = || Original::Bytes(letter.job.clone().into_bytes());
    let Ok(pack) = Pack::parse(&letter.job) else { return job() };
    match pack.items.as_slice() {
        [item] => match &item.content {
            Content::Raw(raw) => Original::Bytes(raw.get().as_bytes().to_vec()),
            Content::Stored(key) => Original::Stored(key.to_string()),
            Content::Bytes(base64) => {
                STANDARD.decode(base64.as_bytes()).map_or_else(|_| job(), Original::Bytes)
            }
        },
        _ => job(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn letter(job: &str) -> DeadLetter {
        DeadLetter {
            id: DeadLetterId::of("inbound", job),
            source: "inbound".to_owned(),
            reason: "not JSON".to_owned(),
            job: job.to_owned(),
            attempts: 1,
            at: Timestamp::UNIX_EPOCH,
            redriven_at: None,
        }
    }

    fn pack(content: &str) -> DeadLetter {
        letter(&format!(r#"{{"v":"1","r":1,"items":[{{"k":"unreadable","x":{content}}}]}}"#))
    }

    #[test]
    fn the_download_has_the_bytes_that_meta_signed() {
        assert_eq!(original(&pack(r#"{"bytes":"AAEC"}"#)), Original::Bytes(vec![0, 1, 2]));
        assert_eq!(original(&pack(r#"{"raw":{"id": 1}}"#)), Original::Bytes(br#"{"id": 1}"#.to_vec()));
        assert_eq!(original(&pack(r#"{"stored":"large/ab"}"#)), Original::Stored("large/ab".to_owned()));
    }

    #[test]
    fn a_job_that_is_no_pack_is_downloaded_as_it_stood_on_the_queue() {
        for job in ["{", r#"{"v":"2"}"#, r#"{"v":"1","r":1,"items":[]}"#] {
            assert_eq!(original(&letter(job)), Original::Bytes(job.as_bytes().to_vec()));
        }
    }
}
