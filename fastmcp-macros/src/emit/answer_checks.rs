//! The question about the return type: whether an answer can be made of it.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Type;

use super::build_checks::Checks;
use super::probe::{self, first_argument, inside, nth_argument};
use crate::check::shown;
use crate::kind::Kind;
use crate::model::Item;

/// Whether the type is an answer, and if not, what is to blame. Syntax only guides the words:
/// whether the type fits is asked of the whole.
pub(super) fn answer_fits(item: &Item, checks: &mut Checks<'_>) {
    let private = checks.private;
    let whole = &item.returns;
    let done = first_argument(whole, "Result").unwrap_or(whole);
    let can_fail = !std::ptr::eq(whole, done);
    let answer = match item.kind {
        Kind::Resource => first_argument(done, "Option").unwrap_or(done),
        Kind::Tool | Kind::Prompt => done,
    };
    let facts = data(answer, item.kind, private);
    let shown = shown(answer);
    let called = item.called();
    let question = match item.kind {
        Kind::Tool => quote!(CONTENT),
        Kind::Resource => quote!(RESOURCE),
        Kind::Prompt => quote!(PROMPT),
    };
    let fits = probe::whole(whole, private);
    let answer_fits = if std::ptr::eq(whole, answer) {
        fits.clone()
    } else {
        probe::inner(answer, private)
    };
    let facts = quote!(#called, #shown, #fits::#question, #answer_fits::#question, &[#(#facts),*]);
    checks.add("ANSWER_FITS", "answer_fits", facts, answer);
    if can_fail {
        let error = nth_argument(whole, "Result", 1);
        let shown = error.map_or_else(|| "its error".to_owned(), self::shown);
        let facts = quote!(#called, #shown, #fits::#question, #answer_fits::#question);
        checks.add("ERROR_FITS", "error_fits", facts, error.unwrap_or(whole));
    }
}

/// What `Json` is made of, innermost first: name, whether it becomes data, whether its schema is
/// known. A resource has no schema, and a prompt no data.
fn data(answer: &Type, kind: Kind, private: &TokenStream) -> Vec<TokenStream> {
    let data = first_argument(answer, "Json")
        .filter(|_| kind != Kind::Prompt)
        .map(inside)
        .unwrap_or_default();
    data.into_iter()
        .map(|ty| {
            let (shown, probe) = (shown(ty), probe::inner(ty, private));
            let schema = match kind {
                Kind::Tool => quote!(#probe::SCHEMA),
                Kind::Resource | Kind::Prompt => quote!(true),
            };
            quote!((#shown, #probe::SERIALIZE, #schema))
        })
        .collect()
}
