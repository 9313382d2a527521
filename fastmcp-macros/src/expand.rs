//! The pipeline, once: parse, check, emit. The user's item comes back whatever happens, so that
//! one mistake is one error.

use darling::FromMeta;
use proc_macro2::TokenStream;
use quote::quote;

use crate::diagnose::Diagnostics;
use crate::kind::Kind;
use crate::parse::RawItem;
use crate::{check, emit, parse};

pub(crate) fn tool(attr: TokenStream, item: TokenStream) -> TokenStream {
    function(Kind::Tool, attr, item, check::tool, emit::tool)
}

pub(crate) fn resource(attr: TokenStream, item: TokenStream) -> TokenStream {
    function(Kind::Resource, attr, item, check::resource, emit::resource)
}

pub(crate) fn prompt(attr: TokenStream, item: TokenStream) -> TokenStream {
    function(Kind::Prompt, attr, item, check::prompt, emit::prompt)
}

/// The way of every attribute on a function: its options `O`, and what it means, `M`.
fn function<O: FromMeta, M>(
    kind: Kind,
    attr: TokenStream,
    item: TokenStream,
    check: fn(RawItem<O>, &mut Diagnostics) -> Option<M>,
    emit: fn(&M) -> TokenStream,
) -> TokenStream {
    let mut errors = Diagnostics::default();
    let raw = parse::item(kind, attr, &item, &mut errors);
    let meant = raw.and_then(|raw| check(raw, &mut errors));
    // No registration for an item with errors.
    let code = meant
        .filter(|_| errors.count() == 0)
        .map(|meant| emit(&meant));
    let item = parse::without_helpers(item);
    quote!(#item #code #errors)
}

pub(crate) fn server(attr: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Diagnostics::default();
    let raw = parse::server(attr, item, &mut errors);
    let outline = raw.as_ref().map(parse::RawServer::outline);
    let server = raw.and_then(|raw| check::server(raw, &mut errors));
    let code = match (&server, outline) {
        (Some(server), _) if errors.count() == 0 => Some(emit::server(server)),
        (_, Some(outline)) => Some(emit::server_outline(&outline)),
        (_, None) => None,
    };
    let item = parse::alone(item);
    quote!(#item #code #errors)
}
