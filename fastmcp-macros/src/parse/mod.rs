//! Tokens become what was written: raw structs, with the words of the user kept for their spans.

mod attribute;
mod doc;
mod raw;
mod signature;
mod value;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{FnArg, Item, ItemFn, ItemStruct, parse2};

pub(crate) use self::attribute::{options, written};
pub(crate) use self::raw::{
    AzureOptions, ClaimsOptions, CustomOptions, NamedOptions, Outline, RawParameter, RawServer,
    RawTool, ServerOptions, ToolOptions,
};
pub(crate) use self::value::{Flag, Given, Pairs, Read, Text, Texts};
use crate::diagnose::Diagnostics;
use crate::options::{SERVER, TOOL};

/// What was written on a tool; `None` if it is no function or its attribute cannot be read.
pub(crate) fn tool(
    attr: TokenStream,
    item: &TokenStream,
    errors: &mut Diagnostics,
) -> Option<RawTool> {
    let options = options::<ToolOptions>(attr, &TOOL, errors);
    let Ok(function) = parse2::<ItemFn>(item.clone()) else {
        not_a(
            item,
            "`#[tool]` goes on a function",
            "write `#[tool]` above `fn …`",
            errors,
        );
        return None;
    };
    let parameters = signature::parameters(&function.sig, errors);
    Some(RawTool {
        options: options?,
        docs: doc::text(&function.attrs),
        parameters: parameters?,
        signature: function.sig,
    })
}

/// What was written on a server; `None` if it is no struct.
pub(crate) fn server(
    attr: TokenStream,
    item: &TokenStream,
    errors: &mut Diagnostics,
) -> Option<RawServer> {
    let options = options::<ServerOptions>(attr, &SERVER, errors);
    let Ok(item) = parse2::<ItemStruct>(item.clone()) else {
        not_a(
            item,
            "`#[server]` goes on a struct",
            "write `#[server] struct Notes;`",
            errors,
        );
        return None;
    };
    Some(RawServer {
        options,
        docs: doc::text(&item.attrs),
        item,
    })
}

/// The user's function without what only the macro understands: `#[arg]`, and doc comments on
/// parameters. Anything else comes back as it was.
pub(crate) fn without_helpers(item: TokenStream) -> TokenStream {
    let Ok(Item::Fn(mut function)) = parse2::<Item>(item.clone()) else {
        return item;
    };
    for input in &mut function.sig.inputs {
        if let FnArg::Typed(parameter) = input {
            parameter
                .attrs
                .retain(|attr| !attr.path().is_ident("doc") && !attr.path().is_ident("arg"));
        }
    }
    function.into_token_stream()
}

/// The item is of the wrong kind. Underlines its first words, not its body.
fn not_a(item: &TokenStream, fault: &str, help: &str, errors: &mut Diagnostics) {
    let head: TokenStream = match parse2::<Item>(item.clone()) {
        Ok(Item::Struct(item)) => item.ident.into_token_stream(),
        Ok(Item::Enum(item)) => item.ident.into_token_stream(),
        Ok(Item::Fn(item)) => item.sig.ident.into_token_stream(),
        Ok(Item::Mod(item)) => item.ident.into_token_stream(),
        Ok(Item::Impl(item)) => item.impl_token.into_token_stream(),
        _ => item.clone().into_iter().take(1).collect(),
    };
    errors.error(head, fault, help);
}
