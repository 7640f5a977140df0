//! What a browser may do with the pages.

use std::collections::BTreeSet;

use http::{HeaderName, HeaderValue, Uri, header};

use crate::config::{Config, SignIn};

/// Headers that do not depend on where this runs.
pub(crate) const HEADERS: [(HeaderName, &str); 3] = [
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("permissions-policy"),
        "microphone=(self), camera=(), geolocation=(), payment=(), usb=()",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Whether a file can only be a part of a page: nobody who opens it alone has it do anything. A picture of shapes could.
pub(crate) fn is_part(content_type: Option<&HeaderValue>) -> bool {
    let content_type = content_type.and_then(|it| it.to_str().ok()).unwrap_or_default();
    let part = |kind: &&str| content_type.starts_with(*kind);
    ["text/javascript", "text/css", "font/", "audio/", "image/"].iter().any(part)
        && !content_type.starts_with("image/svg")
}

/// The Content-Security-Policy: nothing inline, nothing from elsewhere but what the console talks to.
pub(crate) fn of(config: &Config) -> HeaderValue {
    let media = origin(&config.media);
    let sign_in = match &config.sign_in {
        SignIn::At(url) => origin(url),
        SignIn::Here | SignIn::Off => None,
    };
    let realtime = config.realtime.as_deref().and_then(origin);
    let connect: BTreeSet<String> = [&media, &sign_in, &realtime].into_iter().flatten().cloned().collect();
    let connect = connect.into_iter().collect::<Vec<_>>().join(" ");
    let media = media.unwrap_or_default();
    // Beside the simulated phone one page shows both.
    let framed = if config.phone { "'self'" } else { "'none'" };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data: {media}; \
         media-src 'self' blob: {media}; connect-src 'self' {connect}; font-src 'self'; manifest-src 'self'; \
         worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {framed}"
    );
    let policy = policy.replace(" ;", ";");
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// Scheme, host and port of a URL.
fn origin(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    Some(format!("{}://{}", uri.scheme_str()?, uri.authority()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(sign_in: SignIn, realtime: Option<&str>, phone: bool) -> String {
        let config = Config {
            stage: "local".into(),
            sign_in,
            client_id: "console".into(),
            realtime: realtime.map(str::to_owned),
            media: "https://bucket.example".into(),
            phone,
        };
        of(&config).to_str().unwrap().to_owned()
    }

    #[test]
    fn a_page_may_talk_to_what_it_needs_and_to_nobody_else() {
        let pool = SignIn::At("https://pool.example".into());
        let text = policy(pool, Some("wss://push.example/stage"), false);
        for part in [
            "default-src 'none'; ",
            "script-src 'self'; style-src 'self'; ",
            "img-src 'self' blob: data: https://bucket.example; ",
            "connect-src 'self' https://bucket.example https://pool.example wss://push.example; ",
            "form-action 'none'; frame-ancestors 'none'",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert!(!text.contains("unsafe") && !text.contains('*'), "{text}");
    }

    #[test]
    fn only_beside_the_simulated_phone_a_page_of_ours_may_show_the_console_in_a_frame() {
        assert!(policy(SignIn::Here, None, true).ends_with("frame-ancestors 'self'"));
        assert!(policy(SignIn::Here, None, false).ends_with("frame-ancestors 'none'"));
    }
}
