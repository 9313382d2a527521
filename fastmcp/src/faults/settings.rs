//! Settings that the macro cannot judge alone, in words.

use super::report;
use super::text::{Text, contains};

/// `auth = dev` in a program built for release.
#[track_caller]
pub const fn dev_stays_at_home(is_debug: bool) {
    if !is_debug {
        report(Some(&Text::new(
            "`auth = dev` in a program built for release would let anybody sign in as anybody \
             [FM0208]\nhelp: use a real provider, or write `auth = dev(allow_release)`; it answers \
             on this machine alone",
        )));
    }
}

/// `redirect_path` beside the routes that the server has already.
#[track_caller]
pub(crate) const fn path_is_free(path: &str, taken: &[&str]) {
    if contains(taken, path) {
        let text = Text::new("`").push(path);
        report(Some(&text.push(
            "` is a route of the server already [FM0308]\nhelp: write another `redirect_path`, or \
             leave it out for `/oauth/callback`",
        )));
    }
}

/// A claim in `allowed_claims` that never passes.
#[track_caller]
pub(crate) const fn claim_may_pass(claim: &str, protected: &[&str]) {
    if contains(protected, claim) {
        let text = Text::new("claim `").push(claim);
        report(Some(&text.push(
            "` belongs to the protocol and never passes [FM0412]\nhelp: remove it from \
             `allowed_claims`",
        )));
    }
}
