//! `/v1/media`: files of messages, and files to be sent.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::MessageId;
use domain::media::{
    KEPT_BY_META_DAYS, MediaFacts, MediaKind, MediaState, bare, is_upload, may_upload, place, shown_in_place,
    upload_place,
};
use http::StatusCode;
use http::header::LOCATION;
use jiff::SignedDuration;
use platform::Shown;
use queue::{Entry, MediaJob, MediaTask};
use serde::Deserialize;
use store::{StoredMessage, Upload};
use utoipa::ToSchema;

use crate::extract::Id;
use crate::identity::Identity;
use crate::input::Input;
use crate::request_id::Correlation;
use crate::view::{MediaView, UploadView};
use crate::{Api, Problem};

/// How long a link lasts: somebody looks at a conversation, and the picture comes at once or when they scroll to it.
const LINK: Duration = Duration::from_secs(15 * 60);
/// The longest name of a file.
const NAME: usize = 240;

/// A file that is to be uploaded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewMedia)]
pub(crate) struct MediaBody {
    /// What it is to be sent as: `image`, `video`, `audio`, `document` or `sticker`.
    kind: String,
    /// Its media type. Meta takes JPEG and PNG as pictures, MP4 and 3GPP as video, WebP as stickers, AAC, AMR, MP3, MP4 and
    /// Ogg as audio, anything as a document.
    content_type: String,
    /// Its bytes. Meta takes 5 MB of a picture, 16 MB of video and audio, 100 MB of a document, 100 KB of a sticker and
    /// 500 KB of one that moves.
    size: u64,
    /// Its name.
    #[serde(default)]
    name: Option<String>,
    /// Of audio: whether it is a voice note, in Ogg or WebM with Opus in it. It is made into what WhatsApp shows as one.
    #[serde(default)]
    voice: bool,
}

/// Begins an upload: the answer says where to put the file within 15 minutes. It can be sent for a week.
#[utoipa::path(post, path = "/v1/media", tag = "media", request_body = MediaBody,
    responses((status = CREATED, body = MediaView),
        (status = BAD_REQUEST, description = "Meta would not take it; `field` says which member, `detail` why")))]
pub(crate) async fn create(
    State(api): State<Api>,
    identity: Identity,
    Input(body): Input<MediaBody>,
) -> Result<Response, Problem> {
    let kind = MediaKind::from_word(&body.kind)
        .ok_or_else(|| Problem::field("kind", "must be image, video, audio, document or sticker"))?;
    may_upload(kind, &body.content_type, body.voice, body.size)
        .map_err(|(field, why)| Problem::field(field, why))?;
    let is_name = |name: &String| {
        (1..=NAME).contains(&name.chars().count())
            && !name.chars().any(|c| c.is_control() || c == '/' || c == '\\')
    };
    if !body.name.as_ref().is_none_or(is_name) {
        return Err(Problem::field("name", "must be the name of a file, 1 to 240 characters"));
    }
    let upload = Upload {
        id: lambda_kit::new_id(&api.clock),
        by: identity.source(),
        kind,
        voice: body.voice,
        content_type: bare(&body.content_type),
        size: body.size,
        name: body.name,
        state: MediaState::Uploading,
        facts: MediaFacts::default(),
        created_at: api.clock.now(),
    };
    api.store.begin_upload(&upload).await?;
    let location = [(LOCATION, format!("/v1/media/{}", upload.id))];
    Ok((StatusCode::CREATED, location, Json(uploaded(&api, &upload).await?)).into_response())
}

/// A file: how far it is, and, when it is ready, links to it for 15 minutes. The id is that of a message, for whoever may
/// see its conversation, or that of an upload, for whoever uploads it. What could run in a browser is downloaded only.
#[utoipa::path(get, path = "/v1/media/{id}", tag = "media",
    params(("id" = String, Path, description = "The message or the upload")),
    responses((status = OK, body = MediaView), (status = NOT_FOUND, description = "No such file")))]
