//! What is said: results on standard output, progress and failures on standard error.

use std::fmt;
use std::io::{self, Write as _};
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};

use crate::error::{EXIT_CODE, Error};
use crate::{ledger, store};

/// Why a command did not do what it was asked.
pub(super) enum Failed {
    /// The store cannot be opened as it is configured.
    Configured(Error),
    /// Everything else, in words.
    Said(String),
}

impl Failed {
    pub(super) fn said(words: impl fmt::Display) -> Self {
        Self::Said(words.to_string())
    }

    /// Says it; gives the code to end with.
    pub(super) fn tell(&self) -> ExitCode {
        let (words, code) = match self {
            Self::Configured(error) => {
                let problems = error.problems().iter().map(ToString::to_string);
                let problems = problems.collect::<Vec<_>>().join("\n\n");
                let words = format!("the store cannot be opened\n\n{problems}");
                (words, ExitCode::from(EXIT_CODE))
            }
            Self::Said(words) => (words.clone(), ExitCode::FAILURE),
        };
        // Where standard error is closed there is nobody left to tell.
        let _ = writeln!(io::stderr(), "error: {words}");
        code
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Configured(error)
    }
}

impl From<ledger::Error> for Failed {
    fn from(error: ledger::Error) -> Self {
        Self::said(error)
    }
}

impl From<store::Error> for Failed {
    fn from(error: store::Error) -> Self {
        Self::said(error)
    }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::said(error)
    }
}

/// One line of the result.
pub(super) fn line(words: impl fmt::Display) -> Result<(), Failed> {
    Ok(writeln!(io::stdout(), "{words}")?)
}

/// A bar over `of` records, if it is known how many there are; drawn on a terminal alone.
pub(super) fn bar(of: Option<u64>, doing: &'static str) -> ProgressBar {
    let (bar, template) = match of {
        Some(of) => (
            ProgressBar::new(of),
            "{msg} {wide_bar} {pos} of about {len} ({eta})",
        ),
        None => (ProgressBar::new_spinner(), "{spinner} {msg} {pos} records"),
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.with_message(doing)
}
