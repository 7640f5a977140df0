//! What plays AWS behaves as AWS documents, or is known to differ: see `tests::fidelity`.
//!
//! Against the embedded world by default. `infra/rehearse fidelity` runs the same checks against ministack.

mod events;
mod fifo;
mod queues;
mod reads;
mod schedules;
mod tables;
mod transactions;
mod writes;

/// One check: a test of this name, and a row in the table of differences if it is known to fail somewhere.
macro_rules! check {
    ($name:ident, $body:expr) => {
        #[tokio::test]
        async fn $name() {
            tests::fidelity::check(stringify!($name), $body).await;
        }
    };
}
pub(crate) use check;

#[test]
fn every_known_difference_is_of_a_check_and_says_what_aws_documents() {
    let checks = [
        include_str!("events.rs"),
        include_str!("fifo.rs"),
        include_str!("queues.rs"),
        include_str!("reads.rs"),
        include_str!("schedules.rs"),
        include_str!("tables.rs"),
        include_str!("transactions.rs"),
        include_str!("writes.rs"),
    ];
    let checks = checks.concat();
    let readme = include_str!("../../README.md");
    for known in tests::fidelity::differences::DIFFERENCES {
        let check = known.check;
        assert!(checks.contains(&format!("check!({check},")), "no check is called {check}");
        assert!(readme.contains(&format!("`{check}`")), "tests/README.md does not tell of {check}");
        assert!(readme.contains(known.page), "tests/README.md does not link {}", known.page);
        assert!(known.page.starts_with("https://docs.aws.amazon.com/"), "{}", known.page);
        assert!(known.read.parse::<jiff::civil::Date>().is_ok(), "{}", known.read);
    }
}
