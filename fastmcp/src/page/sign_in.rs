//! The sign-in page of the built-in development provider.

use std::collections::BTreeSet;

use askama::Template;
use axum::response::Response;
use http::StatusCode;

use super::{initial, response};

/// What the sign-in page shows and sends back.
#[derive(Clone, Debug)]
pub(crate) struct SignInView<'a> {
    /// Name of this server.
    pub(crate) server_name: &'a str,
    /// Users to choose from.
    pub(crate) users: &'a [User],
    /// Roles that can be ticked.
    pub(crate) roles: &'a [String],
    /// Where the form goes.
    pub(crate) action_url: &'a str,
    /// The sealed request, carried by the form.
    pub(crate) form: &'a str,
    /// What was wrong with the last try.
    pub(crate) mistake: Option<&'a str>,
    /// What the last try said, so that nobody types it again.
    pub(crate) typed: &'a Typed,
}

/// What the form said about the user, as typed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Typed {
    /// The chosen example user.
    pub(crate) user: String,
    /// A name typed instead.
    pub(crate) name: String,
    /// An e-mail address typed for either.
    pub(crate) email: String,
    /// The ticked roles.
    pub(crate) roles: BTreeSet<String>,
}

/// An example user.
#[derive(Clone, Copy, Debug)]
pub(crate) struct User {
    /// What the form sends, and the subject.
    pub(crate) id: &'static str,
    /// What is shown.
    pub(crate) name: &'static str,
    /// The user's e-mail address.
    pub(crate) email: &'static str,
}

/// The sign-in page for `view`; 400 if it comes back with a mistake.
pub(crate) fn sign_in(view: &SignInView<'_>) -> Response {
    let status = match view.mistake {
        Some(_) => StatusCode::BAD_REQUEST,
        None => StatusCode::OK,
    };
    response::page(status, &SignInPage::new(view))
}

#[derive(Template)]
#[template(path = "signin.html")]
pub(super) struct SignInPage<'a> {
    server_name: &'a str,
    initial: String,
    users: &'a [User],
    roles: &'a [String],
    action_url: &'a str,
    form: &'a str,
    mistake: Option<&'a str>,
    typed: &'a Typed,
    /// The user whose choice is marked.
    chosen: &'a str,
}

impl<'a> SignInPage<'a> {
    pub(super) fn new(view: &SignInView<'a>) -> Self {
        Self {
            server_name: view.server_name,
            initial: initial(view.server_name),
            users: view.users,
            roles: view.roles,
            action_url: view.action_url,
            form: view.form,
            mistake: view.mistake,
            typed: view.typed,
            chosen: chosen(view),
        }
    }
}

/// The user of the last try, if there is one of that id; otherwise the first.
fn chosen<'a>(view: &SignInView<'a>) -> &'a str {
    let ids = || view.users.iter().map(|user| user.id);
    ids()
        .find(|id| *id == view.typed.user)
        .or_else(|| ids().next())
        .unwrap_or_default()
}
