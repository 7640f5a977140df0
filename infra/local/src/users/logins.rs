//! A browser that has signed in: by its cookie a page that is loaded again gets new tokens without a password.

use std::time::Duration;

use lambda_kit::random_bytes;
use rusqlite::{Connection, OptionalExtension, params};

use super::sessions::kept;
use super::{Session, User, Users, UsersError};
use crate::tokens::Role;

/// How long a browser stays signed in: a working day.
pub(crate) const LOGIN: Duration = Duration::from_secs(12 * 3600);

/// A browser that has signed in just now.
#[derive(Debug)]
pub struct Login {
    /// Who.
    pub user: User,
    /// What the browser keeps as its cookie. Of it only a hash is kept here.
    pub token: String,
}

impl Users {
    /// Signs a browser in with a password.
    ///
    /// # Errors
    /// [`UsersError::Wrong`], [`UsersError::Locked`] or [`UsersError::MustChange`].
    pub async fn log_in(&self, name: &str, password: &str) -> Result<Login, UsersError> {
        let user = self.prove(name, password).await?;
        if user.must_change {
            return Err(UsersError::MustChange);
        }
        self.blocking(move |users| users.begin_login(user)).await
    }

    /// Signs a browser in as somebody who has no password.
    ///
    /// # Errors
    /// [`UsersError::Wrong`] if there is nobody of this name, or they have one.
    pub async fn log_in_freely(&self, name: &str) -> Result<Login, UsersError> {
        let name = name.to_owned();
        let begin = move |users: &Self| {
            let find = "SELECT name, sub, role, must_change, 0 FROM users WHERE name = ? AND hash = ''";
            let user = users.connection().query_row(find, [&name], super::read_user).optional()?;
            users.begin_login(user.ok_or(UsersError::Wrong)?)
        };
        self.blocking(begin).await
    }

    /// Whose browser has this cookie, if it still counts.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn logged_in(&self, token: &str) -> Result<Option<User>, UsersError> {
        let hash = kept(token);
        let find = move |users: &Self| {
            let find = "SELECT u.name, u.sub, u.role, u.must_change, 0 FROM logins l \
                        JOIN users u ON u.name = l.name WHERE l.hash = ? AND l.expires > ?";
            let found = users
                .connection()
                .query_row(find, params![hash, users.now()], super::read_user)
                .optional()?;
            Ok(found.filter(|user| !user.must_change))
        };
        self.blocking(find).await
    }

    /// Ends what a browser was given: its cookie, and every token that it got by it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn log_out(&self, token: &str) -> Result<(), UsersError> {
        let hash = kept(token);
        let end = move |users: &Self| {
            users.in_transaction(|transaction| {
                transaction.execute("DELETE FROM logins WHERE hash = ?", [&hash])?;
                let family = format!("{hash}.%");
                transaction.execute("DELETE FROM refreshes WHERE family LIKE ?", [family])?;
                Ok(())
            })
        };
        self.blocking(end).await
    }

    /// Tokens for a browser that has signed in, as long as it is signed in still.
    ///
    /// # Errors
    /// [`UsersError::Wrong`] if it is not.
    pub async fn begin_session(&self, login: &str) -> Result<Session, UsersError> {
        let user = self.logged_in(login).await?.ok_or(UsersError::Wrong)?;
        let family = format!("{}.{}", kept(login), hex::encode(random_bytes()?));
        let begin = move |users: &Self| {
            let begin = |transaction: &Connection| users.new_refresh(transaction, &family, &user.name);
            let refresh_token = users.in_transaction(begin)?;
            Ok(Session { user, refresh_token })
        };
        self.blocking(begin).await
    }

    /// Enters somebody who has no password: whoever asks may be them. Only where nothing is real.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn enter_freely(&self, name: &str, sub: &str, role: Role) -> Result<(), UsersError> {
        let put = "INSERT INTO users VALUES (?, ?, ?, '', 0, ?) ON CONFLICT DO NOTHING";
        self.connection().execute(put, params![name, sub, role.to_string(), self.now()])?;
        Ok(())
    }

    /// Takes everybody away who has no password, and what they were given.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn remove_free(&self) -> Result<(), UsersError> {
        self.in_transaction(|transaction| {
            for table in ["refreshes", "logins"] {
                let end =
                    format!("DELETE FROM {table} WHERE name IN (SELECT name FROM users WHERE hash = '')");
                transaction.execute(&end, [])?;
            }
            transaction.execute("DELETE FROM users WHERE hash = ''", [])?;
            Ok(())
        })
    }

    fn begin_login(&self, user: User) -> Result<Login, UsersError> {
        let token = hex::encode(random_bytes()?);
        let now = self.now();
        let expires = now + i64::try_from(LOGIN.as_millis()).unwrap_or_default();
        self.in_transaction(|transaction| {
            transaction.execute("DELETE FROM logins WHERE expires <= ?", [now])?;
            let put = "INSERT INTO logins VALUES (?, ?, ?)";
            transaction.execute(put, params![kept(&token), user.name, expires])?;
            Ok(())
        })?;
        Ok(Login { user, token })
    }
}
