//! What stops a server from starting, and what to do about it.
//!
//! Everything that only the environment or the whole program can tell is checked before a socket
//! is opened, and every problem found is listed at once, each with the names of the setting and a
//! remedy. No text here carries a secret.

use std::fmt;

/// Why a server did not start.
pub struct Error(Vec<Problem>);

/// One thing to put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    fault: String,
    help: String,
}

impl Problem {
    /// A fault in the user's words, and an instruction that can be typed.
    pub fn new(fault: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            fault: fault.into(),
            help: help.into(),
        }
    }

    /// What is wrong.
    pub fn fault(&self) -> &str {
        &self.fault
    }

    /// What to do.
    pub fn help(&self) -> &str {
        &self.help
    }
}

impl Error {
    /// All problems, in the order in which they were found.
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

impl From<Vec<Problem>> for Error {
    fn from(problems: Vec<Problem>) -> Self {
        Self(problems)
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server cannot start")?;
        for Problem { fault, help } in &self.0 {
            write!(f, "\n\n  × {fault}\n    help: {help}")?;
        }
        Ok(())
    }
}

/// The same as `Display`: `main` prints the `Debug` form of the error it returns.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}
