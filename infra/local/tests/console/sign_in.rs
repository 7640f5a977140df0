//! Signing in to the console: authorization code with PKCE, by a click where nothing is real, by a password elsewhere.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use local::tokens::Role;
use local::world::{Time, World, WorldOptions};
use reqwest::redirect::Policy;
use serde_json::Value;
use sha2::{Digest, Sha256};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const ANA: &str = "ana@example.org";
const PASSWORD: &str = "blue kettle 42";

/// A browser at a console, which keeps its cookie and shows where it is sent.
struct Browser {
    world: World,
    client: reqwest::Client,
    cookie: std::sync::Mutex<String>,
}

impl Browser {
    async fn at(options: WorldOptions) -> Self {
        let time = Time::Manual("2026-11-23T08:00:00Z".parse().unwrap());
        let world = World::start(WorldOptions { time, ..options }).await.unwrap();
        let client = graph::client().no_proxy().redirect(Policy::none()).build().unwrap();
        Self { world, client, cookie: std::sync::Mutex::default() }
    }

    /// Where nothing is real.
    async fn newcomer() -> Self {
        Self::at(WorldOptions::default()).await
    }

    /// Where people have passwords.
    async fn at_work() -> Self {
        let browser = Self::at(WorldOptions {
            graph_url: Some("http://127.0.0.1:9".into()),
            ..WorldOptions::default()
        })
        .await;
        browser.world.users.add(ANA, Role::Supervisor, PASSWORD, false).unwrap();
        browser
    }

    fn redirect_uri(&self) -> String {
        format!("{}/signed-in", self.world.public_url())
    }

    fn authorize(&self, changed: &[(&str, &str)]) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let redirect_uri = self.redirect_uri();
        let mut query = vec![
            ("response_type", "code"),
            ("client_id", "console"),
            ("redirect_uri", &redirect_uri),
            ("scope", "openid"),
            ("state", "a state"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        for (name, value) in changed {
            query.retain(|(known, _)| known != name);
            query.push((name, value));
        }
        let query: Vec<String> = query
            .iter()
            .map(|(name, value)| {
                format!(
                    "{name}={}",
                    percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC)
                )
            })
            .collect();
        format!("{}/oauth2/authorize?{}", self.world.public_url(), query.join("&"))
    }

    /// Status, where to, and the page.
    async fn send(&self, request: reqwest::RequestBuilder) -> (u16, String, String) {
        let cookie = self.cookie.lock().unwrap().clone();
        let answer = request.header("cookie", cookie).send().await.unwrap();
        if let Some(cookie) = answer.headers().get("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            assert!(
                cookie.contains("; HttpOnly; SameSite=Lax") && cookie.contains("; Path=/oauth2"),
                "{cookie}"
            );
            *self.cookie.lock().unwrap() = cookie.split(';').next().unwrap().to_owned();
        }
        let to = answer.headers().get("location").map_or("", |to| to.to_str().unwrap()).to_owned();
        (answer.status().as_u16(), to, answer.text().await.unwrap())
    }

    async fn ask(&self, changed: &[(&str, &str)]) -> (u16, String, String) {
        self.send(self.client.get(self.authorize(changed))).await
    }

    async fn answer(&self, form: &[(&str, &str)]) -> (u16, String, String) {
        let form: Vec<String> = form
            .iter()
            .map(|(name, value)| {
                format!(
                    "{name}={}",
                    percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC)
                )
            })
            .collect();
        self.send(self.client.post(self.authorize(&[])).body(form.join("&"))).await
    }

    async fn token(&self, form: &[(&str, &str)]) -> (u16, Value) {
        let body: Vec<String> = form.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let url = format!("{}/oauth2/token", self.world.public_url());
        let request = self.client.post(url).header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(body.join("&")).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    async fn redeem(&self, code: &str, verifier: &str) -> (u16, Value) {
        let redirect_uri = self.redirect_uri();
        self.token(&[
            ("grant_type", "authorization_code"),
            ("client_id", "console"),
            ("redirect_uri", &redirect_uri),
            ("code", code),
            ("code_verifier", verifier),
        ])
        .await
    }

    /// What the API says to a token.
    async fn me(&self, tokens: &Value) -> (u16, Value) {
        let token = tokens["access_token"].as_str().unwrap_or_default();
        let answer =
            self.client.get(self.world.public_url() + "/v1/me").bearer_auth(token).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }
}

fn code_of(to: &str) -> String {
    let (_, code) = to.split_once("?code=").unwrap_or_else(|| panic!("no code in {to}"));
    let (code, state) = code.split_once('&').unwrap();
    assert_eq!(state, "state=a+state");
    code.to_owned()
}

