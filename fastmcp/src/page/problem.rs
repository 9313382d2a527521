//! The problem page: what happened, and what the person can do about it.
//!
//! Its texts are ours. What a client or an identity provider said is not repeated.

use askama::Template;
use axum::response::Response;
use http::StatusCode;

use super::response;

/// A page that says what happened and what to do.
pub(crate) fn problem(
    status: StatusCode,
    title: &str,
    what_happened: &str,
    what_to_do: &str,
) -> Response {
    problem_with_reference(status, title, what_happened, what_to_do, None)
}

/// The same, with the id under which the log knows the case.
pub(crate) fn problem_with_reference(
    status: StatusCode,
    title: &str,
    what_happened: &str,
    what_to_do: &str,
    reference: Option<&str>,
) -> Response {
    let page = ProblemPage {
        title,
        what_happened,
        what_to_do,
        reference,
    };
    response::page(status, &page)
}

#[derive(Template)]
#[template(path = "problem.html")]
pub(super) struct ProblemPage<'a> {
    pub(super) title: &'a str,
    pub(super) what_happened: &'a str,
    pub(super) what_to_do: &'a str,
    pub(super) reference: Option<&'a str>,
}
