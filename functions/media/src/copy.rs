//! Copying what a customer sent: Meta's address is good for five minutes, its id for a week.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use cloud_api::manage::MediaNode;
use cloud_api::webhook::content::Media as File;
use cloud_api::webhook::message::InboundMessage;
use domain::MessageId;
use domain::media::{KEPT_BY_META_DAYS, LARGEST, MediaState, place};
use graph::{Fetched, Managed};
use jiff::SignedDuration;
use lambda_kit::Failure;
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use store::StoredMessage;
use tracing::{info, warn};

use crate::{Media, failure, look, passes};

/// What came of asking Meta.
enum Got {
    Bytes(Bytes),
    /// There will be none, for this reason, in words for people.
    None(MediaState, String),
}

impl Media {
    /// Copies a message's file into the bucket. A second time finds that it is done.
    pub(crate) async fn copy(&self, id: &MessageId) -> Result<(), Failure> {
        let message = self.store.message(id).await.map_err(failure)?;
        // Whoever was erased has no message any more.
        let Some(message) = message else { return Ok(()) };
        // A dead letter that somebody put back is another try.
        let open = [MediaState::Copying, MediaState::Failed];
        if message.media.as_ref().is_none_or(|media| !open.contains(&media.state)) {
            return Ok(());
        }
        let read = InboundMessage::parse(&message.raw).map_err(|error| Failure::Dead(error.to_string()))?;
        let Some(file) = read.content.file() else {
            return Err(Failure::Dead("a message without a file".to_owned()));
        };
        match self.get(&message, file).await? {
            Got::Bytes(bytes) => {
                let seen = look::received(bytes).await?;
                let objects = self.keep(&place(id), &seen).await?;
                if !self.store.file_ready(id, &seen.facts, &objects).await.map_err(failure)? {
                    // Erased meanwhile: nothing of it may stay.
                    return self.drop_objects(&objects).await;
                }
                info!(message.id = %id, media.size = seen.bytes.len(), "Copied a file");
            }
            Got::None(state, reason) => {
                warn!(message.id = %id, media.state = state.as_str(), reason, "A file was not copied");
                self.store.file_missing(id, state, &reason).await.map_err(failure)?;
            }
        }
        Ok(())
    }

    async fn get(&self, message: &StoredMessage, file: &File) -> Result<Got, Failure> {
        let number = &message.id.conversation.number;
        let token = self.token(number).await?;
        let node = match self.graph.media(&token, number, &file.id).await {
            Managed::Done(node) => node,
            Managed::Refused(error) if passes(&error) => {
                return Err(Failure::Retry(error.details().to_owned()));
            }
            Managed::Refused(error) => {
                let age = self.kit.clock.now().duration_since(message.sent_at);
                return Ok(if age >= SignedDuration::from_hours(24 * KEPT_BY_META_DAYS) {
                    Got::None(MediaState::Expired, "Meta keeps files for seven days.".to_owned())
                } else {
                    let code = error.code.map_or_else(String::new, |code| format!(" (code {code})"));
                    Got::None(MediaState::Failed, format!("Meta does not give the file out{code}."))
                });
            }
            Managed::NotSent => return Err(Failure::Retry("no connection to the Graph API".to_owned())),
            Managed::Unknown { why } => return Err(Failure::Retry(why)),
        };
        self.fetch(&token, &node, file).await
    }

    async fn fetch(&self, token: &SecretString, node: &MediaNode, file: &File) -> Result<Got, Failure> {
        let too_large = || Got::None(MediaState::Refused, "The file is larger than 100 MB.".to_owned());
        if node.file_size.is_some_and(|size| size.unsigned_abs() > LARGEST) {
            return Ok(too_large());
        }
        let Some(url) = &node.url else { return Err(Failure::Retry("Meta names no address".to_owned())) };
        match self.graph.fetch(token, url, LARGEST).await {
            Fetched::Whole(bytes) => {
                match node.sha256.as_deref().or(file.sha256.as_deref()).and_then(read_hash) {
                    Some(hash) if Sha256::digest(&bytes).as_slice() != hash => {
                        Err(Failure::Retry("the bytes are not those that Meta announced".to_owned()))
                    }
                    _ => Ok(Got::Bytes(bytes)),
                }
            }
            Fetched::TooLarge => Ok(too_large()),
            Fetched::Elsewhere => {
                Ok(Got::None(MediaState::Refused, "The file's address is not one of Meta's.".to_owned()))
            }
            Fetched::Refused(error) => Err(Failure::Retry(error.details().to_owned())),
            Fetched::Failed { why } => Err(Failure::Retry(why)),
        }
    }
}

/// Meta writes hashes in hexadecimal here and in Base64 there.
fn read_hash(text: &str) -> Option<Vec<u8>> {
    let hash = hex::decode(text).or_else(|_| STANDARD.decode(text)).ok()?;
    (hash.len() == 32).then_some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_read_however_meta_writes_it() {
        let hash = Sha256::digest(b"x").to_vec();
        assert_eq!(read_hash(&hex::encode(&hash)), Some(hash.clone()));
        assert_eq!(read_hash(&STANDARD.encode(&hash)), Some(hash));
        assert_eq!(read_hash("none"), None);
    }
}
