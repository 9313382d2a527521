//! Ids without a case, and cases that are known to fail: each with its reason.

use std::fmt;
use std::path::Path;

/// Why an id is not, or not yet, held by a case.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reason {
    /// The product lacks this feature, and with it what the case asks.
    Awaits(&'static str),
    /// Tests elsewhere hold it: their files below the workspace and their names.
    Elsewhere(&'static [(&'static str, &'static str)]),
    /// There is a case and it passes, without what awaits this feature.
    Part(&'static str),
    /// There is a case and it fails, for want of this.
    Known(&'static str),
}
use Reason::{Awaits, Elsewhere, Known, Part};

impl Reason {
    /// The reason in the final count.
    pub(crate) fn kind(&self) -> String {
        match self {
            Awaits(what) => format!("awaits {what}"),
            Elsewhere(_) => "held by other tests".into(),
            Known(_) => "known to fail".into(),
            Part(_) => "in part".into(),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Awaits(what) => write!(f, "awaits {what}"),
            Known(what) => write!(f, "fails: {what}"),
            Part(what) => write!(f, "a part awaits {what}"),
            Elsewhere(places) => {
                f.write_str("held by")?;
                places.iter().try_for_each(|(_, name)| write!(f, " {name}"))
            }
        }
    }
}

/// The reason of an id.
pub(crate) fn reason(id: &str) -> Option<Reason> {
    let found = REASONS.iter().find(|(known, _)| *known == id)?;
    Some(found.1)
}

/// What is wrong with a place that is said to hold a case: no such test is there.
pub(crate) fn not_there((file, name): &(&str, &str)) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    // A case of the compiler is a file, and has no function of that name.
    let is_there = text.contains(&format!("fn {name}(")) || (name.is_empty() && path.exists());
    (!is_there).then(|| format!("there is no test `{name}` in {file}"))
}

const REASONS: &[(&str, Reason)] = &[];
