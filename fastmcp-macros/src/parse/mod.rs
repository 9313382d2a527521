//! Tokens become what was written: raw structs, with the words of the user kept for their spans.

mod attribute;
mod comma;
mod doc;
mod function;
mod outer;
mod raw;
mod signature;
mod value;

use darling::FromMeta;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Item, ItemStruct, parse2};

pub(crate) use self::attribute::{options, written};
pub(crate) use self::doc::Words;
use self::function::Function;
pub(crate) use self::raw::{
    AzureOptions, ClaimsOptions, CustomOptions, DevOptions, ItemOptions, KnownOptions,
    NamedOptions, OidcOptions, Outline, RawFunction, RawItem, RawParameter, RawServer,
    ResourceOptions, ServerOptions, ToolOptions,
};
pub(crate) use self::value::{
    Flag, Given, Number, Pairs, Read, Suggestions, Text, Texts, Word, bare,
};
use crate::codes;
use crate::diagnose::Diagnostics;
use crate::kind::Kind;
use crate::options::SERVER;

/// What was written on a function; `None` if it is none or its attribute cannot be read.
pub(crate) fn item<O: FromMeta>(
    kind: Kind,
    attr: TokenStream,
    item: &TokenStream,
    errors: &mut Diagnostics,
) -> Option<RawItem<O>> {
    let options = options::<O>(attr, kind.options(), errors);
    let Ok(function) = parse2::<Function>(item.clone()) else {
        not_a(
            item,
            &format!("`#[{kind}]` goes on a function"),
            &format!("write `#[{kind}]` above `fn …`"),
            errors,
        );
        return None;
    };
    outer::is_alone(kind.word(), &function.attributes, errors);
    let has_receiver = function.signature.receiver().is_some();
    if let (false, Some(word)) = (has_receiver, function.says_self()) {
        errors.error(
            codes::WITH_SELF,
            word,
            format_args!("a {kind} is a free function, for which there is no `Self`"),
            "move it out of the `impl` block, and write the name of the type",
        );
    }
    let parameters = signature::parameters(kind, &function.signature, errors);
    Some(RawItem {
        options: options?,
        function: RawFunction {
            kind,
            docs: doc::words(&function.attributes),
            conditions: outer::conditions(&function.attributes),
            parameters,
            signature: function.signature,
        },
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
    outer::is_alone("server", &item.attrs, errors);
    Some(RawServer {
        options,
        docs: doc::words(&item.attrs),
        conditions: outer::conditions(&item.attrs),
        item,
    })
}

/// The user's function without what only the macro understands. Anything else comes back as it
/// was.
pub(crate) fn without_helpers(item: TokenStream) -> TokenStream {
    match parse2::<Function>(item.clone()) {
        Ok(function) => function.without_helpers().into_token_stream(),
        Err(_) => item,
    }
}

/// The user's struct without what was reported about it. Anything else comes back as it was.
pub(crate) fn alone(item: &TokenStream) -> TokenStream {
    match parse2::<ItemStruct>(item.clone()) {
        Ok(mut item) => {
            outer::without_ours(&mut item.attrs);
            item.into_token_stream()
        }
        Err(_) => item.clone(),
    }
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
    errors.error(codes::WRONG_ITEM, head, fault, help);
}
