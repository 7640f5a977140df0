//! Signing in, staying signed in, and changing one's password.

use lambda_kit::random_bytes;
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::{User, Users, UsersError, password};

/// How long somebody stays signed in without asking for anything.
const REFRESH_MS: i64 = 30 * 86_400_000;

/// Somebody who is signed in.
#[derive(Debug)]
pub struct Session {
    /// Who.
    pub user: User,
    /// What buys the next access token, once.
    pub refresh_token: String,
}

impl Users {
    /// Signs somebody in.
    ///
    /// # Errors
    /// [`UsersError::Wrong`], [`UsersError::Locked`] or [`UsersError::MustChange`].
    pub async fn sign_in(&self, name: &str, password: &str) -> Result<Session, UsersError> {
        let user = self.prove(name, password).await?;
        if user.must_change {
            return Err(UsersError::MustChange);
        }
        let family = hex::encode(random_bytes()?);
        let begin = move |users: &Self| {
            let begin = |transaction: &Connection| users.new_refresh(transaction, &family, &user.name);
            let refresh_token = users.in_transaction(begin)?;
            Ok(Session { user, refresh_token })
        };
        self.blocking(begin).await
    }

    /// Changes a password and ends all sessions; the old one must be known.
    ///
    /// # Errors
    /// [`UsersError`] says what is wrong with the old or the new one.
    pub async fn change_password(&self, name: &str, old: &str, new: &str) -> Result<(), UsersError> {
        let user = self.prove(name, old).await?;
        if old == new {
            return Err(UsersError::WeakPassword);
        }
        let new = new.to_owned();
        let _one_of_few = self.hashing.acquire().await;
        let change =
            move |users: &Self| users.replace_password(&user.name, &password::hash(&user.name, &new)?, false);
        self.blocking(change).await
    }

    /// A new session for a refresh token, which is used up. One that comes a second time was stolen, from us or by us:
    /// the whole line that it belongs to ends.
    ///
    /// # Errors
    /// [`UsersError::Wrong`] for what is unknown, used or expired.
    pub async fn refresh(&self, token: &str) -> Result<Session, UsersError> {
        let hash = kept(token);
        self.blocking(move |users| users.refresh_now(&hash)).await
    }

    /// Ends the session that a refresh token belongs to. Nothing happens if there is none.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn sign_out(&self, token: &str) -> Result<(), UsersError> {
        let hash = kept(token);
        let end = move |users: &Self| {
            let end = "DELETE FROM refreshes WHERE family IN (SELECT family FROM refreshes WHERE hash = ?)";
            users.connection().execute(end, [hash])?;
            Ok(())
        };
        self.blocking(end).await
    }

    /// Whoever knows the password of this name.
    pub(super) async fn prove(&self, name: &str, password: &str) -> Result<User, UsersError> {
        let (name, password) = (name.trim().to_lowercase(), password.to_owned());
        let _one_of_few = self.hashing.acquire().await;
        let prove = move |users: &Self| {
            let found = users.attempt(&name)?;
            let hash = found.as_ref().map(|(_, hash)| hash.as_str());
            if !password::matches(hash, &password) {
                return Err(UsersError::Wrong);
            }
            let (user, _) = found.ok_or(UsersError::Wrong)?;
            users.connection().execute("DELETE FROM attempts WHERE name = ?", [&user.name])?;
            Ok(user)
        };
        self.blocking(prove).await
    }

    fn refresh_now(&self, hash: &str) -> Result<Session, UsersError> {
        let now = self.now();
        let outcome = self.in_transaction(|transaction| {
            let find = "SELECT family, name, expires, used FROM refreshes WHERE hash = ?";
            let found = transaction.query_row(find, [hash], |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, String>(1)?,
                    row.get::<_, i64>(2)?,
                    row.get::<_, bool>(3)?,
                ))
            });
            let Some((family, name, expires, used)) = found.optional()? else { return Ok(None) };
            if used || expires <= now {
                transaction.execute("DELETE FROM refreshes WHERE family = ?", [&family])?;
                return Ok(None);
            }
            transaction.execute("UPDATE refreshes SET used = 1 WHERE hash = ?", [hash])?;
            let find = "SELECT name, sub, role, must_change, 0 FROM users WHERE name = ?";
            let user = transaction.query_row(find, [&name], super::read_user).optional()?;
            let Some(user) = user else { return Ok(None) };
            Ok(Some(Session { refresh_token: self.new_refresh(transaction, &family, &name)?, user }))
        })?;
        outcome.ok_or(UsersError::Wrong)
    }

    pub(super) fn new_refresh(
        &self,
        transaction: &Connection,
        family: &str,
        name: &str,
    ) -> Result<String, UsersError> {
        let token = hex::encode(random_bytes()?);
        let now = self.now();
        let put = "INSERT INTO refreshes VALUES (?, ?, ?, ?, 0)";
        transaction.execute(put, params![kept(&token), family, name, now + REFRESH_MS])?;
        transaction.execute("DELETE FROM refreshes WHERE expires <= ?", [now])?;
        Ok(token)
    }

    /// Runs what waits for the disk or computes for long outside of the threads that run futures.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, UsersError> + Send + 'static,
    ) -> Result<T, UsersError> {
        let users = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&users)).await;
        done.map_err(|error| UsersError::Io(std::io::Error::other(error)))?
    }
}

/// What is kept of a refresh token or a cookie.
pub(super) fn kept(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}
