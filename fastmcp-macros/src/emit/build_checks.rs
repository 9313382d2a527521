//! Questions that only the compiler can answer, as constants whose evaluation fails with our
//! words. The name of each constant is part of what the user reads.
//!
//! Types are asked through `Probe`, which has no bound that could fail. The server of the crate is
//! found by scope: the inner `use crate::*` brings the real one, if the crate root has it, and
//! shadows the stand-in that the outer glob import brings; the stand-in accepts everything.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use super::answer_checks::answer_fits;
use super::parameter_checks::{loan_fits, sent_fits};
use super::probe;
use crate::model::{Item, Parameter};

/// Constants of one scope, each of a name of its own.
pub(super) struct Checks<'a> {
    pub(super) private: &'a TokenStream,
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
            Parameter::Sent(argument) => sent_fits(argument, item, &mut checks),
            Parameter::Lent(loan) => loan_fits(loan, item, &mut checks),
        }
    }
    schema_fits(item, &mut checks);
    answer_fits(item, &mut checks);
    future_fits(item, &mut checks);
    predicates_fit(item, &mut checks);
    checks.finish()
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

/// Whether a schema that is written by hand can be read: whether it is one, a server tells when it
/// starts.
fn schema_fits(item: &Item, checks: &mut Checks<'_>) {
    let Some(schema) = &item.input_schema else {
        return;
    };
    let private = checks.private;
    let called = item.called();
    let facts = quote!(#called, #private::holds(|| #private::ByHand(#schema).verdict()));
    checks.add("INPUT_SCHEMA_FITS", "input_schema_fits", facts, schema);
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
