//! Managing numbers: what is asked of Meta about them, once per call and never again by itself.

use bytes::Bytes;
use cloud_api::error::{Answer, GraphError};
use cloud_api::manage::{
    BusinessProfile, NUMBER_FIELDS, NumberNode, NumbersPage, PROFILE_FIELDS, ProfileAnswer, ProfileChange,
    UploadSession, Uploaded,
};
use cloud_api::{PhoneNumberId, WabaId};
use reqwest::RequestBuilder;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::{Cut, Graph, VERSION, reason};

/// The most pages of numbers that one WABA is asked for: a WABA has some dozens of numbers.
const PAGES: usize = 200;

/// What became of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Managed<T> {
    /// Meta did it, or answered it.
    Done(T),
    /// Meta refused: nothing was done.
    Refused(GraphError),
    /// No connection was made: nothing left us.
    NotSent,
    /// It may be done or not.
    Unknown {
        /// Why nobody knows, without content.
        why: String,
    },
}

impl<T> Managed<T> {
    pub(crate) fn then<U>(self, read: impl FnOnce(T) -> Option<U>) -> Managed<U> {
        match self {
            Self::Done(value) => match read(value) {
                Some(value) => Managed::Done(value),
                None => Managed::Unknown { why: "an answer that is none".to_owned() },
            },
            Self::Refused(error) => Managed::Refused(error),
            Self::NotSent => Managed::NotSent,
            Self::Unknown { why } => Managed::Unknown { why },
        }
    }
}

/// A file for a profile picture.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Its media type: `image/jpeg` or `image/png`.
    pub kind: &'static str,
    /// Its bytes.
    pub bytes: Bytes,
}

/// Calls about numbers. See [Cloud API/Phone numbers] and [Cloud API/Registration], read 2026-11.
impl Graph {
    /// Has a code sent to a number, by `SMS` or `VOICE`.
    pub async fn request_code(
        &self,
        token: &SecretString,
        number: &PhoneNumberId,
        method: &str,
        language: &str,
    ) -> Managed<()> {
        let body = json!({ "code_method": method, "language": language });
        self.post(token, "request_code", &format!("{number}/request_code"), &body).await
    }

    /// Verifies a number with the code that it got.
    pub async fn verify_code(
        &self,
        token: &SecretString,
        number: &PhoneNumberId,
        code: &SecretString,
    ) -> Managed<()> {
        let body = json!({ "code": code.expose_secret() });
        self.post(token, "verify_code", &format!("{number}/verify_code"), &body).await
    }

    /// Registers a number, with the PIN of its two-step verification, or the one that it is to have. Meta takes ten tries
    /// in 72 hours.
    pub async fn register(
        &self,
        token: &SecretString,
        number: &PhoneNumberId,
        pin: &SecretString,
    ) -> Managed<()> {
        let body = json!({ "messaging_product": "whatsapp", "pin": pin.expose_secret() });
        self.post(token, "register", &format!("{number}/register"), &body).await
    }

    /// Takes a number off the platform.
    pub async fn deregister(&self, token: &SecretString, number: &PhoneNumberId) -> Managed<()> {
        self.post(token, "deregister", &format!("{number}/deregister"), &json!({})).await
    }

    /// Sets the PIN of a number's two-step verification.
    pub async fn set_pin(
        &self,
        token: &SecretString,
        number: &PhoneNumberId,
        pin: &SecretString,
    ) -> Managed<()> {
        self.post(token, "set_pin", number.as_str(), &json!({ "pin": pin.expose_secret() })).await
    }

    /// Asks for another display name, which Meta reviews.
    pub async fn ask_for_name(
        &self,
        token: &SecretString,
        number: &PhoneNumberId,
        name: &str,
    ) -> Managed<()> {
        self.post(token, "new_display_name", number.as_str(), &json!({ "new_display_name": name })).await
    }

    /// Reads a number.
    pub async fn number(&self, token: &SecretString, number: &PhoneNumberId) -> Managed<NumberNode> {
        self.get(token, "number", number.as_str(), &[("fields", NUMBER_FIELDS)]).await
    }

    /// Reads the numbers of a WABA, over all pages.
    pub async fn numbers_of(&self, token: &SecretString, waba: &WabaId) -> Managed<Vec<NumberNode>> {
        let (mut numbers, mut after) = (Vec::new(), None::<String>);
        for _ in 0..PAGES {
            let mut query = vec![("fields", NUMBER_FIELDS)];
            query.extend(after.as_deref().map(|after| ("after", after)));
            let path = format!("{waba}/phone_numbers");
            let page: NumbersPage = match self.get(token, "phone_numbers", &path, &query).await {
                Managed::Done(page) => page,
                other => return other.then(|_| None),
            };
            let next = page.next().map(str::to_owned);
            numbers.extend(page.data);
            match next {
                Some(next) => after = Some(next),
                None => return Managed::Done(numbers),
            }
        }
        Managed::Unknown { why: "more pages than any WABA has".to_owned() }
    }

