//! What the function needs of HTTP: a Function URL's event in, its answer out.

use std::borrow::Cow;

use aws_lambda_events::event::lambda_function_urls::{LambdaFunctionUrlRequest, LambdaFunctionUrlResponse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::Webhook;

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

impl Webhook {
    /// Serves one event of the Function URL.
    pub async fn serve(&self, event: LambdaFunctionUrlRequest) -> LambdaFunctionUrlResponse {
        let method = event.request_context.http.method.as_deref().unwrap_or_default();
        let answer = match method {
            "GET" => {
                let query = |name: &str| event.query_string_parameters.get(name).map(String::as_str);
                self.handle(Request::Verify {
                    mode: query("hub.mode"),
                    token: query("hub.verify_token"),
                    challenge: query("hub.challenge"),
                })
                .await
            }
            "POST" => match body_of(&event) {
                Some(body) => {
                    let header = event.headers.get("x-hub-signature-256");
                    let signature = header.and_then(|value| value.to_str().ok());
                    self.handle(Request::Deliver { signature, body: &body }).await
                }
                // The Function URL itself encodes: this is nobody's webhook.
                None => Answer::status(400),
            },
            _ => self.handle(Request::Other).await,
        };
        to_response(answer)
    }
}

/// The bytes that came. A body that is not text arrives in base64, and must not be re-encoded: the signature
/// covers these bytes.
#[must_use]
pub fn body_of(event: &LambdaFunctionUrlRequest) -> Option<Cow<'_, [u8]>> {
    let body = event.body.as_deref().unwrap_or_default();
    if event.is_base64_encoded {
        STANDARD.decode(body).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(body.as_bytes()))
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
