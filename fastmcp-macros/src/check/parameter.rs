//! Parameters: what the client sends, and what the server lends.

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{GenericArgument, Ident, LitStr, PathArguments, Type, TypeImplTrait, TypeReference};

use super::take;
use super::words::once;
use crate::codes;
use crate::diagnose::Diagnostics;
use crate::model::{Argument, Complete, Fallback, Loan, Parameter};
use crate::parse::{Given, RawParameter, Suggestions, Words};

/// Every parameter; those with a mistake are left out after it is reported.
pub(super) fn parameters(raw: Vec<RawParameter>, errors: &mut Diagnostics) -> Vec<Parameter> {
    let mut names = BTreeMap::new();
    let found: Vec<Parameter> = raw
        .into_iter()
        .filter_map(|raw| parameter(raw, &mut names, errors))
        .collect();
    let mut headers = BTreeSet::new();
    for parameter in &found {
        if let Parameter::Sent(Argument {
            header: Some(header),
            ..
        }) = parameter
            && !headers.insert(header.value().to_ascii_lowercase())
        {
            errors.error(
                codes::HEADER,
                header,
                format_args!(
                    "two arguments share the header `Mcp-Param-{}`",
                    header.value()
                ),
                "give each a header of its own; case does not tell headers apart",
            );
        }
    }
    found
}

fn parameter(
    raw: RawParameter,
    names: &mut BTreeMap<String, Ident>,
    errors: &mut Diagnostics,
) -> Option<Parameter> {
    if let Some(reference) = as_reference(&raw.ty) {
        return loan(&raw, reference, false, errors);
    }
    if let Some(reference) = optional_reference(&raw.ty) {
        return loan(&raw, reference, true, errors);
    }
    if !has_a_name(&raw.ty, errors) || !owns(&raw.ty, errors) {
        return None;
    }
    argument(raw, names, errors).map(Parameter::Sent)
}

fn loan(
    raw: &RawParameter,
    reference: &TypeReference,
    optional: bool,
    errors: &mut Diagnostics,
) -> Option<Parameter> {
    if reference.mutability.is_some() {
        errors.error(
            codes::BORROWED_MUTABLY,
            reference,
            "the server lends nothing to be changed: calls run at the same time",
            "write `&` instead of `&mut`, and keep what changes behind a `Mutex` or in a database",
        );
        return None;
    }
    let options = &raw.options;
    let given = [
        options.description.as_ref().map(|given| &given.key),
        options.default.as_ref().map(|given| &given.key),
        options.name.as_ref().map(|given| &given.key),
        options.header.as_ref().map(|given| &given.key),
        options.complete.as_ref().map(|given| &given.key),
    ];
    if let Some(key) = given.into_iter().flatten().next() {
        errors.error(
            codes::OPTION_ON_A_LOAN,
            key,
            "the server lends this parameter, so clients never see it",
            "remove `#[arg(…)]`",
        );
        return None;
    }
    if let Some(lifetime) = reference
        .lifetime
        .as_ref()
        .filter(|it| it.ident == "static")
    {
        errors.error(
            codes::BORROWED_MUTABLY,
            lifetime,
            "what the server lends is given back when the call ends",
            "write `&` without a lifetime; what the client sends is owned: `String`, not `&str`",
        );
        return None;
    }
    let ty = unwrapped(&reference.elem).clone();
    if !has_a_name(&ty, errors) {
        return None;
    }
    let name = raw.name.to_string();
    Some(Parameter::Lent(Loan { name, ty, optional }))
}

fn argument(
    raw: RawParameter,
    names: &mut BTreeMap<String, Ident>,
    errors: &mut Diagnostics,
) -> Option<Argument> {
    let description =
        take(raw.options.description, errors).map(|text| Words::Written(text.value()));
    let given: Option<LitStr> = take(raw.options.name, errors);
    let name = match &given {
        Some(text) => text.value(),
        None => raw.name.to_string().trim_start_matches("r#").to_owned(),
    };
    let before = names.insert(name.clone(), raw.name.clone());
    // Two parameters of one name are no Rust, and the compiler says so.
    if name.is_empty() || before.is_some_and(|other| other != raw.name) {
        errors.error(
            codes::ARGUMENT_NAME,
            given.map_or_else(|| raw.name.to_token_stream(), ToTokens::into_token_stream),
            match name.as_str() {
                "" => "an argument without a name".to_owned(),
                name => format!("two arguments are named `{name}`"),
            },
            "give each argument a name of its own",
        );
        return None;
    }
    let default = match take(raw.options.default, errors) {
        None => Fallback::None,
        Some(None) => Fallback::OfType,
        Some(Some(value)) => Fallback::Value(value),
    };
    Some(Argument {
        name,
        word: given.map_or_else(|| raw.name.to_token_stream(), ToTokens::into_token_stream),
        header: header(raw.options.header, errors),
        complete: complete(raw.options.complete, errors),
        ty: raw.ty,
        description: description.unwrap_or(raw.docs),
        default,
    })
}

