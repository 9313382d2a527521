//! The attributes of fastmcp: `#[server]`, `#[tool]`, `#[resource]` and `#[prompt]`, and the check of
//! what `items!` is given (`places.rs`).
//!
//! Users read about them where `fastmcp` re-exports them. The way of an attribute is one pipeline
//! (`expand.rs`): `parse` reads tokens into what was written, `check` turns that into what is
//! meant or says why it cannot be meant, `emit` writes code from a checked model alone. Questions
//! that only types can answer, and questions that span two items, are emitted as constants that
//! the compiler evaluates (`emit/build_checks.rs`).

mod check;
mod codes;
mod diagnose;
mod emit;
mod expand;
mod kind;
mod model;
mod options;
mod parse;
mod path;
mod places;
#[cfg(test)]
mod properties;

use proc_macro::TokenStream;

/// Makes a function a tool of the server. See `fastmcp::tool`.
#[proc_macro_attribute]
pub fn tool(attr: TokenStream, item: TokenStream) -> TokenStream {
    expand::tool(attr.into(), item.into()).into()
}

/// Makes a function a resource of the server, or a template of resources. See
/// `fastmcp::resource`.
#[proc_macro_attribute]
pub fn resource(attr: TokenStream, item: TokenStream) -> TokenStream {
    expand::resource(attr.into(), item.into()).into()
}

/// Makes a function a prompt of the server. See `fastmcp::prompt`.
#[proc_macro_attribute]
pub fn prompt(attr: TokenStream, item: TokenStream) -> TokenStream {
    expand::prompt(attr.into(), item.into()).into()
}

/// Checks what `fastmcp::items!` was given. For that macro alone.
#[doc(hidden)]
#[proc_macro]
pub fn items_fit(paths: TokenStream) -> TokenStream {
    places::check(paths.into()).into()
}

/// Makes a struct a server. See `fastmcp::server`.
#[proc_macro_attribute]
pub fn server(attr: TokenStream, item: TokenStream) -> TokenStream {
    expand::server(attr.into(), &item.into()).into()
}
