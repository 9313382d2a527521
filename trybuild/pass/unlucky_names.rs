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

/// Reads.
#[resource(uri = "a://{call}/{index}")]
async fn read(call: String, index: u8, #[allow(unused)] run: Option<&AuthSession>) -> String {
    format!("{call} {index}")
}

/// Gets.
#[prompt]
fn r#type(#[arg(complete = typing)] values: String, r#match: Option<bool>) -> String {
    format!("{values} {match:?}")
}

fn typing(typing: &Completing<'_>) -> Option<String> {
    Some(typing.value().to_owned())
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

macro_rules! read {
    ($name:ident, $uri:literal, $argument:ident: $ty:ty, [$($value:literal),*]) => {
        /// Is read.
        #[resource(uri = $uri)]
        fn $name(#[arg(complete = [$($value),*])] $argument: $ty) -> $ty {
            $argument
        }
    };
}

guarded!(purge, "admin");
read!(file, "file:///{name}", name: String, ["a", "b"]);

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
