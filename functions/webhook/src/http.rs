//! What the function needs of HTTP: a Function URL's event in, its answer out.

use std::borrow::Cow;
use std::fmt;

use aws_lambda_events::event::lambda_function_urls::{LambdaFunctionUrlRequest, LambdaFunctionUrlResponse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::Webhook;

/// What Meta signs with, as Lambda writes it.
const SIGNATURE: &str = "x-hub-signature-256";

/// A request, as far as it matters.
#[derive(Clone, Copy, Debug)]
pub enum Request<'a> {
    /// Meta asks whether the address is ours.
    Verify {
        /// `hub.mode`.
        mode: Option<&'a str>,
        /// `hub.verify_token`.
        token: Option<&'a str>,
        /// `hub.challenge`.
        challenge: Option<&'a str>,
    },
    /// Meta delivers.
    Deliver {
        /// `X-Hub-Signature-256`.
        signature: Option<&'a str>,
        /// The bytes that came.
        body: &'a [u8],
    },
    /// Another method.
    Other,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body, plain text.
    pub body: String,
}

impl Answer {
    pub(crate) fn status(status: u16) -> Self {
        Self { status, body: String::new() }
    }

    pub(crate) fn text(status: u16, body: &str) -> Self {
        Self { status, body: body.to_owned() }
    }
}

/// An event of the Function URL, as far as it matters. Half of the time for a small webhook would go into
/// reading the rest.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Event {
    headers: Headers,
    query_string_parameters: Option<Query>,
    request_context: Context,
    body: Option<String>,
    is_base64_encoded: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Query {
    #[serde(rename = "hub.mode")]
    mode: Option<String>,
    #[serde(rename = "hub.verify_token")]
    token: Option<String>,
    #[serde(rename = "hub.challenge")]
    challenge: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Context {
    http: Http,
    /// That of the invocation. See [Lambda/Function URLs/Request payload format], read 2026-11.
    #[serde(rename = "requestId")]
    request_id: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Http {
    method: String,
}

/// The one header that counts.
#[derive(Clone, Debug, Default)]
struct Headers {
    signature: Option<String>,
}

impl<'de> Deserialize<'de> for Headers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pick;
        impl<'de> Visitor<'de> for Pick {
            type Value = Headers;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("headers")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Headers, M::Error> {
                let mut headers = Headers::default();
                while let Some(Name(is_signature)) = map.next_key()? {
                    if is_signature {
                        headers.signature = Some(map.next_value()?);
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(headers)
            }
        }
        deserializer.deserialize_map(Pick)
    }
}

/// Whether a header is the signature. Names of headers have no case.
struct Name(bool);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Compare;
        impl Visitor<'_> for Compare {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a header's name")
            }

            fn visit_str<E>(self, name: &str) -> Result<Name, E> {
                Ok(Name(name.eq_ignore_ascii_case(SIGNATURE)))
            }
        }
        deserializer.deserialize_str(Compare)
    }
}

impl From<LambdaFunctionUrlRequest> for Event {
    fn from(mut event: LambdaFunctionUrlRequest) -> Self {
        let signature = event.headers.get(SIGNATURE).and_then(|value| value.to_str().ok());
        let mut query = |name: &str| event.query_string_parameters.remove(name);
        Self {
            headers: Headers { signature: signature.map(str::to_owned) },
            query_string_parameters: Some(Query {
                mode: query("hub.mode"),
                token: query("hub.verify_token"),
                challenge: query("hub.challenge"),
            }),
            request_context: Context {
                http: Http { method: event.request_context.http.method.unwrap_or_default() },
                request_id: event.request_context.request_id,
            },
            body: event.body,
            is_base64_encoded: event.is_base64_encoded,
        }
    }
}

impl Event {
    /// `X-Hub-Signature-256`.
    #[must_use]
    pub fn signature(&self) -> Option<&str> {
        self.headers.signature.as_deref()
    }

    /// The invocation's id.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_context.request_id.as_deref()
    }

    /// The bytes that came. A body that is not text arrives in base64, and must not be re-encoded: the
    /// signature covers these bytes. `None` if it says base64 and is not.
    #[must_use]
    pub fn body(&self) -> Option<Cow<'_, [u8]>> {
        let body = self.body.as_deref().unwrap_or_default();
        if self.is_base64_encoded {
            STANDARD.decode(body).ok().map(Cow::Owned)
        } else {
            Some(Cow::Borrowed(body.as_bytes()))
        }
    }
}

impl Webhook {
    /// Serves one event of the Function URL.
    pub async fn serve(&self, event: Event) -> LambdaFunctionUrlResponse {
        let id = event.request_id();
        let answer = match event.request_context.http.method.as_str() {
            "GET" => {
                let query = event.query_string_parameters.as_ref();
                let request = Request::Verify {
                    mode: query.and_then(|query| query.mode.as_deref()),
                    token: query.and_then(|query| query.token.as_deref()),
                    challenge: query.and_then(|query| query.challenge.as_deref()),
                };
                self.handle(request, id).await
            }
            "POST" => match event.body() {
                Some(body) => {
                    self.handle(Request::Deliver { signature: event.signature(), body: &body }, id).await
                }
                // The Function URL itself encodes: this is nobody's webhook.
                None => Answer::status(400),
            },
            _ => self.handle(Request::Other, id).await,
        };
        to_response(answer)
    }
}

fn to_response(answer: Answer) -> LambdaFunctionUrlResponse {
    let mut response = LambdaFunctionUrlResponse::default();
    response.status_code = answer.status.into();
    response.headers.insert("content-type", http_plain());
    response.body = Some(answer.body);
    response
}

fn http_plain() -> lambda_http::http::HeaderValue {
    lambda_http::http::HeaderValue::from_static("text/plain; charset=utf-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_read_as_lambda_writes_it_and_as_the_types_of_aws_have_it() {
        let json = r#"{"version":"2.0","rawPath":"/","headers":{"host":"a","X-Hub-Signature-256":"sha256=0"},"queryStringParameters":{"hub.mode":"subscribe","hub.challenge":"1"},"requestContext":{"http":{"method":"POST","path":"/"},"requestId":"r-1","timeEpoch":0},"body":"{\"a\":1}","isBase64Encoded":false}"#;
        let event: Event = serde_json::from_str(json).unwrap();
        let typed: LambdaFunctionUrlRequest = serde_json::from_str(json).unwrap();
        assert_eq!(format!("{event:?}"), format!("{:?}", Event::from(typed)));
        assert_eq!(event.signature(), Some("sha256=0"));
        assert_eq!(event.request_id(), Some("r-1"));
        assert_eq!(event.body().as_deref(), Some(&br#"{"a":1}"#[..]));
        assert_eq!(event.request_context.http.method, "POST");
    }

    #[test]
    fn a_body_that_says_base64_and_is_not_is_none() {
        let event =
            |body: &str| Event { body: Some(body.to_owned()), is_base64_encoded: true, ..Event::default() };
        assert_eq!(event("//4=").body().as_deref(), Some(&b"\xff\xfe"[..]));
        assert_eq!(event("?").body(), None);
    }
}
