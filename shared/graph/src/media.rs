//! Files: looked up, fetched, given to Meta. Each call once, and never again by itself.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use cloud_api::error::{Answer, GraphError};
use cloud_api::manage::{MediaAnswer, MediaNode};
use cloud_api::{MediaId, PhoneNumberId};
use secrecy::{ExposeSecret, SecretString};

use crate::manage::read;
use crate::{Cut, Graph, Managed, reason};

/// Longest wait for a whole file: what 100 MB take on a slow day, and less than a function has.
const WHOLE_FILE: Duration = Duration::from_secs(50);
/// Whose hosts get our token. See [Cloud API/Media], read 2026-11: files lie on `lookaside.fbsbx.com`.
const HOSTS: [&str; 4] = [".fbsbx.com", ".facebook.com", ".whatsapp.net", ".fbcdn.net"];

/// A file for Meta.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// Its media type.
    pub content_type: String,
    /// A name: Meta wants one, and shows it to nobody.
    pub name: &'static str,
    /// Its bytes.
    pub bytes: Bytes,
}

/// What became of a fetch.
#[derive(Clone, Debug, PartialEq)]
pub enum Fetched {
    /// The whole file.
    Whole(Bytes),
    /// It is larger than was wanted.
    TooLarge,
    /// The address is not one of Meta's: nothing was asked there.
    Elsewhere,
    /// Meta refused.
    Refused(GraphError),
    /// It did not come, or not all of it: worth another try, with a new address.
    Failed {
        /// Why, without content.
        why: String,
    },
}

/// Calls about files. See [Cloud API/Media], read 2026-11.
impl Graph {
    /// Looks a file of a number up: its address is good for five minutes.
    pub async fn media(
        &self,
        token: &SecretString,
        number: &PhoneNumberId,
        id: &MediaId,
    ) -> Managed<MediaNode> {
        self.get(token, "media", id.as_str(), &[("phone_number_id", number.as_str())]).await
    }

    /// Fetches a file from an address that Meta gave, at most so many bytes.
    pub async fn fetch(&self, token: &SecretString, url: &str, most: u64) -> Fetched {
        const CALL: &str = "fetch";
        if !self.is_metas(url) {
            return Fetched::Elsewhere;
        }
        if let Some(Err(Cut)) = self.intercept.as_ref().map(|i| i.before(CALL)) {
            return Fetched::Failed { why: "nothing left".to_owned() };
        }
        let fetched = self.whole(token, url, most).await;
        match self.intercept.as_ref().map(|i| i.after(CALL)) {
            Some(Err(Cut)) => Fetched::Failed { why: "the answer was lost".to_owned() },
            _ => fetched,
        }
    }

    /// Gives Meta a file for messages of a number. Doing it again makes another id for the same file.
    pub async fn give(
        &self,
        token: &SecretString,
        number: &PhoneNumberId,
        file: &NewFile,
    ) -> Managed<MediaId> {
        let (boundary, body) = form(file);
        let request = self.http.post(self.url(&format!("{number}/media"))).timeout(WHOLE_FILE);
        let request = request.bearer_auth(token.expose_secret());
        let request = request.header("content-type", format!("multipart/form-data; boundary={boundary}"));
        let answer = self.ask("give", request.body(body)).await;
        answer.then(|body| read::<MediaAnswer>(&body)).then(|answer| Some(answer.id))
    }

    /// The token goes nowhere but to Meta, whatever an answer names.
    fn is_metas(&self, url: &str) -> bool {
        let host = |rest: &str| rest.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        let known =
            |host: String| HOSTS.iter().any(|known| host.ends_with(known)) && !host.contains(['@', ':']);
        let own = url.strip_prefix(&self.base).is_some_and(|rest| rest.starts_with('/'));
        own || url.strip_prefix("https://").is_some_and(|rest| known(host(rest)))
    }

    async fn whole(&self, token: &SecretString, url: &str, most: u64) -> Fetched {
        let request = self.http.get(url).timeout(WHOLE_FILE).bearer_auth(token.expose_secret());
        let mut response = match request.send().await {
            Ok(response) => response,
            Err(error) => return Fetched::Failed { why: reason(&error) },
        };
        let status = response.status().as_u16();
        if status != 200 {
            let body = response.bytes().await.unwrap_or_default();
            return match Answer::read(status, &body) {
                Answer::Refused(error) => Fetched::Refused(error),
                _ => Fetched::Failed { why: format!("status {status} without a definite Graph error") },
            };
        }
        let announced = response.content_length();
        if announced.is_some_and(|length| length > most) {
            return Fetched::TooLarge;
        }
        let room = announced.and_then(|length| length.try_into().ok()).unwrap_or_default();
        let mut bytes = BytesMut::with_capacity(room);
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if (bytes.len() + chunk.len()) as u64 > most => return Fetched::TooLarge,
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                Ok(None) => return Fetched::Whole(bytes.freeze()),
                Err(error) => return Fetched::Failed { why: reason(&error) },
            }
        }
    }
}

/// A form with a file, and what parts it. The boundary is the file's own hash: no file contains that by chance.
fn form(file: &NewFile) -> (String, Vec<u8>) {
    let boundary = format!("ventana-{:016x}{:016x}", hash(&file.bytes, 0), hash(&file.bytes, 1));
    let field = |name: &str, value: &str| {
        format!("--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let mut body = Vec::with_capacity(file.bytes.len() + 600);
    body.extend(field("messaging_product", "whatsapp").bytes());
    body.extend(field("type", &file.content_type).bytes());
    let name = file.name;
    body.extend(
        format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             content-type: {}\r\n\r\n",
            file.content_type
        )
        .bytes(),
    );
    body.extend_from_slice(&file.bytes);
    body.extend(format!("\r\n--{boundary}--\r\n").bytes());
    (boundary, body)
}

/// FNV-1a: enough to part a form.
fn hash(bytes: &[u8], seed: u64) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_goes_to_meta_and_to_nobody_else() {
        let graph = Graph::new("http://127.0.0.1:9/graph").unwrap();
        for url in [
            "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1",
            "http://127.0.0.1:9/graph/lookaside/x",
        ] {
            assert!(graph.is_metas(url), "{url}");
        }
        for url in [
            "http://lookaside.fbsbx.com/x",
            "https://fbsbx.com.example.org/x",
            "https://example.org/?lookaside.fbsbx.com",
            "https://a@example.org#.fbsbx.com",
            "https://user:x@lookaside.fbsbx.com/x",
            "http://127.0.0.1:9/graphite",
            "http://127.0.0.1:9/other",
        ] {
            assert!(!graph.is_metas(url), "{url}");
        }
    }

    #[test]
    fn a_form_holds_the_file_byte_for_byte() {
        let bytes = Bytes::from_static(b"\r\n--ventana-0--\r\n\0\xff");
        let file = NewFile { content_type: "image/png".to_owned(), name: "file", bytes: bytes.clone() };
        let (boundary, body) = form(&file);
        let parts = body.windows(bytes.len()).filter(|window| *window == &bytes[..]).count();
        assert_eq!(parts, 1);
        assert!(body.ends_with(format!("\r\n--{boundary}--\r\n").as_bytes()));
        assert!(!bytes.windows(boundary.len()).any(|window| window == boundary.as_bytes()));
    }
}
