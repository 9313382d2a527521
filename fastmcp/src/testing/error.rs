//! Why there is no answer.

use std::fmt;

use serde_json::Value;

use super::Answer;

/// Why a request has no good answer.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The caller may not do that, or somebody has to sign in first.
    Refused(Refused),
    /// The tool ran and failed, or its arguments did not fit: what the model would read.
    Failed(Box<Answer>),
    /// The protocol's own error.
    Rpc {
        /// Its code: -32602 for parameters that do not fit, …
        code: i64,
        /// What it says.
        message: String,
        /// What belongs to it.
        data: Option<Value>,
    },
    /// What came is no answer: a broken connection, or something that is not MCP.
    Broken(String),
}

/// A refusal by the gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub(super) status: u16,
    pub(super) message: String,
    pub(super) scopes: Vec<String>,
    pub(super) roles: Vec<String>,
}

impl Refused {
    /// The HTTP status: 401, 403, or 503 where it could not be decided.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Whether somebody has to sign in (401).
    pub fn is_sign_in(&self) -> bool {
        self.status == 401
    }

    /// The scopes that the operation asks for and the token lacks, or that a sign-in should ask
    /// for.
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// The roles that the item's rule names and the caller lacks. Clients are not told; the test
    /// kit reads them from the rule, in process only.
    pub fn roles(&self) -> &[String] {
        &self.roles
    }
}

impl Error {
    /// The refusal, if it is one.
    pub fn refused(&self) -> Option<&Refused> {
        match self {
            Self::Refused(refused) => Some(refused),
            _ => None,
        }
    }

    /// Whether somebody has to sign in.
    pub fn is_sign_in(&self) -> bool {
        self.refused().is_some_and(Refused::is_sign_in)
    }

    /// The scopes that are missing; none where that is not the reason.
    pub fn missing_scopes(&self) -> &[String] {
        let refused = self.refused().filter(|refused| !refused.is_sign_in());
        refused.map_or(&[], Refused::scopes)
    }

    /// The roles that are missing; none where that is not the reason. See [`Refused::roles`].
    pub fn missing_roles(&self) -> &[String] {
        self.refused().map_or(&[], Refused::roles)
    }

    /// The code of the protocol's error, if it is one.
    pub fn code(&self) -> Option<i64> {
        match self {
            Self::Rpc { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// What the client reads.
    pub fn text(&self) -> String {
        match self {
            Self::Refused(refused) => refused.message.clone(),
            Self::Failed(answer) => answer.text(),
            Self::Rpc { message, .. } => message.clone(),
            Self::Broken(what) => what.clone(),
        }
    }

    pub(super) fn broken(what: impl fmt::Display) -> Self {
        Self::Broken(what.to_string())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refused) => {
                write!(f, "refused ({}): {}", refused.status, refused.message)?;
                for (what, names) in [("roles", &refused.roles), ("scopes", &refused.scopes)] {
                    if !names.is_empty() {
                        write!(f, "; {what}: `{}`", names.join("`, `"))?;
                    }
                }
                Ok(())
            }
            Self::Failed(answer) => write!(f, "the tool failed: {}", answer.text()),
            Self::Rpc { code, message, .. } => write!(f, "error {code}: {message}"),
            Self::Broken(what) => write!(f, "no answer: {what}"),
        }
    }
}

impl std::error::Error for Error {}
