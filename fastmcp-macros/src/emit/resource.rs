//! A resource: an entry with its address and the variables in it.

use proc_macro2::TokenStream;
use quote::quote;

use super::item::{Words, about, call, marker, option, whole};
use super::text::variables;
use crate::model::Resource;
use crate::path::Krate;

const WORDS: Words = Words {
    entry: "ResourceEntry",
    outcome: "ReadOutcome",
    argument: "text",
    argument_or: "text_or",
    answer: "read",
};

pub(crate) fn resource(resource: &Resource) -> TokenStream {
    let Resource {
        item,
        uri,
        mime_type,
        size,
    } = resource;
    let private = Krate::private();
    let about = about(item, &private);
    let mime_type = option(mime_type.as_ref(), &private);
    let size = option(size.map(|bytes| bytes as u64), &private);
    let variables = variables(item, &private);
    let call = call(item, &WORDS, &private);
    let entry = quote! {
        #private::ResourceEntry {
            uri: #uri,
            #about
            mime_type: #mime_type,
            size: #size,
            variables: &[#(#variables),*],
            read: #call,
        }
    };
    whole(item, &WORDS, Some(&twin(resource)), &entry)
}

/// Two resources of one URI: the name holds its letters to be read, and its hash to be told from
/// others that read alike. Variables match whatever they are called.
fn twin(resource: &Resource) -> TokenStream {
    let uri = shape(&resource.uri.value());
    let words: Vec<&str> = uri
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let (words, hash) = (words.join("_"), hash(&uri));
    marker(
        &format!("__FM0608_two_resources_have_the_uri_{words}_{hash:08x}"),
        &resource.uri,
    )
}

/// The URI without the names of its variables, but those of a query, which stand in each URI.
fn shape(uri: &str) -> String {
    let mut parts = uri.split('{');
    let mut shape = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (expression, literal) = part.split_once('}').unwrap_or((part, ""));
        let query = expression.strip_prefix('?').map(|query| {
            let mut names: Vec<&str> = query.split(',').collect();
            names.sort_unstable();
            format!("{{?{}}}", names.join(","))
        });
        let unnamed = || match expression.split_at_checked(1) {
            Some(("+", _)) => "{+}".to_owned(),
            Some(("/", list)) => "/{}".repeat(list.split(',').count()),
            _ => "{}".to_owned(),
        };
        shape += &query.unwrap_or_else(unnamed);
        shape += literal;
    }
    shape
}

/// FNV-1a, for a name that is the same in every build.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}