pub(crate) async fn one(
    State(api): State<Api>,
    identity: Identity,
    Id(id): Id,
) -> Result<Json<MediaView>, Problem> {
    if is_upload(&id) {
        let upload = own_upload(&api, &identity, &id).await?;
        return Ok(Json(uploaded(&api, &upload).await?));
    }
    let message = message(&api, &identity, &id).await?;
    Ok(Json(linked(&api, &message).await?))
}

/// Says that a file was put where its link says. It is looked at then: ask for it until its state is another than `copying`.
#[utoipa::path(post, path = "/v1/media/{id}/complete", tag = "media",
    params(("id" = String, Path, description = "The upload")),
    responses((status = ACCEPTED, body = MediaView), (status = NOT_FOUND, description = "No such upload")))]
pub(crate) async fn complete(
    State(api): State<Api>,
    identity: Identity,
    Correlation(correlation): Correlation,
    Id(id): Id,
) -> Result<(StatusCode, Json<MediaView>), Problem> {
    let mut upload = own_upload(&api, &identity, &id).await?;
    if upload.state == MediaState::Uploading {
        upload.state = MediaState::Copying;
        api.store.change_upload(&id, upload.state, &upload.facts).await?;
    }
    if upload.state == MediaState::Copying {
        // Again, if this is a repeat: the first time may have broken off here.
        let job = MediaJob::of(MediaTask::Check { upload: id }, correlation);
        api.queue.send(&api.queues.media, Entry::new(job.to_json())).await?;
    }
    Ok((StatusCode::ACCEPTED, Json(uploaded(&api, &upload).await?)))
}

/// Has a customer's file copied once more, if it could not be had. Meta keeps it for seven days.
#[utoipa::path(post, path = "/v1/media/{id}/retry", tag = "media",
    params(("id" = String, Path, description = "The message")),
    responses((status = ACCEPTED, body = MediaView), (status = NOT_FOUND, description = "No such file"),
        (status = CONFLICT, description = "There is nothing that another try would mend")))]
pub(crate) async fn retry(
    State(api): State<Api>,
    identity: Identity,
    Correlation(correlation): Correlation,
    Id(id): Id,
) -> Result<(StatusCode, Json<MediaView>), Problem> {
    let mut message = message(&api, &identity, &id).await?;
    let age = api.clock.now().duration_since(message.sent_at);
    let too_old = age >= SignedDuration::from_hours(24 * KEPT_BY_META_DAYS);
    let media = message.media.as_mut().ok_or_else(|| Problem::missing("file"))?;
    let conflict = |why: &str| Err(Problem::of_status(StatusCode::CONFLICT, why));
    match media.state {
        MediaState::Ready => return conflict("The file is there."),
        MediaState::Expired => return conflict("Meta keeps files for seven days."),
        MediaState::Refused | MediaState::Uploading => {
            return conflict("Another try would not help: the file is not what it should be.");
        }
        MediaState::Failed | MediaState::Copying if too_old => {
            return conflict("Meta keeps files for seven days.");
        }
        MediaState::Failed => {
            api.store.file_again(&message.id).await?;
            (media.state, media.facts) = (MediaState::Copying, MediaFacts::default());
        }
        MediaState::Copying => {}
    }
    let job = MediaJob::of(MediaTask::Copy { message: id }, correlation);
    api.queue.send(&api.queues.media, Entry::new(job.to_json())).await?;
    let view = MediaView::of_message(&message).ok_or_else(|| Problem::missing("file"))?;
    Ok((StatusCode::ACCEPTED, Json(view)))
}

async fn own_upload(api: &Api, identity: &Identity, id: &str) -> Result<Upload, Problem> {
    let missing = || Problem::missing("file");
    let upload = if is_upload(id) { api.store.upload(id, api.clock.now()).await? } else { None };
    upload.filter(|upload| upload.by == identity.source()).ok_or_else(missing)
}

/// A message with a file, of a conversation that somebody may see.
async fn message(api: &Api, identity: &Identity, id: &str) -> Result<StoredMessage, Problem> {
    let missing = || Problem::missing("file");
    let id: MessageId = id.parse().map_err(|_| missing())?;
    api.must_see_conversation(identity, &id.conversation, "file").await?;
    let message = api.store.message(&id).await?;
    message.filter(|message| message.media.is_some()).ok_or_else(missing)
}

