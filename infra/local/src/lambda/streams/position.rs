//! How far a lane has come, kept over a restart.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The sequence number of the last record that is done. Records are delivered at least once: a crash between
/// a batch and its mark brings the batch again.
#[derive(Clone, Debug)]
pub struct Position {
    at: Arc<Mutex<Option<String>>>,
    file: Option<PathBuf>,
}

impl Position {
    /// Reads the position `name` in `directory`; without a directory it begins at the oldest record.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn open(directory: Option<&Path>, name: &str) -> std::io::Result<Self> {
        let file = directory.map(|directory| directory.join(name));
        let at = match &file {
            None => None,
            Some(file) => match std::fs::read_to_string(file) {
                Ok(text) => Some(text),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
                Err(error) => return Err(error),
            },
        };
        Ok(Self { at: Arc::new(Mutex::new(at)), file })
    }

    /// The last record that is done.
    #[must_use]
    pub fn get(&self) -> Option<String> {
        self.lock().clone()
    }

    /// Written beside and renamed: a crash leaves the old position or the new one. Not synced: after a power
    /// cut the older position only brings records again.
    pub(super) fn save(&self, sequence_number: &str) -> std::io::Result<()> {
        if let Some(file) = &self.file {
            let beside = file.with_extension("new");
            std::fs::write(&beside, sequence_number)?;
            std::fs::rename(&beside, file)?;
        }
        *self.lock() = Some(sequence_number.to_owned());
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Option<String>> {
        self.at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
