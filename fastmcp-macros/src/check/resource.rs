//! A resource: an item with an address, whose variables are the arguments.

use quote::ToTokens;
use syn::LitStr;

use super::item::item;
use super::take;
use super::template::variables_are_parameters;
use super::uri::uri;
use crate::codes;
use crate::diagnose::Diagnostics;
use crate::model::Resource;
use crate::parse::{RawItem, ResourceOptions};

/// What a resource means; `None` if it cannot mean anything.
pub(crate) fn resource(
    raw: RawItem<ResourceOptions>,
    errors: &mut Diagnostics,
) -> Option<Resource> {
    let before = errors.count();
    let ResourceOptions {
        item: options,
        uri: given,
        mime_type,
        size,
    } = raw.options;
    let is_missing = given.is_none();
    let address = take(given, errors).and_then(|text| uri(text, errors));
    let mime_type = take(mime_type, errors);
    if let Some(written) = &mime_type {
        is_mime_type(written, errors);
    }
    let size_key = size.as_ref().map(|given| given.key.clone());
    let size = take(size, errors);
    let function = raw.function.signature.ident.clone();
    let item = item(options, raw.function, errors);
    // What was misspelt may be the address.
    if is_missing && before == 0 {
        errors.error(
            codes::WITHOUT_URI,
            &function,
            format_args!("resource `{function}` has no URI, so nobody could read it"),
            format_args!("write `#[resource(uri = \"docs://{function}\")]`"),
        );
    }
    let (uri, variables) = address?;
    if !variables.is_empty() && size.is_some() {
        errors.error(
            codes::SIZE_OF_A_TEMPLATE,
            size_key.map(ToTokens::into_token_stream),
            "a template stands for many resources, which have no common size",
            "remove `size`",
        );
    }
    // A parameter with a mistake is not there.
    if errors.count() == before {
        variables_are_parameters(&uri, &variables, &item, errors);
    }
    (errors.count() == before).then_some(Resource {
        item,
        uri,
        mime_type,
        size: size.map(|number| number.value),
    })
}

/// Words that people write for a media type, and the type.
const COMMON: &[(&str, &str)] = &[
    ("text", "text/plain"),
    ("txt", "text/plain"),
    ("plain", "text/plain"),
    ("markdown", "text/markdown"),
    ("md", "text/markdown"),
    ("html", "text/html"),
    ("csv", "text/csv"),
    ("json", "application/json"),
    ("xml", "application/xml"),
    ("yaml", "application/yaml"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("svg", "image/svg+xml"),
    ("image", "image/png"),
    ("audio", "audio/wav"),
    ("application", "application/json"),
];

/// Reports what is no media type of RFC 9110 section 8.3.1: `type/subtype`, and parameters.
fn is_mime_type(written: &LitStr, errors: &mut Diagnostics) {
    let text = written.value();
    let token = |text: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        !text.is_empty() && text.chars().all(allowed)
    };
    let (whole, parameters) = text.split_once(';').unwrap_or((&text, "charset=utf-8"));
    let is_type = whole
        .trim_end()
        .split_once('/')
        .is_some_and(|(one, two)| token(one) && token(two));
    let is_parameter = |part: &str| {
        let pair = part.trim().split_once('=');
        pair.is_some_and(|(name, value)| token(name) && !value.is_empty())
    };
    if is_type && parameters.split(';').all(is_parameter) {
        return;
    }
    let word = text.trim_matches(['.', '/']).to_lowercase();
    let meant = COMMON.iter().find(|(known, _)| *known == word);
    let meant = meant.map_or("text/markdown", |(_, meant)| *meant);
    errors.error(
        codes::MIME_TYPE,
        written,
        format_args!("`{text}` is not a media type"),
        format_args!("write `mime_type = \"{meant}\"`"),
    );
}
