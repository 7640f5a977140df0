//! A number's business profile: changed if that was asked, and read again in any case.

use bytes::Bytes;
use cloud_api::PhoneNumberId;
use cloud_api::manage::ProfileChange;
use domain::number::onboarding::{NOT_ASKED, UNKNOWN, refusal};
use graph::{Managed, Picture};
use lambda_kit::Failure;
use platform::BucketError;
use secrecy::SecretString;
use store::{Claimed, Track};
use tracing::info;

use crate::number::outcome;
use crate::{Jobs, failure};

/// The largest picture: Meta's limit of an image.
const LARGEST_PICTURE: u64 = 5 * 1024 * 1024;

/// A change of a profile, as a job names it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) change: Option<&'a ProfileChange>,
    pub(crate) picture: Option<&'a str>,
}

impl Jobs {
    pub(crate) async fn profile(
        &self,
        number: &PhoneNumberId,
        id: &str,
        wanted: Wanted<'_>,
    ) -> Result<(), Failure> {
        // Before the claim: what fails here may be tried again, and nothing was asked.
        let token = self.token(number).await?;
        let outcome = match self.claim(Track::Profile(number), id).await? {
            Claimed::Over => return Ok(()),
            Claimed::CutOff => Err(UNKNOWN.to_owned()),
            Claimed::Mine => {
                let changed = self.change(&token, number, wanted).await;
                // What was refused is read again too: others may have changed it meanwhile.
                let read = self.read_profile(&token, number).await?;
                changed.and(read)
            }
        };
        self.end(Track::Profile(number), id, &outcome).await
    }

    async fn change(
        &self,
        token: &SecretString,
        number: &PhoneNumberId,
        wanted: Wanted<'_>,
    ) -> Result<(), String> {
        let mut change = wanted.change.cloned().unwrap_or_default();
        if let Some(key) = wanted.picture {
            change.profile_picture_handle = Some(self.uploaded(token, number, key).await?);
        }
        if change.is_empty() {
            return Ok(());
        }
        outcome(self.graph.change_profile(token, number, &change).await, "profile", number)
    }

    /// Takes a picture from the bucket to Meta; gives its handle there. The object has done its work then.
    async fn uploaded(
        &self,
        token: &SecretString,
        number: &PhoneNumberId,
        key: &str,
    ) -> Result<String, String> {
        let refused = |reason: &str| Err(reason.to_owned());
        let Some(app) = self.access.current().await.app_id.clone() else {
            return refused("The Graph secret has no META_APP_ID, without which Meta takes no pictures.");
        };
        let bytes = match self.bucket.read_part(key, 0, LARGEST_PICTURE + 1).await {
            Ok(bytes) => bytes,
            Err(BucketError::Missing) => {
                return refused("There is no picture: put it where its link says first.");
            }
            Err(BucketError::Unavailable(_)) => {
                return refused("The picture could not be read now. Try again.");
            }
        };
        let Some(kind) = kind_of(&bytes) else { return refused("The picture must be a JPEG or a PNG.") };
        if bytes.len() as u64 > LARGEST_PICTURE {
            return refused("The picture must be at most 5 MB.");
        }
        let answer = self.graph.upload_picture(token, &app, &Picture { kind, bytes }).await;
        let handle = handle_of(answer, number)?;
        if let Err(error) = self.bucket.delete(key).await {
            info!(%error, "A picture that was uploaded was not removed");
        }
        Ok(handle)
    }

    async fn read_profile(
        &self,
        token: &SecretString,
        number: &PhoneNumberId,
    ) -> Result<Result<(), String>, Failure> {
        let read = match self.graph.profile(token, number).await {
            Managed::Done(profile) => profile,
            Managed::Refused(error) => return Ok(Err(refusal(error.code))),
            Managed::NotSent | Managed::Unknown { .. } => return Ok(Err(NOT_ASKED.to_owned())),
        };
        let json = serde_json::to_string(&read).unwrap_or_default();
        self.store.keep_profile(number, &json, self.kit.clock.now()).await.map(Ok).map_err(failure)
    }
}

fn handle_of(answer: Managed<String>, number: &PhoneNumberId) -> Result<String, String> {
    let (handle, rest) = match answer {
        Managed::Done(handle) => (Some(handle), Managed::Done(())),
        Managed::Refused(error) => (None, Managed::Refused(error)),
        Managed::NotSent => (None, Managed::NotSent),
        Managed::Unknown { why } => (None, Managed::Unknown { why }),
    };
    outcome(rest, "picture", number).map(|()| handle.unwrap_or_default())
}

/// What a picture is, by its first bytes: names of files lie.
fn kind_of(bytes: &Bytes) -> Option<&'static str> {
    match bytes.as_ref() {
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        _ => None,
    }
}
