//! Pages a person would trust: consent, sign-in, problem.
//!
//! Every page is a compile-time template without script, image, font or link, so there is nothing
//! to load and nothing for a hostile value to become: templates escape every value, and the
//! `Content-Security-Policy` header names the hash of the one inline style sheet and forbids the
//! rest. `form-action` is left out on purpose: Chromium applies it to the whole chain of redirects
//! that follows a form, and a login ends at an address that no policy can know (`cursor://…`).
//!
//! The module knows no OAuth and no HTTP but the answer: an endpoint fills in a view and gets a
//! [`Response`](axum::response::Response) with the complete set of headers.

mod consent;
mod problem;
mod response;
mod sign_in;
#[cfg(test)]
mod tests;

pub(crate) use self::consent::{ConsentView, consent};
pub(crate) use self::problem::{problem, problem_with_reference};
pub(crate) use self::sign_in::{SignInView, Typed, User, sign_in};

/// The style sheet of every page, inlined; its hash goes into the policy header.
const STYLE: &str = include_str!("../../templates/style.css");

/// The letter that stands in for an icon: the first one of the server's name.
fn initial(server_name: &str) -> String {
    server_name
        .chars()
        .find(|letter| letter.is_alphanumeric())
        .map_or_else(|| "·".to_owned(), |letter| letter.to_uppercase().collect())
}
