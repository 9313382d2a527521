//! Questions that only the compiler can answer, as constants whose evaluation fails with our
//! words. The name of each constant is part of what the user reads.
//!
//! Types are asked through `Probe`, which has no bound that could fail. The server of the crate is
//! found by scope: the inner `use crate::*` brings the real one, if the crate root has it, and
//! shadows the stand-in that the outer glob import brings; the stand-in accepts everything.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Expr, ExprLit, GenericArgument, Lit, LitStr, PathArguments, Type};

use crate::check::shown;
use crate::model::{Argument, Fallback, Loan, Parameter, Tool};

/// Constants of one scope, each of a name of its own.
pub(super) struct Checks<'a> {
    private: &'a TokenStream,
    names: Vec<&'static str>,
    code: TokenStream,
}

impl<'a> Checks<'a> {
    pub(super) fn new(private: &'a TokenStream) -> Self {
        Self {
            private,
            names: Vec::new(),
            code: TokenStream::new(),
        }
    }

    /// `const NAME: () = function(arguments);`, the call spanned on all of `tokens`.
    pub(super) fn add(
        &mut self,
        name: &'static str,
        function: &str,
        arguments: TokenStream,
        tokens: &impl ToTokens,
    ) {
        let private = self.private;
        let mut spans = tokens
            .to_token_stream()
            .into_iter()
            .map(|token| token.span());
        let first = spans.next().unwrap_or_else(Span::call_site);
        let last = spans.last().unwrap_or(first);
        let before = self.names.iter().filter(|known| **known == name).count();
        self.names.push(name);
        let name = match before {
            0 => Ident::new(name, first),
            before => format_ident!("{name}_{}", before + 1, span = first),
        };
        let function = Ident::new(function, first);
        let function: TokenStream = quote!(#private::#function)
            .into_iter()
            .map(|token| at(token, first))
            .collect();
        let mut arguments = Group::new(Delimiter::Parenthesis, arguments);
        arguments.set_span(last);
        self.code
            .extend(quote_spanned!(first=> const #name: () = #function #arguments;));
    }

    pub(super) fn finish(self) -> TokenStream {
        self.code
    }
}

fn at(mut token: TokenTree, span: Span) -> TokenTree {
    token.set_span(span);
    token
}

/// Whether the types of the signature fit.
pub(super) fn types(tool: &Tool, private: &TokenStream) -> TokenStream {
    let mut checks = Checks::new(private);
    for parameter in &tool.parameters {
        match parameter {
            Parameter::Sent(argument) => {
                argument_fits(argument, tool, &mut checks);
                default_fits(argument, &mut checks);
                if let Some(header) = &argument.header {
                    header_fits(argument, header, &mut checks);
                }
            }
            Parameter::Lent(loan) => loan_fits(loan, tool, &mut checks),
        }
    }
    return_fits(tool, &mut checks);
    checks.finish()
}

fn argument_fits(argument: &Argument, tool: &Tool, checks: &mut Checks<'_>) {
    let private = checks.private;
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
    let facts = quote!(&[#(#facts),*], #name);
    checks.add("ARGUMENT_FITS", "argument_fits", facts, &argument.ty);
}

/// Whether a default in quotes can become the type of its argument.
fn default_fits(argument: &Argument, checks: &mut Checks<'_>) {
    let Fallback::Value(text) = &argument.default else {
        return;
    };
    let Expr::Lit(ExprLit {
        lit: Lit::Str(_), ..
    }) = text
    else {
        return;
    };
    let private = checks.private;
    let (ty, name) = (&argument.ty, &argument.name);
    let shown = shown(ty);
    let facts = quote!(#name, #shown, #private::Probe::<#ty>::OF_TEXT);
    checks.add("DEFAULT_FITS", "default_fits", facts, text);
}

/// Whether a header can carry the argument.
fn header_fits(argument: &Argument, header: &LitStr, checks: &mut Checks<'_>) {
    let private = checks.private;
    let (ty, name) = (&argument.ty, &argument.name);
    let shown = shown(ty);
    let facts = quote!(#name, #shown, #private::Probe::<#ty>::COMPOUND);
    checks.add("HEADER_FITS", "header_fits", facts, header);
}

fn loan_fits(loan: &Loan, tool: &Tool, checks: &mut Checks<'_>) {
    let private = checks.private;
    let ty = &loan.ty;
    let shown = shown(ty);
    let name = &tool.name;
    let has_caller = loan.optional || tool.access.asks.is_some();
    let facts = quote! {
        #shown,
        #name,
        #private::Probe::<#ty>::LENT,
        #private::Probe::<#ty>::NEEDS_CALLER && !#has_caller
    };
    checks.add("LOAN_FITS", "loan_fits", facts, ty);
}

fn return_fits(tool: &Tool, checks: &mut Checks<'_>) {
    let private = checks.private;
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
    let facts = quote! {
        #name,
        #shown,
        #private::Probe::<#whole>::CONTENT,
        #private::Probe::<#answer>::CONTENT,
        &[#(#facts),*]
    };
    checks.add("ANSWER_FITS", "answer_fits", facts, answer);
}

/// Checks against the server of the crate.
pub(super) fn across_items(tool: &Tool, private: &TokenStream) -> TokenStream {
    let Some(asks) = &tool.access.asks else {
        return TokenStream::new();
    };
    let declared = quote! {
        &<__FM0605_one_server_per_crate_root as #private::Declared>::DECLARED
    };
    let name = &tool.name;
    let mut checks = Checks::new(private);
    let facts = quote!(#name, #declared);
    checks.add("SERVER_HAS_AUTH", "server_has_auth", facts, asks);
    for role in &tool.access.roles {
        let facts = quote!(#role, #declared);
        checks.add("ROLE_IS_DECLARED", "role_is_declared", facts, role);
    }
    for scope in &tool.access.scopes {
        let facts = quote!(#scope, #declared);
        checks.add("SCOPE_IS_DECLARED", "scope_is_declared", facts, scope);
    }
    let checks = checks.finish();
    quote! {
        use #private::no_server::*;
        const _: () = {
            use crate::*;
            #checks
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
