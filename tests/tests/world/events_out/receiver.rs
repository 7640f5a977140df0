//! A program of the company that hears of events.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::post;
use serde_json::Value;

/// What was posted to it.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    headers: HeaderMap,
    pub(crate) body: String,
}

impl Post {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Clone, Debug, Default)]
struct Inner {
    posts: Arc<Mutex<Vec<Post>>>,
    /// The next answers; the last one stays.
    answers: Arc<Mutex<VecDeque<u16>>>,
}

/// A listener on loopback.
pub(crate) struct Receiver {
    pub(crate) url: String,
    inner: Inner,
}

async fn answer(State(inner): State<Inner>, headers: HeaderMap, body: String) -> impl IntoResponse {
    inner.posts.lock().unwrap().push(Post { headers, body });
    let mut answers = inner.answers.lock().unwrap();
    let status = if answers.len() > 1 { answers.pop_front() } else { answers.front().copied() };
    (StatusCode::from_u16(status.unwrap_or(204)).unwrap(), [("location", "http://127.0.0.1:9/")])
}

impl Receiver {
    /// Answers with these, one after the other; the last one from then on. With none, 204.
    pub(crate) async fn answering(answers: impl IntoIterator<Item = u16>) -> Self {
        let inner =
            Inner { answers: Arc::new(Mutex::new(answers.into_iter().collect())), ..Inner::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let router = Router::new().route("/hook", post(answer)).with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, inner }
    }

    /// From now on.
    pub(crate) fn answers(&self, status: u16) {
        *self.inner.answers.lock().unwrap() = [status].into();
    }

    pub(crate) fn posts(&self) -> Vec<Post> {
        self.inner.posts.lock().unwrap().clone()
    }

    /// The types of what was posted, in order of the alphabet.
    pub(crate) fn types(&self) -> Vec<String> {
        let mut types: Vec<_> =
            self.posts().iter().map(|post| post.json()["type"].as_str().unwrap().to_owned()).collect();
        types.sort();
        types
    }

    /// Those of one type.
    pub(crate) fn of(&self, kind: &str) -> Vec<Value> {
        self.posts().iter().map(Post::json).filter(|event| event["type"] == kind).collect()
    }
}
