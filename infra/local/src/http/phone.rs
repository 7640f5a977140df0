//! The simulated customer's phone at `/phone`, and the simulator's controls beside it, on the public listener: only on
//! loopback, and only while WhatsApp is simulated.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::{HeaderMap, StatusCode, header};

use super::Problem;
use crate::sim::Sim;

/// Scripts and styles from here, bytes of the simulator, and the console in a frame beside it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
                      media-src 'self' blob:; connect-src 'self'; frame-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// The files of the page: name, content type, text.
const FILES: [(&str, &str, &str); 6] = [
    ("", "text/html; charset=utf-8", include_str!("../../phone/index.html")),
    ("phone.css", "text/css; charset=utf-8", include_str!("../../phone/phone.css")),
    ("phone.js", "text/javascript; charset=utf-8", include_str!("../../phone/phone.js")),
    ("chat.js", "text/javascript; charset=utf-8", include_str!("../../phone/chat.js")),
    ("ogg.js", "text/javascript; charset=utf-8", include_str!("../../phone/ogg.js")),
    ("words.js", "text/javascript; charset=utf-8", include_str!("../../phone/words.js")),
];

pub(super) fn router(sim: &Sim) -> Router {
    let mut router = Router::new().route("/phone", get(Redirect::permanent("/phone/")));
    for (name, kind, text) in FILES {
        let headers = [
            (header::CONTENT_TYPE, kind),
            (header::CONTENT_SECURITY_POLICY, POLICY),
            (header::CACHE_CONTROL, "no-cache"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
        ];
        router = router.route(
            &format!("/phone/{name}"),
            get(move || {
                let headers = headers.clone();
                async move { (headers, text) }
            }),
        );
    }
    router.nest("/sim", sim.control_router().layer(from_fn(ours)))
}

/// Pages of other origins, and other names for this machine, do not move the simulator.
async fn ours(request: Request, next: Next) -> Response {
    if is_ours(request.headers()) {
        return next.run(request).await;
    }
    Problem::new(StatusCode::FORBIDDEN, "only pages of this program may do that").into_response()
}

fn is_ours(headers: &HeaderMap) -> bool {
    let get = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let host = get("host").unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let is_here = matches!(name, "127.0.0.1" | "localhost" | "[::1]");
    // Who is no browser sends neither.
    let site = get("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
    let origin = get("origin").is_none_or(|origin| origin.strip_prefix("http://") == Some(host));
    is_here && site && origin
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_somebody_else_does_not_move_the_simulator() {
        let ours = |pairs: &[(&'static str, &'static str)]| {
            let pairs = pairs.iter().map(|(name, value)| {
                (header::HeaderName::from_static(name), http::HeaderValue::from_static(value))
            });
            is_ours(&HeaderMap::from_iter(pairs))
        };
        assert!(ours(&[("host", "127.0.0.1:8080")]), "curl");
        assert!(ours(&[
            ("host", "localhost:8080"),
            ("origin", "http://localhost:8080"),
            ("sec-fetch-site", "same-origin")
        ]));
        assert!(!ours(&[("host", "127.0.0.1:8080"), ("sec-fetch-site", "cross-site")]));
        assert!(!ours(&[("host", "127.0.0.1:8080"), ("origin", "https://evil.example")]));
        assert!(!ours(&[("host", "127.0.0.1:8080"), ("origin", "null")]));
        assert!(!ours(&[("host", "evil.example:8080")]), "a name that somebody made point here");
    }
}
