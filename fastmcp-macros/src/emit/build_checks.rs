//! Questions that only the compiler can answer, as constants whose evaluation fails with our
//! words. The name of each constant is part of what the user reads.
//!
//! Types are asked through `Probe`, which has no bound that could fail. The server of the crate is
//! found by scope: the inner `use crate::*` brings the real one, if the crate root has it, and
//! shadows the stand-in that the outer glob import brings; the stand-in accepts everything.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Expr, ExprLit, Lit, LitStr};

use super::item::option;
use super::probe::{self, asked, first_argument, inside, nth_argument};
use crate::check::shown;
use crate::model::{Argument, Fallback, Item, Loan, Parameter};

/// Constants of one scope, each of a name of its own.
pub(super) struct Checks<'a> {
    private: &'a TokenStream,
    /// Where the compiler would have a type parameter added: after the name of the user's item.
    item: Span,
    names: Vec<&'static str>,
    code: TokenStream,
}

impl<'a> Checks<'a> {
    pub(super) fn new(private: &'a TokenStream, item: &Ident) -> Self {
        Self {
            private,
            item: item.span(),
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
            0 => Ident::new(name, self.item),
            before => format_ident!("{name}_{}", before + 1, span = self.item),
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
pub(super) fn types(item: &Item, private: &TokenStream) -> TokenStream {
    let mut checks = Checks::new(private, &item.function);
    for parameter in &item.parameters {
        match parameter {
            Parameter::Sent(argument) => {
                argument_fits(argument, item, &mut checks);
                default_fits(argument, &mut checks);
                if let Some(header) = &argument.header {
                    header_fits(argument, header, &mut checks);
                }
            }
            Parameter::Lent(loan) => loan_fits(loan, item, &mut checks),
        }
    }
    return_fits(item, &mut checks);
    future_fits(item, &mut checks);
    predicates_fit(item, &mut checks);
    checks.finish()
}

fn argument_fits(argument: &Argument, item: &Item, checks: &mut Checks<'_>) {
    let private = checks.private;
    let whole = probe::whole(&argument.ty, private);
    let facts = asked(&argument.ty, private)
        .map(|(shown, probe)| quote!((#shown, #probe::DESERIALIZE, #probe::SCHEMA, #probe::LENT)));
    let called = item.called();
    let waits = item.is_async;
    let stays = quote!(#waits && !#whole::SEND);
    let facts = quote!(&[#(#facts),*], #called, #whole::ALIAS, #stays);
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
    let (shown, probe) = (shown(ty), probe::whole(ty, private));
    let inside = first_argument(ty, "Option")
        .map(|ty| probe::inner(ty, private))
        .map_or_else(|| quote!(false), |probe| quote!(#probe::OF_TEXT));
    let written = text.to_token_stream().to_string();
    let facts = quote!(#written, #name, #shown, #probe::OF_TEXT, #inside);
    checks.add("DEFAULT_FITS", "default_fits", facts, text);
}

/// Whether a header can carry the argument.
fn header_fits(argument: &Argument, header: &LitStr, checks: &mut Checks<'_>) {
    let private = checks.private;
    let (ty, name) = (&argument.ty, &argument.name);
    let (shown, probe) = (shown(ty), probe::whole(ty, private));
    let facts = quote!(#name, #shown, #probe::COMPOUND);
    checks.add("HEADER_FITS", "header_fits", facts, header);
}

fn loan_fits(loan: &Loan, item: &Item, checks: &mut Checks<'_>) {
    let private = checks.private;
    let ty = &loan.ty;
    let (shown, probe) = (shown(ty), probe::of_loan(loan, private));
    let called = item.called();
    let has_caller = loan.optional || item.access.asks.is_some();
    let pointed = ["Arc", "Box", "Rc", "Option"];
    let pointed = pointed.iter().find_map(|name| first_argument(ty, name));
    let pointed = pointed.map(|ty| {
        let (shown, probe) = (self::shown(ty), probe::inner(ty, private));
        quote!((#shown, #probe::LENT))
    });
    let pointed = option(pointed, private);
    let facts = quote! {
        #shown, #called, #probe::LENT, #pointed, #probe::NEEDS_CALLER && !#has_caller
    };
    checks.add("LOAN_FITS", "loan_fits", facts, ty);
}

fn return_fits(item: &Item, checks: &mut Checks<'_>) {
    let private = checks.private;
    let whole = &item.returns;
    // Syntax only guides the words: whether the type fits is asked of the whole.
    let answer = first_argument(whole, "Result").unwrap_or(whole);
    let data = first_argument(answer, "Json")
        .map(inside)
        .unwrap_or_default();
    let facts = data.iter().map(|ty| {
        let (shown, probe) = (self::shown(ty), probe::inner(ty, private));
        quote!((#shown, #probe::SERIALIZE, #probe::SCHEMA))
    });
    let can_fail = !std::ptr::eq(whole, answer);
    let shown = shown(answer);
    let called = item.called();
    let fits = probe::whole(whole, private);
    let answer_fits = if can_fail {
        probe::inner(answer, private)
    } else {
        fits.clone()
    };
    let facts = quote!(#called, #shown, #fits::CONTENT, #answer_fits::CONTENT, &[#(#facts),*]);
    checks.add("ANSWER_FITS", "answer_fits", facts, answer);
    if can_fail {
        let error = nth_argument(whole, "Result", 1);
        let shown = error.map_or_else(|| "its error".to_owned(), self::shown);
        let facts = quote!(#called, #shown, #fits::CONTENT, #answer_fits::CONTENT);
        checks.add("ERROR_FITS", "error_fits", facts, error.unwrap_or(whole));
    }
}

/// Whether a server can run the future, unless something that it holds was reported already.
fn future_fits(item: &Item, checks: &mut Checks<'_>) {
    if !item.is_async {
        return;
    }
    let private = checks.private;
    let others = item.parameters.iter().map(|parameter| match parameter {
        Parameter::Sent(argument) => {
            let probe = probe::whole(&argument.ty, private);
            quote!(!#probe::SEND)
        }
        Parameter::Lent(loan) => {
            let probe = probe::of_loan(loan, private);
            quote!(!#probe::SYNC)
        }
    });
    let (name, function) = (item.called(), &item.function);
    let unknown = vec!["todo!()"; item.parameters.len()].join(", ");
    let called = format!("{function}({unknown})");
    let future = quote!(#private::Running(__run(#private::never())));
    let facts = quote! {
        #name, #called, #private::holds(|| #future.verdict()) #(|| #others)*
    };
    checks.add("FUTURE_FITS", "future_fits", facts, function);
}

/// Whether the functions that `access` names can decide.
fn predicates_fit(item: &Item, checks: &mut Checks<'_>) {
    let private = checks.private;
    for path in &item.access.predicates {
        let name = path.to_token_stream().to_string().replace(' ', "");
        let facts = quote!(#name, #private::holds(|| #private::Decides(#path).verdict()));
        checks.add("PREDICATE_FITS", "predicate_fits", facts, path);
    }
}

/// Checks against the server of the crate.
pub(super) fn across_items(item: &Item, private: &TokenStream) -> TokenStream {
    let Some(asks) = &item.access.asks else {
        return TokenStream::new();
    };
    let declared = quote! {
        &<__FM0605_one_server_per_module as #private::Declared>::DECLARED
    };
    let called = item.called();
    let mut checks = Checks::new(private, &item.function);
    let facts = quote!(#called, #declared);
    checks.add("SERVER_HAS_AUTH", "server_has_auth", facts, asks);
    for role in &item.access.roles {
        let facts = quote!(#role, #declared);
        checks.add("ROLE_IS_DECLARED", "role_is_declared", facts, role);
    }
    for scope in &item.access.scopes {
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
