//! Configuration, from the environment only.

use lambda_kit::{ConfigError, Vars};

/// What the pages have to know of the stack that serves them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The stack's stage.
    pub stage: String,
    /// Where people sign in.
    pub sign_in: SignIn,
    /// The client that the console is to whoever signs people in.
    pub client_id: String,
    /// Where pushes come from, e.g. `wss://…`. Without it the pages ask again and again.
    pub realtime: Option<String>,
    /// Where browsers reach media and files, e.g. `https://bucket.s3.us-east-1.amazonaws.com`.
    pub media: String,
    /// Whether a simulated customer's phone stands at `/phone`.
    pub phone: bool,
}

/// Where people sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// Whoever serves the pages does it, under `/oauth2`.
    Here,
    /// A Cognito domain, or what has the same paths, e.g. `https://….amazoncognito.com`.
    At(String),
    /// Nobody: the pages say so.
    Off,
}

impl Config {
    /// Reads the variables.
    ///
    /// # Errors
    /// Names every variable that is missing.
    pub fn from_vars(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut vars = Vars::new(lookup);
        let config = Self {
            stage: vars.required("STAGE"),
            sign_in: match vars.required("SIGN_IN_URL").as_str() {
                "here" => SignIn::Here,
                "off" => SignIn::Off,
                url => SignIn::At(url.trim_end_matches('/').to_owned()),
            },
            client_id: vars.required("CLIENT_ID"),
            realtime: Some(vars.required("REALTIME_URL")).filter(|url| url != "off"),
            media: vars.required("MEDIA_ORIGIN"),
            phone: vars.required("PHONE") == "on",
        };
        vars.finish().map(|()| config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(sign_in: &str, realtime: &str) -> Config {
        let value = |name: &str| match name {
            "SIGN_IN_URL" => sign_in.to_owned(),
            "REALTIME_URL" => realtime.to_owned(),
            "PHONE" => "on".to_owned(),
            name => name.to_lowercase(),
        };
        Config::from_vars(|name| Some(value(name))).unwrap()
    }

    #[test]
    fn words_stand_for_what_is_here_and_what_is_not() {
        let here = config("here", "off");
        assert_eq!((here.sign_in, here.realtime, here.phone), (SignIn::Here, None, true));
        assert_eq!(config("off", "off").sign_in, SignIn::Off);
        let pool = config("https://pool.example/", "wss://push.example/stage");
        assert_eq!(pool.sign_in, SignIn::At("https://pool.example".to_owned()));
        assert_eq!(pool.realtime.as_deref(), Some("wss://push.example/stage"));
    }

    #[test]
    fn every_missing_variable_is_named_at_once() {
        let error = Config::from_vars(|name| name.starts_with('S').then(|| "x".to_owned())).unwrap_err();
        assert_eq!(
            error.to_string(),
            "missing environment variables: CLIENT_ID, REALTIME_URL, MEDIA_ORIGIN, PHONE"
        );
    }
}
