//! What can go wrong in a store. No OAuth words: what it means for a login is decided above.

use std::fmt;

/// Why a store gave no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The store cannot be reached or cannot write. Nothing is known to be lost; try again. The
    /// text is for the log, never for a client.
    Unavailable(String),
    /// The record is not what was written: changed, moved, or cut short.
    Corrupt,
    /// The data was sealed with another key. Nothing was changed.
    WrongKey {
        /// Fingerprint of a key that sealed data; `none` for data that is not sealed.
        sealed_with: String,
        /// Fingerprint of the current key that was given; `none` where sealing is off.
        given: String,
    },
    /// There are records, and nothing says how they are sealed: half a copy of a store, or one
    /// whose mark was lost. Nothing was changed.
    Unmarked,
}

impl Error {
    /// The store is unavailable for this reason.
    pub fn unavailable(cause: impl fmt::Display) -> Self {
        Self::Unavailable(cause.to_string())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(cause) => write!(f, "store is unavailable: {cause}"),
            Self::Corrupt => f.write_str("stored record is corrupt"),
            Self::WrongKey { sealed_with, given } => write!(
                f,
                "key fingerprint mismatch: the stored data was sealed with key {sealed_with}, this \
                 server has key {given}"
            ),
            Self::Unmarked => f.write_str(
                "there are records, and no mark that says how they are sealed: finish the import, \
                 restore the mark, or use an empty store",
            ),
        }
    }
}

impl std::error::Error for Error {}
