//! What stops a server from starting, and what to do about it.
//!
//! Everything that only the environment or the whole program can tell is checked before a socket
//! is opened, and every problem found is listed at once, each with the names of the setting and a
//! remedy. No text here carries a secret.

use std::borrow::Cow;
use std::fmt;
use std::io::Write as _;

/// Why a server did not start.
pub struct Error(Vec<Problem>);

/// What a process that was configured wrongly exits with: `EX_CONFIG` of sysexits.h. A supervisor
/// can be told not to start it again (systemd: `RestartPreventExitStatus=78`).
pub const EXIT_CODE: u8 = 78;

/// One thing to put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    code: Cow<'static, str>,
    fault: String,
    help: String,
    places: Option<String>,
}

impl Problem {
    /// A fault in the user's words under its searchable code, and an instruction that can be
    /// typed.
    pub fn new(
        code: impl Into<Cow<'static, str>>,
        fault: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            code: code.into(),
            fault: fault.into(),
            help: help.into(),
            places: None,
        }
    }

    /// The same, with the places where the setting at fault is written.
    #[must_use]
    pub(crate) fn at(mut self, places: Option<String>) -> Self {
        self.places = places;
        self
    }

    /// Its code, such as `FM0921`: the row of `docs/diagnostics.md`.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What is wrong.
    pub fn fault(&self) -> &str {
        &self.fault
    }

    /// What to do.
    pub fn help(&self) -> &str {
        &self.help
    }

    /// Where the setting at fault is written: option, builder method, variable.
    pub fn places(&self) -> Option<&str> {
        self.places.as_deref()
    }
}

impl Error {
    /// All problems, in the order in which they were found.
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }

    /// Tells every problem on standard error and ends the process with [`EXIT_CODE`].
    pub fn exit(&self) -> ! {
        // Where standard error is closed there is nobody left to tell.
        let _ = writeln!(std::io::stderr(), "Error: {self}");
        std::process::exit(EXIT_CODE.into())
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
        if self.0.len() > 1 {
            write!(f, ": {} problems", self.0.len())?;
        }
        self.0
            .iter()
            .try_for_each(|problem| write!(f, "\n\n{problem}"))
    }
}

/// The fault, the instruction, and where the setting is written.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            code, fault, help, ..
        } = self;
        write!(f, "  × {fault} [{code}]\n    help: {help}")?;
        match &self.places {
            Some(places) => write!(f, "\n    set by: {places}"),
            None => Ok(()),
        }
    }
}

/// The same as `Display`: `main` prints the `Debug` form of the error it returns.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}
