//! `custom_claims_passthrough(…)`: options that let something pass, and do not contradict.

use proc_macro2::TokenStream;
use quote::ToTokens;

use super::words::once;
use super::{flag, take};
use crate::codes;
use crate::diagnose::Diagnostics;
use crate::model::Claims;
use crate::options::CLAIMS;
use crate::parse::{ClaimsOptions, Given, Texts, options};

/// The passthrough that was asked for.
pub(super) fn claims(
    given: Option<Given<TokenStream>>,
    errors: &mut Diagnostics,
) -> Option<Claims> {
    let key = given.as_ref().map(|given| given.key.clone());
    let tokens = take(given, errors)?;
    let options: ClaimsOptions = options(tokens, &CLAIMS, errors)?;
    let keys = [&options.allowed_claims, &options.blocked_claims]
        .map(|given| given.as_ref().map(|given| given.key.clone()));
    let mut list =
        |given: Option<Given<Texts>>| take(given, errors).map(|list| once(list.items, errors));
    let (allowed, blocked) = (list(options.allowed_claims), list(options.blocked_claims));
    let size = take(options.max_claim_value_size, errors);
    let found = Claims {
        from_access_token: flag(options.from_access_token, errors),
        from_id_token: flag(options.from_id_token, errors),
        claim_prefix: take(options.claim_prefix, errors),
        allowed_claims: allowed,
        blocked_claims: blocked,
        max_claim_value_size: size.as_ref().map(|size| size.value),
        allow_complex_claims: flag(options.allow_complex_claims, errors),
    };
    if let Some(size) = size.filter(|size| size.value == 0) {
        errors.error(
            codes::NO_ROOM,
            &size.tokens,
            "`max_claim_value_size` is zero, so no claim passes",
            "write a size in bytes, such as `max_claim_value_size = 2000`",
        );
    }
    if let Some(prefix) = found
        .claim_prefix
        .as_ref()
        .filter(|it| it.value().is_empty())
    {
        errors.error(
            codes::EMPTY_TEXT,
            prefix,
            "an empty `claim_prefix` changes nothing",
            "write `claim_prefix = \"up_\"`, or remove it",
        );
    }
    let lists = [
        (
            &found.allowed_claims,
            "`allowed_claims` is empty, so no claim passes",
        ),
        (
            &found.blocked_claims,
            "`blocked_claims` is empty, so it blocks nothing",
        ),
    ];
    for ((list, fault), key) in lists.into_iter().zip(keys) {
        if list.as_ref().is_some_and(Vec::is_empty) {
            errors.error(
                codes::EMPTY_LIST,
                key,
                fault,
                "name a claim, or remove the option",
            );
        }
        for claim in list
            .iter()
            .flatten()
            .filter(|it| it.value().trim().is_empty())
        {
            errors.error(
                codes::EMPTY_TEXT,
                claim,
                "no claim has an empty name",
                "write the name of a claim, such as `\"groups\"`, or remove it",
            );
        }
    }
    let nothing = found.from_access_token == Some(false) && found.from_id_token == Some(false);
    let others = [
        found.claim_prefix.is_some(),
        found.allowed_claims.is_some(),
        found.blocked_claims.is_some(),
        found.max_claim_value_size.is_some(),
        found.allow_complex_claims.is_some(),
    ];
    if nothing && others.contains(&true) {
        errors.error(
            codes::CLAIMS,
            key.map(ToTokens::into_token_stream),
            "no claim passes from either token, so the other options change nothing",
            "remove `from_access_token = false` or `from_id_token = false`, or the other options",
        );
    }
    for blocked in found.blocked_claims.iter().flatten() {
        let name = blocked.value();
        let mut allowed = found.allowed_claims.iter().flatten();
        if allowed.any(|allowed| allowed.value() == name) {
            errors.error(
                codes::CLAIMS,
                blocked,
                format_args!("claim `{name}` is allowed and blocked"),
                "remove it from one of the two lists",
            );
        }
    }
    Some(found)
}
