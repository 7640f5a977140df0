//! Signing in with a password: right and wrong ones, locks, new passwords, sessions, and the command line.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use local::tokens::Role;
use local::users::{Users, UsersError};
use local::world::{Time, World, WorldOptions};
use serde_json::{Value, json};

const ANA: &str = "ana@example.org";
const PASSWORD: &str = "blue kettle 42";

/// A world that talks to a real Graph API, which nobody asks here.
async fn world() -> World {
    let options = WorldOptions {
        time: Time::Manual("2026-11-23T08:00:00Z".parse().unwrap()),
        graph_url: Some("http://127.0.0.1:9".into()),
        ..WorldOptions::default()
    };
    let world = World::start(options).await.unwrap();
    world.users.add(ANA, Role::Admin, PASSWORD, false).unwrap();
    world
}

async fn post(world: &World, path: &str, body: Value) -> (u16, Option<u64>, Value) {
    let client = graph::client().no_proxy().build().unwrap();
    let answer = client.post(world.public_url() + path).json(&body).send().await.unwrap();
    let wait = answer.headers().get("retry-after").map(|wait| wait.to_str().unwrap().parse().unwrap());
    (answer.status().as_u16(), wait, answer.json().await.unwrap_or_default())
}

async fn sign_in(world: &World, name: &str, password: &str) -> (u16, Option<u64>, Value) {
    post(world, "/auth/token", json!({ "username": name, "password": password })).await
}

async fn refresh(world: &World, token: &Value) -> (u16, Value) {
    let (status, _, answer) = post(world, "/auth/refresh", json!({ "refresh_token": token })).await;
    (status, answer)
}

