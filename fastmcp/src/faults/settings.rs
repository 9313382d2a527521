//! Settings that the macro cannot judge alone, in words.
//!
//! Each check comes twice, as in `across.rs`.

use super::report;
use super::text::{Text, contains};

/// `auth = dev` in a program built for release.
#[track_caller]
pub const fn dev_stays_at_home(is_debug: bool) {
    report(dev_fault(is_debug).as_ref());
}

/// See [`dev_stays_at_home`].
pub(crate) const fn dev_fault(is_debug: bool) -> Option<Text> {
    if is_debug {
        return None;
    }
    Some(Text::new(
        "`auth = dev` in a program built for release would let anybody sign in as anybody \
         [FM0208]\nhelp: use a real provider, or write `auth = dev(allow_release)`; it answers on \
         this machine alone",
    ))
}

/// `redirect_path` beside the routes that the server has already.
#[track_caller]
pub(crate) const fn path_is_free(path: &str, taken: &[&str]) {
    report(path_fault(path, taken).as_ref());
}

/// See [`path_is_free`].
pub(crate) const fn path_fault(path: &str, taken: &[&str]) -> Option<Text> {
    if !contains(taken, path) {
        return None;
    }
    let text = Text::new("`").push(path);
    Some(text.push(
        "` is a route of the server already [FM0308]\nhelp: write another `redirect_path`, or \
         leave it out for `/oauth/callback`",
    ))
}

/// A claim in `allowed_claims` that never passes.
#[track_caller]
pub(crate) const fn claim_may_pass(claim: &str, protected: &[&str]) {
    report(claim_fault(claim, protected).as_ref());
}

/// See [`claim_may_pass`].
pub(crate) const fn claim_fault(claim: &str, protected: &[&str]) -> Option<Text> {
    if !contains(protected, claim) {
        return None;
    }
    let text = Text::new("claim `").push(claim);
    Some(text.push(
        "` belongs to the protocol and never passes [FM0412]\nhelp: remove it from \
         `allowed_claims`",
    ))
}
