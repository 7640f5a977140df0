//! People who sign in with a password, where no Cognito does it: names, hashes, attempts, refresh tokens.
//!
//! They have a file of their own, so that `local users` works while the program runs.

mod command;
mod lockout;
mod logins;
mod password;
mod sessions;

use std::path::Path;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use lambda_kit::Clock;
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};
use tokio::sync::Semaphore;

use crate::tokens::Role;
use lockout::Attempts;

pub use command::{UsersCommand, run};
pub(crate) use logins::LOGIN;
pub use logins::Login;
pub use sessions::Session;

const FILE: &str = "users.db";

/// Times are milliseconds since 1970. Of refresh tokens and cookies only hashes are kept. Who has no hash needs no password.
const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS users (
        name TEXT PRIMARY KEY, sub TEXT NOT NULL UNIQUE, role TEXT NOT NULL, hash TEXT NOT NULL,
        must_change INTEGER NOT NULL, created INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS attempts (
        name TEXT PRIMARY KEY, count INTEGER NOT NULL, last INTEGER NOT NULL, locked_until INTEGER NOT NULL)
        WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS refreshes (
        hash TEXT PRIMARY KEY, family TEXT NOT NULL, name TEXT NOT NULL, expires INTEGER NOT NULL,
        used INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS logins (
        hash TEXT PRIMARY KEY, name TEXT NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS refreshes_family ON refreshes (family);
    CREATE INDEX IF NOT EXISTS refreshes_name ON refreshes (name);
    PRAGMA user_version = 1;
";

/// How many passwords are hashed at the same time: each takes 19 MiB and a good part of a core.
const HASHING: usize = 2;

/// Somebody who signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// What they sign in with, in small letters: an e-mail address, usually.
    pub name: String,
    /// The `sub` of their tokens: their id among the agents.
    pub sub: String,
    /// What they may do, unless the directory of agents says otherwise.
    pub role: Role,
    /// Whether they must choose a password of their own first.
    pub must_change: bool,
    /// Until when nobody may try their password.
    pub locked_until: Timestamp,
}

/// What is wrong with an account or a sign-in.
#[derive(Debug, thiserror::Error)]
pub enum UsersError {
    /// The name or the password is not right; which of them is not said.
    #[error("the name or the password is not right")]
    Wrong,
    /// Too many wrong passwords.
    #[error("too many attempts; try again after {0}")]
    Locked(Timestamp),
    /// The password is right, and was given by somebody else.
    #[error("the password must be changed first")]
    MustChange,
    /// The new password cannot be one.
    #[error("a password has at least {} characters, and is not the name", password::SHORTEST)]
    WeakPassword,
    /// The name cannot be one.
    #[error("a name has 1 to 254 characters without spaces")]
    BadName,
    /// There is such a name already.
    #[error("there is a user of this name")]
    Taken,
    /// There is no such name.
    #[error("there is no user of this name")]
    Unknown,
    /// The password could not be hashed.
    #[error("the password could not be hashed: {0}")]
    Hash(String),
    /// The file.
    #[error("users.db: {0}")]
    Storage(#[from] rusqlite::Error),
    /// The directory, or what is typed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// The people who sign in. Cheap to clone.
#[derive(Clone)]
pub struct Users {
    connection: Arc<Mutex<Connection>>,
    hashing: Arc<Semaphore>,
    clock: Clock,
}

impl Users {
    /// Opens `users.db` in a directory, or a list in memory.
    ///
    /// # Errors
    /// When the file cannot be used.
    pub fn open(directory: Option<&Path>, clock: Clock) -> Result<Self, UsersError> {
        let connection = match directory {
            Some(directory) => {
                std::fs::create_dir_all(directory)?;
                private(&directory.join(FILE))?;
                Connection::open(directory.join(FILE))?
            }
            None => Connection::open_in_memory()?,
        };
        // The command line and a running program share it.
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch(SCHEMA)?;
        let hashing = Arc::new(Semaphore::new(HASHING));
        Ok(Self { connection: Arc::new(Mutex::new(connection)), hashing, clock })
    }

    /// Adds somebody; `must_change` if the password is to be replaced by one of their own.
    ///
    /// # Errors
    /// [`UsersError`] says what is wrong with the name or the password.
    pub fn add(&self, name: &str, role: Role, password: &str, must_change: bool) -> Result<User, UsersError> {
        let name = checked(name)?;
        let hash = password::hash(&name, password)?;
        let user = User {
            sub: lambda_kit::new_id(&self.clock),
            name,
            role,
            must_change,
            locked_until: Timestamp::default(),
        };
        let values = (&user.name, &user.sub, role.to_string(), hash, must_change, self.now());
        let added =
            self.connection().execute("INSERT OR IGNORE INTO users VALUES (?, ?, ?, ?, ?, ?)", values)?;
        if added == 1 { Ok(user) } else { Err(UsersError::Taken) }
    }

    /// Everybody, by name.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn list(&self) -> Result<Vec<User>, UsersError> {
        let connection = self.connection();
        let mut rows = connection.prepare(
            "SELECT u.name, u.sub, u.role, u.must_change, coalesce(a.locked_until, 0) \
             FROM users u LEFT JOIN attempts a ON a.name = u.name ORDER BY u.name",
        )?;
        let users = rows.query_map([], read_user)?.collect::<Result<_, _>>()?;
        Ok(users)
    }

    /// Gives somebody a password that they must change, opens a lock, and ends all their sessions.
    ///
    /// # Errors
    /// [`UsersError`] says what is wrong.
    pub fn reset(&self, name: &str, password: &str) -> Result<(), UsersError> {
        let name = name.trim().to_lowercase();
        self.replace_password(&name, &password::hash(&name, password)?, true)
    }

    /// Takes somebody away. An access token that they have still ends within the hour; to shut them out at once, make
    /// them inactive among the agents.
    ///
    /// # Errors
    /// When there is no such name.
    pub fn remove(&self, name: &str) -> Result<(), UsersError> {
        let name = name.trim().to_lowercase();
        self.in_transaction(|transaction| {
            end_sessions(transaction, &name)?;
            match transaction.execute("DELETE FROM users WHERE name = ?", [&name])? {
                0 => Err(UsersError::Unknown),
                _ => Ok(()),
            }
        })
    }

    fn replace_password(&self, name: &str, hash: &str, must_change: bool) -> Result<(), UsersError> {
        self.in_transaction(|transaction| {
            end_sessions(transaction, name)?;
            let change = "UPDATE users SET hash = ?, must_change = ? WHERE name = ?";
            match transaction.execute(change, params![hash, must_change, name])? {
                0 => Err(UsersError::Unknown),
                _ => Ok(()),
            }
        })
    }

    /// Counts an attempt at a name, whether or not there is such a name, and gives its hash if there is.
    fn attempt(&self, name: &str) -> Result<Option<(User, String)>, UsersError> {
        let now = self.clock.now();
        self.in_transaction(|transaction| {
            let attempts = transaction
                .query_row("SELECT count, last, locked_until FROM attempts WHERE name = ?", [name], |row| {
                    Ok(Attempts { count: row.get(0)?, last: time(row, 1)?, locked_until: time(row, 2)? })
                })
                .optional()?
                .unwrap_or_default();
            let attempts = attempts.one_more(now).map_err(UsersError::Locked)?;
            let (last, locked) = (attempts.last.as_millisecond(), attempts.locked_until.as_millisecond());
            let put = "INSERT OR REPLACE INTO attempts VALUES (?, ?, ?, ?)";
            transaction.execute(put, params![name, attempts.count, last, locked])?;
            // Names that were made up do not stay.
            let day_ago = now.as_millisecond() - 2 * 86_400_000;
            transaction
                .execute("DELETE FROM attempts WHERE last < ? AND locked_until < ?", [day_ago, day_ago])?;
            let find = "SELECT name, sub, role, must_change, 0, hash FROM users WHERE name = ?";
            let found = transaction.query_row(find, [name], |row| Ok((read_user(row)?, row.get(5)?)));
            Ok(found.optional()?)
        })
    }

    fn in_transaction<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, UsersError>,
    ) -> Result<T, UsersError> {
        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whole seconds until a time, at least 1.
    pub(crate) fn seconds_until(&self, time: Timestamp) -> u64 {
        let seconds = time.as_second() - self.clock.now().as_second();
        u64::try_from(seconds).unwrap_or_default().max(1)
    }

    fn now(&self) -> i64 {
        self.clock.now().as_millisecond()
    }
}

fn end_sessions(transaction: &Connection, name: &str) -> Result<(), UsersError> {
    transaction.execute("DELETE FROM refreshes WHERE name = ?", [name])?;
    transaction.execute("DELETE FROM logins WHERE name = ?", [name])?;
    transaction.execute("DELETE FROM attempts WHERE name = ?", [name])?;
    Ok(())
}

fn checked(name: &str) -> Result<String, UsersError> {
    let name = name.trim().to_lowercase();
    let fits = (1..=254).contains(&name.len()) && !name.chars().any(|c| c.is_whitespace() || c.is_control());
    if fits { Ok(name) } else { Err(UsersError::BadName) }
}

fn read_user(row: &Row<'_>) -> rusqlite::Result<User> {
    let role: String = row.get(2)?;
    Ok(User {
        name: row.get(0)?,
        sub: row.get(1)?,
        role: Role::from_str(&role).unwrap_or(Role::Agent),
        must_change: row.get(3)?,
        locked_until: time(row, 4)?,
    })
}

fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    Ok(Timestamp::from_millisecond(row.get(column)?).unwrap_or_default())
}

/// Makes the file, if it is not there, for its owner only.
fn private(file: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}
