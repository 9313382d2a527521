//! Who may log in: the builder's rule, the attribute's, or that of the environment.

use super::ServerDeclaration;
use super::choices::Choices;
use super::environment::variable;
use crate::error::Problem;
use crate::faults::Fault;
use crate::faults::admission::{unknown_word, unread};
use crate::provider::Admission;
use crate::settings::places;

/// The rule, if there is one.
///
/// # Errors
/// Every part of the variable that means nothing: a rule that is read in part would admit others.
pub(super) fn chosen(
    declaration: &ServerDeclaration,
    choices: &Choices,
) -> Result<Option<Admission>, Vec<Problem>> {
    let chosen = choices.login.admits.clone();
    let rule = chosen.or_else(|| declaration.admits.map(|rule| rule()));
    if rule.is_some() {
        return Ok(rule);
    }
    let Some(text) = variable("FASTMCP_ADMITS") else {
        return Ok(None);
    };
    let told =
        |fault: Fault| Problem::new(fault.code, fault.words, fault.help).at(places("admits"));
    let read = any_of(&text).map_err(|faults| faults.into_iter().map(told).collect());
    read.map(Some)
}

/// `email_domain=example.com, team=acme/ops`: one of them must hold.
fn any_of(text: &str) -> Result<Admission, Vec<Fault>> {
    let parts = text.split(',').map(str::trim).filter(|it| !it.is_empty());
    let (mut rules, mut faults) = (Vec::new(), Vec::new());
    for part in parts {
        match one(part) {
            Ok(rule) => rules.push(rule),
            Err(fault) => faults.push(fault),
        }
    }
    if rules.is_empty() && faults.is_empty() {
        faults.push(unread(text));
    }
    if faults.is_empty() {
        Ok(Admission::Any(rules))
    } else {
        Err(faults)
    }
}

fn one(part: &str) -> Result<Admission, Fault> {
    let (word, value) = part.split_once('=').ok_or_else(|| unread(part))?;
    let value = value.trim();
    Ok(match word.trim() {
        "email_domain" => Admission::email_domain(value),
        "hosted_domain" => Admission::hosted_domain(value),
        "tenant" => Admission::tenant(value),
        "group" => Admission::group(value),
        "organization" => Admission::organization(value),
        "team" => Admission::team(value),
        word => return Err(unknown_word(word)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_read_whole_or_not_at_all() {
        let Ok(Admission::Any(rules)) = any_of("email_domain = example.com ,team=acme/ops,") else {
            panic!("a rule");
        };
        assert!(
            matches!(&rules[..], [Admission::EmailDomain(domain), Admission::Team { team, .. }]
            if domain == "example.com" && team == "ops")
        );
        for (text, codes) in [
            (" , ", &["FM0515"][..]),
            ("email_domain", &["FM0515"]),
            ("email_domain=example.com, domain=example.org", &["FM0516"]),
            ("x, y=z", &["FM0515", "FM0516"]),
        ] {
            let faults = any_of(text).unwrap_err();
            let found: Vec<_> = faults.iter().map(|fault| fault.code).collect();
            assert_eq!(found, codes, "{text}");
        }
    }
}
