//! One connection, from its first request to its end.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request};
use axum::response::{IntoResponse, Response};
use futures::{SinkExt, StreamExt};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use lambda_kit::invocation;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tracing::Instrument;

use super::event::Context;
use super::{Command, LARGEST, Sockets};
use crate::http::Problem;
use crate::lambda::{Invoker, SocketHandler, stopped};

/// What stands in front of the function. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Gateway {
    pub(crate) sockets: Sockets,
    pub(crate) handler: SocketHandler,
    pub(crate) invoker: Invoker,
}

type Socket = WebSocketStream<TokioIo<Upgraded>>;

impl Gateway {
    /// Answers a request to connect: the authorizer, then `$connect`, then the upgrade.
    pub(crate) async fn connect(self, mut request: Request) -> Response {
        let Some(accept) = accept_key(request.headers()) else {
            return Problem::new(StatusCode::UPGRADE_REQUIRED, "this is a WebSocket").into_response();
        };
        let Some(upgrade) = request.extensions_mut().remove::<OnUpgrade>() else {
            return Problem::new(StatusCode::BAD_REQUEST, "this connection cannot be upgraded")
                .into_response();
        };
        // Without the ticket the authorizer is not even called.
        let Some(ticket) = ticket(&request) else {
            return Problem::new(StatusCode::UNAUTHORIZED, "a ticket is missing").into_response();
        };
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let context = Context {
            id: ulid::Ulid::generate().to_string(),
            source: peer.map(|ConnectInfo(peer)| peer.ip().to_string()).unwrap_or_default(),
            since: self.sockets.clock.now(),
        };
        let Some(answer) = self.call(context.authorize(&ticket)).await else { return no_answer() };
        let effect = &answer["policyDocument"]["Statement"][0]["Effect"];
        if effect != "Allow" {
            return Problem::new(StatusCode::FORBIDDEN, "the ticket is not good").into_response();
        }
        let mut authorizer = answer["context"].clone();
        authorizer["principalId"] = answer["principalId"].clone();
        let event = context.route(("$connect", "CONNECT"), &authorizer, None, context.since);
        let Some(answer) = self.call(event).await else { return no_answer() };
        if answer["statusCode"] != 200 {
            return no_answer();
        }
        // From here on it can be reached: what comes before the upgrade waits.
        let commands = self.sockets.hold(&context.id, context.source.clone());
        let tasks = self.sockets.tasks.clone();
        let life = Box::pin(self.live(upgrade, context, authorizer, commands));
        if tasks.send(life).is_err() {
            return no_answer();
        }
        let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
        response
    }

    async fn live(
        self,
        upgrade: OnUpgrade,
        context: Context,
        authorizer: Value,
        commands: mpsc::UnboundedReceiver<Command>,
    ) {
        let (said, mut heard) = mpsc::unbounded_channel::<String>();
        let talk = async {
            match upgrade.await {
                Ok(upgraded) => {
                    let config = WebSocketConfig::default()
                        .max_message_size(Some(LARGEST))
                        .max_frame_size(Some(LARGEST));
                    let io = TokioIo::new(upgraded);
                    let socket = WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await;
                    self.talk(socket, &context.id, said, commands).await;
                }
                Err(error) => tracing::debug!(%error, "A connection was not upgraded"),
            }
        };
        // What a client says is served in order; what it is told does not wait for that.
        let serve = async {
            while let Some(body) = heard.recv().await {
                let now = self.sockets.clock.now();
                let event = context.route(("$default", "MESSAGE"), &authorizer, Some(&body), now);
                self.call(event).await;
            }
        };
        futures::future::join(talk, serve).await;
        // One that was cut is not there any more: nobody tells the function.
        if self.sockets.lock().remove(&context.id).is_none() {
            return;
        }
        let now = self.sockets.clock.now();
        self.call(context.route(("$disconnect", "DISCONNECT"), &authorizer, None, now)).await;
    }

    /// Carries frames until one side, or time, ends it.
    async fn talk(
        &self,
        mut socket: Socket,
        id: &str,
        said: mpsc::UnboundedSender<String>,
        mut commands: mpsc::UnboundedReceiver<Command>,
    ) {
        let mut stop = self.sockets.stop.clone();
        let away = (CloseCode::Away, "Going away");
        let (code, reason) = loop {
            // Cut: nobody is told.
            let Some(deadline) = self.sockets.deadline(id) else { return };
            tokio::select! {
                () = stopped(&mut stop) => break away,
                () = self.sockets.clock.sleep_until(deadline) => {
                    // Traffic has moved the deadline while this waited for it.
                    if self.sockets.deadline(id).is_none_or(|deadline| deadline <= self.sockets.clock.now()) {
                        break away;
                    }
                }
                command = commands.recv() => match command {
                    Some(Command::Post(text)) => {
                        self.sockets.active(id);
                        if socket.send(Message::Text(text.into())).await.is_err() {
                            return;
                        }
                    }
                    Some(Command::End) => break (CloseCode::Normal, "Closed"),
                    None => return,
                },
                frame = socket.next() => match frame {
                    Some(Ok(Message::Text(text))) => {
                        self.sockets.active(id);
                        if said.send(text.as_str().to_owned()).is_err() {
                            return;
                        }
                    }
                    Some(Ok(Message::Binary(_))) => break (CloseCode::Unsupported, "Text only"),
                    Some(Ok(Message::Close(_))) | Some(Err(_)) | None => return,
                    Some(Ok(_)) => self.sockets.active(id),
                },
            }
        };
        let reason = Utf8Bytes::from_static(reason);
        // Whoever is gone hears nothing.
        let _ = socket.close(Some(CloseFrame { code, reason })).await;
    }

    /// Calls the function. `None` if it gave no answer.
    async fn call(&self, event: Value) -> Option<Value> {
        let handler = self.handler.clone();
        let span = invocation(&ulid::Ulid::generate().to_string(), None);
        match self.invoker.call(async move { handler(event).await }.instrument(span)).await {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(error)) => {
                tracing::warn!(error, "The function of a WebSocket failed");
                None
            }
            Err(error) => {
                tracing::warn!(%error, "The function of a WebSocket gave no answer");
                None
            }
        }
    }
}

fn no_answer() -> Response {
    Problem::new(StatusCode::BAD_GATEWAY, "the connection could not be made").into_response()
}

/// What a client's key is answered with; `None` if it does not ask for a WebSocket.
fn accept_key(headers: &HeaderMap) -> Option<HeaderValue> {
    let is = |name: header::HeaderName, value: &str| {
        let text = headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default();
        text.split(',').any(|part| part.trim().eq_ignore_ascii_case(value))
    };
    let asks = is(header::UPGRADE, "websocket") && is(header::CONNECTION, "upgrade");
    let key = headers.get(header::SEC_WEBSOCKET_KEY).filter(|_| asks)?;
    HeaderValue::from_str(&derive_accept_key(key.as_bytes())).ok()
}

fn ticket(request: &Request) -> Option<String> {
    let query = request.uri().query()?;
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, _)| name == "ticket").map(|(_, value)| value.into_owned())
}
