//! Questions that only the compiler can answer, as constants whose evaluation fails with our
//! words. The name of each constant is part of what the user reads.
//!
//! Types are asked through `Probe`, which has no bound that could fail. The server of the crate is
//! found by scope: the inner `use crate::*` brings the real one, if the crate root has it, and
//! shadows the stand-in that the outer glob import brings; the stand-in accepts everything.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{GenericArgument, PathArguments, Type};

use crate::check::shown;
use crate::model::{Argument, Loan, Parameter, Rule, Tool};

/// All checks of a tool.
pub(super) fn tool(tool: &Tool, private: &TokenStream) -> TokenStream {
    let parameters = tool.parameters.iter().map(|parameter| match parameter {
        Parameter::Sent(argument) => argument_fits(argument, tool, private),
        Parameter::Lent(loan) => loan_fits(loan, tool, private),
    });
    let returned = return_fits(tool, private);
    let across = across_items(tool, private);
    quote!(#(#parameters)* #returned #across)
}

/// `const NAME: () = function(arguments);`, the call spanned on all of `tokens`.
fn constant(
    name: &str,
    function: &TokenStream,
    arguments: TokenStream,
    tokens: &impl ToTokens,
) -> TokenStream {
    let tokens = tokens.to_token_stream();
    let mut spans = tokens.into_iter().map(|token| token.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    let last = spans.last().unwrap_or(first);
    let name = Ident::new(name, first);
    let function: TokenStream = function
        .clone()
        .into_iter()
        .map(|token| at(token, first))
        .collect();
    let mut arguments = Group::new(Delimiter::Parenthesis, arguments);
    arguments.set_span(last);
    quote_spanned!(first=> const _: () = { const #name: () = #function #arguments; };)
}

fn at(mut token: TokenTree, span: Span) -> TokenTree {
    token.set_span(span);
    token
}

fn argument_fits(argument: &Argument, tool: &Tool, private: &TokenStream) -> TokenStream {
    let types = inside(&argument.ty);
    let facts = types.iter().map(|ty| {
        let shown = shown(ty);
        quote! {
            (#shown, #private::Probe::<#ty>::DESERIALIZE, #private::Probe::<#ty>::SCHEMA)
        }
    });
    let name = &tool.name;
    constant(
        "ARGUMENT_FITS",
        &quote!(#private::argument_fits),
        quote!(&[#(#facts),*], #name),
        &argument.ty,
    )
}

fn loan_fits(loan: &Loan, tool: &Tool, private: &TokenStream) -> TokenStream {
    let ty = &loan.ty;
    let shown = shown(ty);
    let name = &tool.name;
    let has_caller = loan.optional || tool.access.asks.is_some();
    constant(
        "LOAN_FITS",
        &quote!(#private::loan_fits),
        quote! {
            #shown,
            #name,
            #private::Probe::<#ty>::LENT,
            #private::Probe::<#ty>::NEEDS_CALLER && !#has_caller
        },
        ty,
    )
}

fn return_fits(tool: &Tool, private: &TokenStream) -> TokenStream {
    let whole = &tool.returns;
    // Syntax only guides the words: whether the type fits is asked of the whole.
    let answer = first_argument(whole, "Result").unwrap_or(whole);
    let data = first_argument(answer, "Json")
        .map(inside)
        .unwrap_or_default();
    let facts = data.iter().map(|ty| {
        let shown = shown(ty);
        quote!((#shown, #private::Probe::<#ty>::SERIALIZE, #private::Probe::<#ty>::SCHEMA))
    });
    let shown = shown(answer);
    let name = &tool.name;
    constant(
        "ANSWER_FITS",
        &quote!(#private::answer_fits),
        quote! {
            #name,
            #shown,
            #private::Probe::<#whole>::CONTENT,
            #private::Probe::<#answer>::CONTENT,
            &[#(#facts),*]
        },
        answer,
    )
}

/// Checks against the server of the crate.
fn across_items(tool: &Tool, private: &TokenStream) -> TokenStream {
    let Some(asks) = &tool.access.asks else {
        return TokenStream::new();
    };
    let name = &tool.name;
    let declared = quote! {
        &<__one_fastmcp_server_per_crate_root as #private::Declared>::DECLARED
    };
    let is_auth = constant(
        "SERVER_HAS_AUTH",
        &quote!(#private::server_has_auth),
        quote!(#name, #declared),
        asks,
    );
    // One scope less than the others, which may be several: `_::_::SERVER_HAS_AUTH`.
    let is_auth = unscoped(is_auth);
    let roles = tool.access.roles.iter().map(|role| {
        constant(
            "ROLE_IS_DECLARED",
            &quote!(#private::role_is_declared),
            quote!(#role, #declared),
            role,
        )
    });
    let scopes = tool.access.scopes.iter().map(|scope| {
        constant(
            "SCOPE_IS_DECLARED",
            &quote!(#private::scope_is_declared),
            quote!(#scope, #declared),
            scope,
        )
    });
    debug_assert!(!matches!(tool.access.rule, Rule::Public));
    quote! {
        #[allow(unused_imports)]
        use #private::no_server::*;
        const _: () = {
            #[allow(unused_imports)]
            use crate::*;
            #is_auth
            #(#roles)*
            #(#scopes)*
        };
    }
}

/// The inside of `const _: () = { … };`.
fn unscoped(constant: TokenStream) -> TokenStream {
    constant
        .into_iter()
        .find_map(|token| match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                Some(group.stream())
            }
            _ => None,
        })
        .unwrap_or_default()
}

/// The types inside `ty`, innermost first, and `ty` itself last.
fn inside(ty: &Type) -> Vec<&Type> {
    let mut found = Vec::new();
    collect(ty, &mut found);
    found
}

fn collect<'a>(ty: &'a Type, found: &mut Vec<&'a Type>) {
    match ty {
        Type::Path(path) => {
            for segment in &path.path.segments {
                if let PathArguments::AngleBracketed(arguments) = &segment.arguments {
                    for argument in &arguments.args {
                        if let GenericArgument::Type(ty) = argument {
                            collect(ty, found);
                        }
                    }
                }
            }
        }
        Type::Array(array) => collect(&array.elem, found),
        Type::Tuple(tuple) => tuple.elems.iter().for_each(|ty| collect(ty, found)),
        Type::Group(group) => return collect(&group.elem, found),
        Type::Paren(paren) => return collect(&paren.elem, found),
        _ => {}
    }
    found.push(ty);
}

/// `T` of `name<T, …>`.
fn first_argument<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else {
        return None;
    };
    let last = path.path.segments.last()?;
    match &last.arguments {
        PathArguments::AngleBracketed(arguments) if last.ident == name => {
            match arguments.args.first()? {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            }
        }
        _ => None,
    }
}
