//! Names that generated code could mistake for its own, and declarations out of macros.
#![deny(warnings)]

use fastmcp::prelude::*;
use fastmcp::provider::Identity;

/// Calls somebody.
#[tool]
fn call(number: String) -> String {
    number
}

/// Counts.
#[tool]
async fn _slots(slots: u8) -> u8 {
    slots
}

/// Opens.
#[tool(access = session)]
fn open() {}

fn session(user: &AuthSession) -> bool {
    user.subject() == "ann"
}

fn identity(_: &Identity) -> &'static [&'static str] {
    &["admin"]
}

macro_rules! guarded {
    ($name:ident, $role:literal) => {
        /// Does something.
        #[tool(access = role($role) || session)]
        fn $name() {}
    };
}

guarded!(purge, "admin");

/// A server.
#[server(
    auth = google,
    roles = ["admin"],
    roles_from = identity,
    extra_authorization_params = [],
)]
#[deprecated]
pub struct Notes;

#[allow(deprecated)]
fn main() {
    let _server = Notes.into_server();
}