#[tokio::test]
async fn a_newcomer_chooses_who_to_be_and_is_let_in_again_without_being_asked() {
    let browser = Browser::newcomer().await;
    let (status, _, page) = browser.ask(&[]).await;
    assert!(status == 200 && page.contains("Carmen Ávila") && page.contains("Sign in to Ventana"), "{page}");
    let (status, to, _) = browser.answer(&[("person", "mariela")]).await;
    assert!(status == 303 && to.starts_with(&browser.redirect_uri()), "{to}");
    let (status, tokens) = browser.redeem(&code_of(&to), VERIFIER).await;
    assert_eq!((status, &tokens["token_type"], &tokens["expires_in"]), (200, &"Bearer".into(), &3600.into()));
    let (_, me) = browser.me(&tokens).await;
    assert_eq!((&me["id"], &me["role"]), (&"demo-mariela".into(), &"supervisor".into()));

    let (status, to, _) = browser.ask(&[]).await;
    assert_eq!(status, 303, "the cookie lives");
    assert_eq!(browser.me(&browser.redeem(&code_of(&to), VERIFIER).await.1).await.1["id"], "demo-mariela");
    assert_eq!(browser.ask(&[("prompt", "login")]).await.0, 200, "who asks for it is asked again");
    browser.world.advance(Duration::from_secs(12 * 3600)).await;
    assert_eq!(browser.ask(&[]).await.0, 200, "and after a working day");
}

#[tokio::test]
async fn a_test_chooses_by_a_hint_a_name_or_the_first_of_a_role() {
    let browser = Browser::newcomer().await;
    for (hint, id) in [("camila", "demo-camila"), ("admin", "demo-carmen"), ("agent", "demo-joseluis")] {
        let (status, to, _) = browser.ask(&[("login_hint", hint)]).await;
        assert_eq!(status, 303, "{hint}");
        assert_eq!(browser.me(&browser.redeem(&code_of(&to), VERIFIER).await.1).await.1["id"], id);
    }
    assert_eq!(browser.ask(&[("login_hint", "nobody")]).await.0, 200);
}

#[tokio::test]
async fn a_code_is_taken_once_within_a_minute_by_whoever_asked_for_it() {
    let browser = Browser::newcomer().await;
    let code = async || code_of(&browser.ask(&[("login_hint", "admin")]).await.1);
    let refused = |answer: (u16, Value)| answer == (400, serde_json::json!({ "error": "invalid_grant" }));

    let taken = code().await;
    assert_eq!(browser.redeem(&taken, VERIFIER).await.0, 200);
    assert!(refused(browser.redeem(&taken, VERIFIER).await), "taken twice");

    let stolen = code().await;
    assert!(refused(browser.redeem(&stolen, &"x".repeat(43)).await), "with another verifier");
    assert!(refused(browser.redeem(&stolen, VERIFIER).await), "which used it up");

    let late = code().await;
    browser.world.advance(Duration::from_secs(60)).await;
    assert!(refused(browser.redeem(&late, VERIFIER).await), "after a minute");

    let elsewhere = code().await;
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "console"),
        ("redirect_uri", "http://x/signed-in"),
    ];
    let form: Vec<_> =
        form.into_iter().chain([("code", elsewhere.as_str()), ("code_verifier", VERIFIER)]).collect();
    assert!(refused(browser.token(&form).await), "for another address");
    assert!(refused(browser.redeem("nonsense", VERIFIER).await));
}

#[tokio::test]
async fn a_code_goes_to_the_console_at_this_address_and_nowhere_else() {
    let browser = Browser::newcomer().await;
    let port = browser.world.public.port();
    let (here, elsewhere) = (
        format!("http://localhost:{port}/signed-in"),
        format!("http://127.0.0.1:{port}.evil.example/signed-in"),
    );
    assert_eq!(browser.ask(&[("login_hint", "admin"), ("redirect_uri", &here)]).await.0, 303);
    for wrong in [
        elsewhere.as_str(),
        "https://evil.example/signed-in",
        "",
        "http://127.0.0.1:1/signed-in",
        "/signed-in",
    ] {
        let (status, to, _) = browser.ask(&[("login_hint", "admin"), ("redirect_uri", wrong)]).await;
        assert_eq!((status, to.as_str()), (400, ""), "{wrong}");
    }
    let other_path = browser.world.public_url() + "/files/signed-in";
    assert_eq!(browser.ask(&[("redirect_uri", &other_path)]).await.0, 400);
    assert_eq!(browser.ask(&[("client_id", "other")]).await.0, 400);
}

