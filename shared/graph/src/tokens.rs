//! Access tokens, one per portfolio.

use std::collections::BTreeMap;
use std::fmt;

use cloud_api::PortfolioId;
use secrecy::SecretString;

/// The access tokens: a default one, and any number of others by portfolio.
#[derive(Clone)]
pub struct Tokens {
    default: SecretString,
    by_portfolio: BTreeMap<PortfolioId, SecretString>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tokens({} by portfolio)", self.by_portfolio.len())
    }
}

/// The text names no default token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it has no default token: write TOKEN, or PORTFOLIO=TOKEN,…,TOKEN")]
pub struct NoDefaultToken;

impl Tokens {
    /// Reads `TOKEN`, or `PORTFOLIO=TOKEN,PORTFOLIO=TOKEN,TOKEN`. The one without a portfolio is the default.
    ///
    /// # Errors
    /// There is no default token.
    pub fn parse(text: &str) -> Result<Self, NoDefaultToken> {
        let mut default = None;
        let mut by_portfolio = BTreeMap::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            match part.split_once('=') {
                Some((portfolio, token)) if !portfolio.is_empty() && !token.is_empty() => {
                    by_portfolio.insert(PortfolioId::from(portfolio), SecretString::from(token));
                }
                _ => default = Some(SecretString::from(part)),
            }
        }
        Ok(Self { default: default.ok_or(NoDefaultToken)?, by_portfolio })
    }

    /// The token for calls of a portfolio.
    #[must_use]
    pub fn of(&self, portfolio: &PortfolioId) -> &SecretString {
        self.by_portfolio.get(portfolio).unwrap_or(&self.default)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_portfolio_has_its_own_token_or_the_default_and_none_is_printed() {
        let tokens = Tokens::parse("one=AAA, BBB").unwrap();
        assert_eq!(tokens.of(&PortfolioId::from("one")).expose_secret(), "AAA");
        assert_eq!(tokens.of(&PortfolioId::from("other")).expose_secret(), "BBB");
        assert!(!format!("{tokens:?}").contains("AAA"));
        assert_eq!(Tokens::parse("one=AAA").unwrap_err(), NoDefaultToken);
    }
}
