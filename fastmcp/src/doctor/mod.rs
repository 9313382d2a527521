//! Looks at a deployed server from outside, as a client would, and says what to change.
//!
//! What goes wrong between a server and its users is seldom in the server: a proxy that takes a
//! header away, a metadata document that is mounted elsewhere, a base URL of yesterday. So nothing
//! is taken from the configuration here; every finding is from an answer. One client is registered
//! (it is forgotten within a day unless somebody uses it); nothing else is left behind.
//!
//! The order is a client's own: `challenge` (the first 401) → `metadata` (RFC 9728, RFC 8414) →
//! `login` (registration, the consent page, the token endpoint).

mod challenge;
mod login;
mod metadata;
mod seen;

use std::fmt;

use self::seen::Looking;
use crate::parts::Parts;
use crate::spec::BaseUrl;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// As it should be.
    Good,
    /// Works, for most, and should be changed.
    Warning,
    /// Clients or users are locked out, or not safe.
    Bad,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at, in a few words.
    pub subject: &'static str,
    /// How bad it is.
    pub grade: Grade,
    /// What was seen.
    pub seen: String,
    /// What to change, unless all is well.
    pub help: Option<&'static str>,
}

/// All findings, in the order in which a client would meet them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The findings.
    pub findings: Vec<Finding>,
}

/// Looks at the server whose MCP endpoint is `url`, such as `https://notes.example.com/mcp`.
///
/// It never fails: what cannot be reached is a finding.
///
/// ```no_run
/// # async fn look() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
/// use fastmcp::{doctor, parts::Parts};
///
/// let report = doctor::examine("https://notes.example.com/mcp", &Parts::system(Duration::from_secs(10))?).await;
/// print!("{report}");
/// assert!(report.is_good());
/// # Ok(()) }
/// ```
pub async fn examine(url: &str, parts: &Parts) -> Report {
    let mut report = Report::default();
    if let Some(base) = base_of(url, &mut report) {
        let looking = Looking {
            url,
            base: &base,
            parts,
        };
        if let Some(found) = find(&looking, &mut report).await {
            login::look(&looking, &found, &mut report).await;
        }
    }
    report
}

/// Looks at what a client finds before it registers: the challenge, and the metadata that it leads
/// to. Nothing is left behind, so a server can look at itself each time it starts.
pub(crate) async fn glance(url: &str, parts: &Parts) -> Report {
    let mut report = Report::default();
    if let Some(base) = base_of(url, &mut report) {
        let looking = Looking {
            url,
            base: &base,
            parts,
        };
        find(&looking, &mut report).await;
    }
    report
}

/// The base URL of an MCP endpoint.
fn base_of(url: &str, report: &mut Report) -> Option<BaseUrl> {
    let base = url.strip_suffix("/mcp");
    let base = base.and_then(|base| BaseUrl::parse(base).ok());
    if base.is_none() {
        report.bad(
            "address",
            format!("`{url}` is no address of an MCP endpoint"),
            "give the URL that clients are given, such as `https://notes.example.com/mcp`; plain \
             http is for loopback alone",
        );
    }
    base
}

/// The way to the login.
async fn find(looking: &Looking<'_>, report: &mut Report) -> Option<metadata::Found> {
    let challenge = challenge::look(looking, report).await?;
    metadata::look(looking, &challenge, report).await
}

impl Report {
    /// Whether nothing is [`Grade::Bad`].
    pub fn is_good(&self) -> bool {
        self.findings.iter().all(|it| it.grade < Grade::Bad)
    }

    fn good(&mut self, subject: &'static str, seen: impl Into<String>) {
        self.add(subject, Grade::Good, seen.into(), None);
    }

    fn warn(&mut self, subject: &'static str, seen: impl Into<String>, help: &'static str) {
        self.add(subject, Grade::Warning, seen.into(), Some(help));
    }

    fn bad(&mut self, subject: &'static str, seen: impl Into<String>, help: &'static str) {
        self.add(subject, Grade::Bad, seen.into(), Some(help));
    }

    /// Good or bad, with the words for either.
    fn hold(
        &mut self,
        subject: &'static str,
        kept: bool,
        seen: impl Into<String>,
        help: &'static str,
    ) {
        if kept {
            self.good(subject, seen);
        } else {
            self.bad(subject, seen, help);
        }
    }

    fn add(
        &mut self,
        subject: &'static str,
        grade: Grade,
        seen: String,
        help: Option<&'static str>,
    ) {
        self.findings.push(Finding {
            subject,
            grade,
            seen,
            help,
        });
    }
}

/// One finding a line, with its help below it.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Finding {
            subject,
            grade,
            seen,
            help,
        } in &self.findings
        {
            let mark = match grade {
                Grade::Good => "ok  ",
                Grade::Warning => "warn",
                Grade::Bad => "BAD ",
            };
            writeln!(f, "{mark} {subject}: {seen}")?;
            if let Some(help) = help {
                writeln!(f, "     help: {help}")?;
            }
        }
        Ok(())
    }
}
