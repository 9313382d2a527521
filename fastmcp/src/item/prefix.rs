//! What names begin with that are mounted.

use std::fmt;

/// The beginning of all names of a mount.
///
/// It is lower case letters and digits, in words that `_` joins, and begins with a letter:
/// `github`, `my_tracker`. A tool or prompt is called `github_list_issues`. A resource keeps its URI
/// below a scheme of the mount's, `github+docs://style` (RFC 3986 section 3.1; `_` becomes `-`, which
/// no prefix has): so no template of one mount can ever match a URI of another one, whose rule may
/// ask for more.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Prefix(String);

/// The longest prefix: half of a name (SEP-986).
const LONGEST: usize = 64;

impl Prefix {
    /// The prefix, if it can be one.
    pub fn parse(text: &str) -> Option<Self> {
        let begins = text.starts_with(|c: char| c.is_ascii_lowercase());
        let is_word = |word: &str| {
            let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
            !word.is_empty() && word.chars().all(good)
        };
        let good = begins && text.len() <= LONGEST && text.split('_').all(is_word);
        good.then(|| Self(text.to_owned()))
    }

    /// How a tool or prompt is called.
    pub(super) fn name(&self, name: &str) -> &'static str {
        kept(self.outside_name(name))
    }

    /// Under which URI, or template of URIs, a resource is read.
    pub(super) fn uri(&self, uri: &str) -> &'static str {
        kept(self.outside(uri))
    }

    /// A URI of the mount, as clients know it.
    pub(super) fn outside(&self, uri: &str) -> String {
        format!("{}+{uri}", self.0.replace('_', "-"))
    }

    /// A name in the mount, as clients know it.
    pub(super) fn outside_name(&self, name: &str) -> String {
        format!("{}_{name}", self.0)
    }
}

/// Entries are known by texts that last as long as the program; see `mounted.rs` for how many.
fn kept(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

impl fmt::Debug for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_a_word_in_snake_case() {
        for good in ["github", "a", "my_tracker", "v2", "a_1"] {
            assert!(Prefix::parse(good).is_some(), "{good}");
        }
        let long = "x".repeat(LONGEST + 1);
        for bad in [
            "", "_", "a_", "_a", "a__b", "A", "a-b", "1a", "a.b", "ä", "a b", &long,
        ] {
            assert!(Prefix::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn no_two_prefixes_make_one_uri() {
        let uri = |prefix| Prefix::parse(prefix).map(|prefix| prefix.uri("docs://{+path}"));
        assert_eq!(uri("my_tracker"), Some("my-tracker+docs://{+path}"));
        assert_eq!(uri("github"), Some("github+docs://{+path}"));
    }
}