/// Who suggests values.
fn complete(given: Option<Given<Suggestions>>, errors: &mut Diagnostics) -> Option<Complete> {
    match take(given, errors)? {
        Suggestions::Function(path) => Some(Complete::Function(path)),
        Suggestions::Values(list) => {
            if list.items.is_empty() {
                errors.error(
                    codes::NOTHING_TO_SUGGEST,
                    &list.tokens,
                    "`complete` is empty, so it suggests nothing",
                    "name at least one value, or remove `complete`",
                );
            }
            Some(Complete::Values(once(list.items, errors)))
        }
    }
}

/// The header that repeats the argument: a token of RFC 9110 section 5.6.2.
fn header(given: Option<Given<LitStr>>, errors: &mut Diagnostics) -> Option<LitStr> {
    let header = take(given, errors)?;
    let text = header.value();
    let allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if text.is_empty() || !text.chars().all(allowed) {
        errors.error(
            codes::HEADER,
            &header,
            format_args!("`{text}` cannot be part of a header's name"),
            "write one word, such as `header = \"Region\"`; clients send it as `Mcp-Param-Region`",
        );
        return None;
    }
    Some(header)
}

/// Refuses `impl Trait`, which names no type that a schema could be made of.
pub(super) fn has_a_name(ty: &Type, errors: &mut Diagnostics) -> bool {
    struct Find(Option<TypeImplTrait>);
    impl VisitMut for Find {
        fn visit_type_impl_trait_mut(&mut self, found: &mut TypeImplTrait) {
            self.0.get_or_insert_with(|| found.clone());
        }
    }
    let mut find = Find(None);
    visit_mut::visit_type_mut(&mut find, &mut ty.clone());
    if let Some(found) = &find.0 {
        errors.error(
            codes::IMPL_TRAIT,
            found,
            "`impl …` names no type, so no schema can be made of it",
            "write the type itself",
        );
    }
    find.0.is_none()
}

/// Refuses a type that borrows inside: what the client sends is owned.
fn owns(ty: &Type, errors: &mut Diagnostics) -> bool {
    struct Find(Option<TypeReference>);
    impl VisitMut for Find {
        fn visit_type_reference_mut(&mut self, found: &mut TypeReference) {
            self.0.get_or_insert_with(|| found.clone());
        }
    }
    let mut find = Find(None);
    visit_mut::visit_type_mut(&mut find, &mut ty.clone());
    if let Some(found) = &find.0 {
        errors.error(
            codes::BORROWED_INSIDE,
            found,
            "an argument that borrows, though what the client sends is owned",
            "write `String` for `&str`, `Vec<T>` for `&[T]`, `T` for `&T`",
        );
    }
    find.0.is_none()
}

/// Without parentheses and invisible groups.
pub(super) fn unwrapped(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => unwrapped(&group.elem),
        Type::Paren(paren) => unwrapped(&paren.elem),
        ty => ty,
    }
}

fn as_reference(ty: &Type) -> Option<&TypeReference> {
    match unwrapped(ty) {
        Type::Reference(reference) => Some(reference),
        _ => None,
    }
}

/// The `&T` of `Option<&T>`.
fn optional_reference(ty: &Type) -> Option<&TypeReference> {
    let Type::Path(path) = unwrapped(ty) else {
        return None;
    };
    let last = path.path.segments.last()?;
    match &last.arguments {
        PathArguments::AngleBracketed(inner) if last.ident == "Option" => {
            match inner.args.first()? {
                GenericArgument::Type(ty) => as_reference(ty),
                _ => None,
            }
        }
        _ => None,
    }
}
