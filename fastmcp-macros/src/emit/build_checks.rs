//! Questions that only the compiler can answer, as constants whose evaluation fails with our
//! words. The name of each constant is part of what the user reads.
//!
//! Types are asked through `Probe`, which has no bound that could fail. The server of the crate is
//! found by scope: the inner `use crate::*` brings the real one, if the crate root has it, and
//! shadows the stand-in that the outer glob import brings; the stand-in accepts everything.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, ExprLit, GenericArgument, Lit, PathArguments, Type};

use crate::check::shown;
use crate::model::{Argument, Fallback, Loan, Parameter, Rule, Tool};

/// Whether the types of the signature fit; each check in a scope of its own beside the tool.
pub(super) fn types(tool: &Tool, private: &TokenStream) -> TokenStream {
    let parameters = tool.parameters.iter().map(|parameter| match parameter {
        Parameter::Sent(argument) => {
            let default = default_fits(argument, private);
            let argument = argument_fits(argument, tool, private);
            quote!(#argument #default)
        }
        Parameter::Lent(loan) => loan_fits(loan, tool, private),
    });
    let returned = return_fits(tool, private);
    quote!(#(#parameters)* #returned)
}

/// The check in a scope of its own.
fn constant(
    private: &TokenStream,
    name: &str,
    function: &str,
    arguments: TokenStream,
    tokens: &impl ToTokens,
) -> TokenStream {
    let constant = unscoped(private, name, function, arguments, tokens);
    quote! {
        #[allow(dead_code)]
        const _: () = {
            #[allow(unused_imports)]
            use #private::Absent as _;
            #constant
        };
    }
}

/// `const NAME: () = function(arguments);`, the call spanned on all of `tokens`.
fn unscoped(
    private: &TokenStream,
    name: &str,
    function: &str,
    arguments: TokenStream,
    tokens: &impl ToTokens,
) -> TokenStream {
    let mut spans = tokens
        .to_token_stream()
        .into_iter()
        .map(|token| token.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    let last = spans.last().unwrap_or(first);
    let name = Ident::new(name, first);
    let function = Ident::new(function, first);
    let function: TokenStream = quote!(#private::#function)
        .into_iter()
        .map(|token| at(token, first))
        .collect();
    let mut arguments = Group::new(Delimiter::Parenthesis, arguments);
    arguments.set_span(last);
    quote_spanned!(first=> const #name: () = #function #arguments;)
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
            (
                #shown,
                #private::Probe::<#ty>::DESERIALIZE,
                #private::Probe::<#ty>::SCHEMA,
                #private::Probe::<#ty>::LENT,
            )
        }
    });
    let name = &tool.name;
    constant(
        private,
        "ARGUMENT_FITS",
        "argument_fits",
        quote!(&[#(#facts),*], #name),
        &argument.ty,
    )
}

/// Whether a default in quotes can become the type of its argument.
fn default_fits(argument: &Argument, private: &TokenStream) -> Option<TokenStream> {
    let Fallback::Value(text) = &argument.default else {
        return None;
    };
    let Expr::Lit(ExprLit {
        lit: Lit::Str(_), ..
    }) = text
    else {
        return None;
    };
    let (ty, name) = (&argument.ty, &argument.name);
    let shown = shown(ty);
    Some(constant(
        private,
        "DEFAULT_FITS",
        "default_fits",
        quote!(#name, #shown, #private::Probe::<#ty>::OF_TEXT),
        text,
    ))
}

fn loan_fits(loan: &Loan, tool: &Tool, private: &TokenStream) -> TokenStream {
    let ty = &loan.ty;
    let shown = shown(ty);
    let name = &tool.name;
    let has_caller = loan.optional || tool.access.asks.is_some();
    constant(
        private,
        "LOAN_FITS",
        "loan_fits",
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
        private,
        "ANSWER_FITS",
        "answer_fits",
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

/// Checks against the server of the crate, for the scope of the tool.
pub(super) fn across_items(tool: &Tool, private: &TokenStream) -> TokenStream {
    let Some(asks) = &tool.access.asks else {
        return TokenStream::new();
    };
    let name = &tool.name;
    let declared = quote! {
        &<__one_fastmcp_server_per_crate_root as #private::Declared>::DECLARED
    };
    let is_auth = unscoped(
        private,
        "SERVER_HAS_AUTH",
        "server_has_auth",
        quote!(#name, #declared),
        asks,
    );
    let roles = tool.access.roles.iter().map(|role| {
        constant(
            private,
            "ROLE_IS_DECLARED",
            "role_is_declared",
            quote!(#role, #declared),
            role,
        )
    });
    let scopes = tool.access.scopes.iter().map(|scope| {
        constant(
            private,
            "SCOPE_IS_DECLARED",
            "scope_is_declared",
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