/// What the API says to a token.
async fn me(world: &World, token: &Value) -> (u16, Value) {
    let client = graph::client().no_proxy().build().unwrap();
    let ask = client.get(world.public_url() + "/v1/me").bearer_auth(token.as_str().unwrap_or_default());
    let answer = ask.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

#[tokio::test]
async fn a_token_for_a_password_lasts_an_hour_and_is_renewed_without_the_password() {
    let world = world().await;
    let (status, _, session) = sign_in(&world, "ANA@example.org ", PASSWORD).await;
    assert_eq!(status, 200, "{session}");
    assert_eq!(me(&world, &session["access_token"]).await.1["role"], "admin");
    world.advance(Duration::from_secs(3600)).await;
    assert_eq!(me(&world, &session["access_token"]).await.0, 401);
    let (status, renewed) = refresh(&world, &session["refresh_token"]).await;
    assert_eq!(status, 200);
    assert_eq!(me(&world, &renewed["access_token"]).await.0, 200);
}

#[tokio::test]
async fn a_month_without_a_sign_ends_a_session() {
    let start = "2026-11-23T08:00:00Z".parse().unwrap();
    let (clock, hand) = lambda_kit::Clock::manual(start);
    let users = Users::open(None, clock).unwrap();
    users.add(ANA, Role::Admin, PASSWORD, false).unwrap();
    let first = users.sign_in(ANA, PASSWORD).await.unwrap();
    let month = Duration::from_secs(30 * 86_400);
    hand.set(start + month - Duration::from_secs(1));
    let second = users.refresh(&first.refresh_token).await.unwrap();
    hand.set(start + month + month);
    assert!(matches!(users.refresh(&second.refresh_token).await, Err(UsersError::Wrong)));
}

#[tokio::test]
async fn a_refresh_token_that_comes_twice_ends_its_session_and_no_other() {
    let world = world().await;
    let (_, _, stolen) = sign_in(&world, ANA, PASSWORD).await;
    let (_, _, other) = sign_in(&world, ANA, PASSWORD).await;
    let (_, renewed) = refresh(&world, &stolen["refresh_token"]).await;
    assert_eq!(refresh(&world, &stolen["refresh_token"]).await.0, 401);
    assert_eq!(refresh(&world, &renewed["refresh_token"]).await.0, 401);
    let (status, other) = refresh(&world, &other["refresh_token"]).await;
    assert_eq!(status, 200);
    assert_eq!(
        post(&world, "/auth/sign-out", json!({ "refresh_token": other["refresh_token"] })).await.0,
        204
    );
    assert_eq!(refresh(&world, &other["refresh_token"]).await.0, 401);
}

#[tokio::test]
async fn five_wrong_passwords_lock_a_name_for_a_quarter_of_an_hour_whether_it_is_there_or_not() {
    let world = world().await;
    for name in [ANA, "nobody@example.org"] {
        for _ in 0..5 {
            assert_eq!(sign_in(&world, name, "red kettle 42").await.0, 401, "{name}");
        }
        let (status, wait, _) = sign_in(&world, name, PASSWORD).await;
        assert_eq!((status, wait), (429, Some(900)), "{name}: the right one does not open it either");
    }
    world.advance(Duration::from_secs(900)).await;
    assert_eq!(sign_in(&world, ANA, "red kettle 42").await.0, 401);
    assert_eq!(sign_in(&world, ANA, PASSWORD).await.1, Some(1800), "and then for longer");
    world.advance(Duration::from_secs(1800)).await;
    assert_eq!(sign_in(&world, ANA, PASSWORD).await.0, 200);
    assert_eq!(sign_in(&world, ANA, "red kettle 42").await.0, 401, "the right one begins anew");
    assert_eq!(sign_in(&world, ANA, PASSWORD).await.0, 200);
}

#[tokio::test]
async fn guesses_at_the_same_time_are_no_more_than_guesses_one_after_the_other() {
    let world = world().await;
    let guesses = (0..12).map(|_| sign_in(&world, ANA, "red kettle 42"));
    let answers = futures::future::join_all(guesses).await;
    assert_eq!(answers.iter().filter(|(status, ..)| *status == 401).count(), 5);
    assert_eq!(answers.iter().filter(|(status, ..)| *status == 429).count(), 7);
}

#[tokio::test]
async fn a_changed_password_ends_all_sessions_and_a_reset_one_must_be_changed_first() {
    let world = world().await;
    let (_, _, session) = sign_in(&world, ANA, PASSWORD).await;
    let change = async |old: &str, new: &str| {
        let body = json!({ "username": ANA, "password": old, "new_password": new });
        post(&world, "/auth/password", body).await.0
    };
    assert_eq!(change("red kettle 42", "green kettle 42").await, 401);
    assert_eq!(change(PASSWORD, "short").await, 400);
    assert_eq!(change(PASSWORD, PASSWORD).await, 400);
    assert_eq!(change(PASSWORD, "green kettle 42").await, 204);
    assert_eq!(refresh(&world, &session["refresh_token"]).await.0, 401);
    assert_eq!(sign_in(&world, ANA, PASSWORD).await.0, 401);
    assert_eq!(sign_in(&world, ANA, "green kettle 42").await.0, 200);

    for _ in 0..5 {
        sign_in(&world, ANA, "red kettle 42").await;
    }
    world.users.reset(ANA, "from the admin").unwrap();
    assert_eq!(
        sign_in(&world, ANA, "from the admin").await.0,
        403,
        "a lock is opened, and a new one is wanted"
    );
    assert_eq!(change("from the admin", "my own kettle").await, 204);
    assert_eq!(sign_in(&world, ANA, "my own kettle").await.0, 200);
    world.users.remove(ANA).unwrap();
    assert_eq!(sign_in(&world, ANA, "my own kettle").await.0, 401);
}

/// The program's own command line, with a password on its standard input.
fn users(arguments: &[&str], password: &str) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_local"));
    command.arg("users").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Who wants no password may have ended before.
    let _ = writeln!(child.stdin.take().unwrap(), "{password}");
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

#[tokio::test]
async fn the_command_line_adds_lists_resets_and_removes_people_while_the_program_runs() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().to_str().unwrap();
    let options = WorldOptions {
        data: Some(directory.path().to_owned()),
        graph_url: Some("http://127.0.0.1:9".into()),
        ..WorldOptions::default()
    };
    let world = World::start(options).await.unwrap();
    let (done, said) = users(&["add", "Ana@Example.org", "--role", "admin", "--data", data], PASSWORD);
    assert!(done, "{said}");
    let (_, _, session) = sign_in(&world, ANA, PASSWORD).await;
    let id = me(&world, &session["access_token"]).await.1["id"].as_str().unwrap().to_owned();
    assert_eq!(said.trim(), format!("{ANA} {id} admin"));
    assert!(!users(&["add", ANA, "--role", "admin", "--data", data], PASSWORD).0, "a name is taken once");
    assert!(!users(&["add", "bo@example.org", "--role", "owner", "--data", data], PASSWORD).0);
    let (done, said) = users(&["add", "bo@example.org", "--role", "agent", "--data", data], "short");
    assert!(!done && said.contains("at least 12 characters") && !said.contains("short"), "{said}");
    assert!(users(&["reset", ANA, "--data", data], "from the admin").0);
    assert!(users(&["list", "--data", data], "").1.contains(&format!("{ANA} {id} admin must-change")));
    assert_eq!(sign_in(&world, ANA, "from the admin").await.0, 403);
    assert!(users(&["remove", ANA, "--data", data], "").0);
    assert!(!users(&["remove", ANA, "--data", data], "").0);
    world.stop().await;

    let again = Users::open(Some(directory.path()), lambda_kit::Clock::system()).unwrap();
    assert!(again.list().unwrap().is_empty());
    assert!(matches!(again.reset(ANA, PASSWORD), Err(UsersError::Unknown)));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = directory.path().join("users.db").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "for nobody else to read");
    }
}