#[tokio::test]
async fn without_a_challenge_there_is_no_code() {
    let browser = Browser::newcomer().await;
    for (changed, error) in [
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("response_type", "token"), "unsupported_response_type"),
    ] {
        let (status, to, _) = browser.ask(&[changed, ("login_hint", "admin")]).await;
        assert_eq!((status, to), (303, format!("{}?error={error}&state=a+state", browser.redirect_uri())));
    }
    let form = [("grant_type", "password"), ("client_id", "console")];
    assert_eq!(browser.token(&form).await.1["error"], "unsupported_grant_type");
    assert_eq!(browser.token(&[("grant_type", "refresh_token")]).await.1["error"], "invalid_client");
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_ends_with_the_login() {
    let browser = Browser::newcomer().await;
    let (_, to, _) = browser.ask(&[("login_hint", "admin")]).await;
    let (_, tokens) = browser.redeem(&code_of(&to), VERIFIER).await;
    let refresh = async |tokens: &Value| {
        let token = tokens["refresh_token"].as_str().unwrap();
        browser
            .token(&[("grant_type", "refresh_token"), ("client_id", "console"), ("refresh_token", token)])
            .await
    };
    let (status, renewed) = refresh(&tokens).await;
    assert_eq!((status, browser.me(&renewed).await.0), (200, 200));
    let back = format!("{}/", browser.world.public_url());
    let out = |to: &str| {
        browser
            .client
            .get(format!("{}/oauth2/logout?client_id=console&logout_uri={to}", browser.world.public_url()))
    };
    let (status, to, _) = browser.send(out(&back)).await;
    assert_eq!((status, to), (303, back));
    assert_eq!(refresh(&renewed).await, (400, serde_json::json!({ "error": "invalid_grant" })));
    assert_eq!(browser.ask(&[]).await.0, 200, "nobody is signed in");
    assert_eq!(browser.send(out("https://evil.example/")).await.0, 200, "nobody is sent elsewhere");
}

#[tokio::test]
async fn where_whatsapp_is_real_a_password_is_asked_for_and_a_hint_opens_nothing() {
    let browser = Browser::at_work().await;
    let (status, _, page) = browser.ask(&[("login_hint", "admin")]).await;
    assert!(status == 200 && page.contains("type=\"password\"") && !page.contains("Mariela"), "{page}");
    assert_eq!(browser.answer(&[("person", "carmen")]).await.0, 401);
    let sign_in = async |password: &str| browser.answer(&[("username", ANA), ("password", password)]).await;
    let (status, _, page) = sign_in("red kettle 42").await;
    assert!(status == 401 && page.contains("not right"), "{page}");
    let (status, to, _) = sign_in(PASSWORD).await;
    assert_eq!(status, 303);
    let (_, tokens) = browser.redeem(&code_of(&to), VERIFIER).await;
    assert_eq!(browser.me(&tokens).await.1["role"], "supervisor");
    for _ in 0..5 {
        sign_in("red kettle 42").await;
    }
    assert_eq!(sign_in(PASSWORD).await.0, 429, "guesses lock the name");
    browser.world.users.reset(ANA, "from the admin").unwrap();
    assert_eq!(browser.ask(&[]).await.0, 200, "a reset ends every browser's login");
    let (status, _, page) = sign_in("from the admin").await;
    assert!(status == 403 && page.contains("name=\"new_password\""), "{page}");
    let form = [("username", ANA), ("password", "from the admin"), ("new_password", "my own kettle")];
    assert_eq!(browser.answer(&form).await.0, 303);
}

#[tokio::test]
async fn the_page_has_no_script_and_speaks_the_browsers_language() {
    let browser = Browser::newcomer().await;
    let request = browser.client.get(browser.authorize(&[])).header("accept-language", "es-VE,es;q=0.9");
    let answer = request.send().await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'; form-action 'self'"), "{policy}");
    let page = answer.text().await.unwrap();
    assert!(page.contains("<html lang=\"es\">") && page.contains("¿Quién quieres ser?"), "{page}");
    assert!(!page.contains("<script") && !page.contains("style="), "{page}");
    let hostile = browser.authorize(&[("state", "\"><script>alert(1)</script>")]) + "&x=\"><script>";
    let page = browser.client.get(hostile).send().await.unwrap().text().await.unwrap();
    assert!(!page.contains("<script"), "{page}");
}

#[tokio::test]
async fn who_could_be_anybody_is_nobody_once_whatsapp_is_real() {
    let directory = tempfile::tempdir().unwrap();
    let data = Some(directory.path().to_owned());
    let browser = Browser::at(WorldOptions { data: data.clone(), ..WorldOptions::default() }).await;
    let (_, to, _) = browser.ask(&[("login_hint", "admin")]).await;
    let (_, tokens) = browser.redeem(&code_of(&to), VERIFIER).await;
    let cookie = browser.cookie.lock().unwrap().clone();
    browser.world.kill().await;
    let options =
        WorldOptions { data, graph_url: Some("http://127.0.0.1:9".into()), ..WorldOptions::default() };
    let browser = Browser::at(options).await;
    *browser.cookie.lock().unwrap() = cookie;
    assert_eq!(browser.ask(&[]).await.0, 200);
    let token = tokens["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("client_id", "console"), ("refresh_token", token)];
    assert_eq!(browser.token(&form).await.0, 400);
    assert!(browser.world.users.list().unwrap().is_empty());
}