    /// Reads a number's business profile.
    pub async fn profile(&self, token: &SecretString, number: &PhoneNumberId) -> Managed<BusinessProfile> {
        let path = format!("{number}/whatsapp_business_profile");
        let answer: Managed<ProfileAnswer> =
            self.get(token, "profile", &path, &[("fields", PROFILE_FIELDS)]).await;
        answer.then(|answer| answer.data.into_iter().next())
    }

    /// Changes a number's business profile. Repeating it changes nothing more.
    pub async fn change_profile(
        &self,
        token: &SecretString,
        number: &PhoneNumberId,
        change: &ProfileChange,
    ) -> Managed<()> {
        #[derive(Serialize)]
        struct Body<'a> {
            messaging_product: &'static str,
            #[serde(flatten)]
            change: &'a ProfileChange,
        }
        let body = Body { messaging_product: "whatsapp", change };
        self.post(token, "change_profile", &format!("{number}/whatsapp_business_profile"), &body).await
    }

    /// Uploads a picture, and gives its handle. See [Graph API/Resumable Upload], read 2026-11: a session of the app, then
    /// the bytes from the first one on.
    pub async fn upload_picture(
        &self,
        token: &SecretString,
        app: &str,
        picture: &Picture,
    ) -> Managed<String> {
        let length = picture.bytes.len().to_string();
        let query = [("file_name", "picture"), ("file_length", length.as_str()), ("file_type", picture.kind)];
        let url = self.url(&format!("{app}/uploads"));
        let begin = self.http.post(url).bearer_auth(token.expose_secret()).query(&query);
        let session = match self.ask("begin_upload", begin).await.then(|body| read::<UploadSession>(&body)) {
            Managed::Done(session) => session,
            other => return other.then(|_| None),
        };
        // The session's id is a path of its own, with a signature behind a question mark.
        let upload = self.http.post(self.url(&session.id));
        let upload = upload.header("authorization", format!("OAuth {}", token.expose_secret()));
        let upload = upload.header("file_offset", "0").body(picture.bytes.clone());
        self.ask("upload", upload)
            .await
            .then(|body| read::<Uploaded>(&body))
            .then(|uploaded| Some(uploaded.h))
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}/{VERSION}/{path}", self.base)
    }

    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        token: &SecretString,
        call: &'static str,
        path: &str,
        query: &[(&str, &str)],
    ) -> Managed<T> {
        let request = self.http.get(self.url(path)).bearer_auth(token.expose_secret()).query(query);
        self.ask(call, request).await.then(|body| read(&body))
    }

    async fn post(
        &self,
        token: &SecretString,
        call: &'static str,
        path: &str,
        body: &impl Serialize,
    ) -> Managed<()> {
        let request = self.http.post(self.url(path)).bearer_auth(token.expose_secret()).json(body);
        self.ask(call, request).await.then(|_| Some(()))
    }

    /// Makes one call. Nothing of what was sent is in what it says.
    pub(crate) async fn ask(&self, call: &'static str, request: RequestBuilder) -> Managed<Bytes> {
        if let Some(Err(Cut)) = self.intercept.as_ref().map(|i| i.before(call)) {
            return Managed::NotSent;
        }
        let answer = exchange(request).await;
        match self.intercept.as_ref().map(|i| i.after(call)) {
            Some(Err(Cut)) => Managed::Unknown { why: "the answer was lost".to_owned() },
            _ => answer,
        }
    }
}

pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    serde_json::from_slice(body).ok()
}

async fn exchange(request: RequestBuilder) -> Managed<Bytes> {
    let response = match request.send().await {
        Ok(response) => response,
        // Only a connection that was never made is known not to have carried anything.
        Err(error) if error.is_connect() => return Managed::NotSent,
        Err(error) => return Managed::Unknown { why: reason(&error) },
    };
    let status = response.status().as_u16();
    let body = match response.bytes().await {
        Ok(body) => body,
        Err(error) => return Managed::Unknown { why: reason(&error) },
    };
    if (200..300).contains(&status) {
        return Managed::Done(body);
    }
    match Answer::read(status, &body) {
        Answer::Refused(error) => Managed::Refused(error),
        _ => Managed::Unknown { why: format!("status {status} without a definite Graph error") },
    }
}