/// A message's file with the links that its state has.
async fn linked(api: &Api, message: &StoredMessage) -> Result<MediaView, Problem> {
    let view = MediaView::of_message(message).ok_or_else(|| Problem::missing("file"))?;
    let Some(media) = message.media.as_ref().filter(|media| media.state == MediaState::Ready) else {
        return Ok(view);
    };
    with_links(api, view, &message.kind, (&place(&message.id), "file"), &media.facts).await
}

/// An upload with the links that its state has.
async fn uploaded(api: &Api, upload: &Upload) -> Result<MediaView, Problem> {
    let (view, now) = (MediaView::of_upload(upload), api.clock.now());
    let place = upload_place(&upload.id);
    match upload.state {
        MediaState::Uploading => {
            let of = (upload.content_type.as_str(), upload.size);
            let url = api.bucket.upload_link_for(&format!("{place}/file"), of, now, LINK).await;
            let url = url.map_err(|_| Problem::unavailable())?;
            let headers = [("content-type", upload.content_type.clone())].into();
            let upload = Some(UploadView { url, method: "PUT", headers });
            Ok(MediaView { upload, expires_at: Some((now + LINK).into()), ..view })
        }
        MediaState::Ready => {
            with_links(api, view, upload.kind.as_str(), (&place, "sent"), &upload.facts).await
        }
        _ => Ok(view),
    }
}

async fn with_links(
    api: &Api,
    view: MediaView,
    kind: &str,
    (place, part): (&str, &str),
    facts: &MediaFacts,
) -> Result<MediaView, Problem> {
    let now = api.clock.now();
    let shown = shown(kind, view.name.as_deref(), &facts.content_type);
    let url = api.bucket.link_as(&format!("{place}/{part}"), &shown, now, LINK).await;
    let url = url.map_err(|_| Problem::unavailable())?;
    let thumbnail = if facts.thumbnail {
        let small = Shown { content_type: "image/jpeg", disposition: "inline".to_owned() };
        let link = api.bucket.link_as(&format!("{place}/thumbnail"), &small, now, LINK).await;
        Some(link.map_err(|_| Problem::unavailable())?)
    } else {
        None
    };
    Ok(MediaView { url: Some(url), thumbnail, expires_at: Some((now + LINK).into()), ..view })
}

/// How a browser gets a file: where it is, if nothing in it can run; else only to be saved, as bytes of no kind.
fn shown<'a>(kind: &str, name: Option<&str>, content_type: &'a str) -> Shown<'a> {
    let in_place = shown_in_place(content_type);
    let name = name.map_or_else(|| format!("{kind}.{}", ending(content_type)), str::to_owned);
    let how = if in_place { "inline" } else { "attachment" };
    Shown {
        content_type: if in_place { content_type } else { "application/octet-stream" },
        disposition: format!("{how}; filename*=UTF-8''{}", encoded(&name)),
    }
}

fn ending(content_type: &str) -> &'static str {
    match content_type {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/webp" => "webp",
        "image/gif" => "gif",
        "video/mp4" => "mp4",
        "video/3gpp" => "3gp",
        "audio/ogg" => "ogg",
        "audio/mpeg" => "mp3",
        "audio/mp4" => "m4a",
        "audio/aac" => "aac",
        "audio/amr" => "amr",
        "application/pdf" => "pdf",
        _ => "bin",
    }
}

/// See RFC 8187: everything but letters, digits and a few signs is written as bytes.
fn encoded(name: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    name.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_run_is_saved_and_what_cannot_is_shown() {
        let page = shown("document", Some("Año/\"1\".html"), "application/octet-stream");
        assert_eq!(page.content_type, "application/octet-stream");
        assert_eq!(page.disposition, "attachment; filename*=UTF-8''A%C3%B1o%2F%221%22.html");
        let picture = shown("image", None, "image/jpeg");
        assert_eq!(
            (picture.content_type, picture.disposition.as_str()),
            ("image/jpeg", "inline; filename*=UTF-8''image.jpg")
        );
    }
}
