//! The Lambda.

use console::{Config, Console};
use lambda_kit::StartError;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    let vars = |name: &str| std::env::var(name).ok();
    lambda_kit::init_logging(vars("RUST_LOG").as_deref());
    let config = Config::from_vars(vars)?;
    lambda_http::run(console::router(Console::new(config))).await
}
