//! `completion/complete`: suggestions for an argument of a prompt or a variable of a template.
//!
//! Who may not use the item gets no suggestions for it either, or they would tell what is in it.
//! The function of the user's is held to the time of its item and masked like it, before anything
//! is compared with it. What fits what
//! was typed is kept, whatever its case: first what begins with it, then what contains it.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::answer::{self, RpcError};
use super::dispatch::{Cleared, Dispatcher};
use super::edge::Edge;
use super::exchange::{Caller, Reply};
use super::mask::masked_texts;
use super::params::Params;
use super::revision::Era;
use crate::auth::AuthSession;
use crate::guard::Refusal;
use crate::item::{Completer, Completing, Entry, PromptEntry, ResourceEntry, Variable};

/// Most suggestions in one answer (2026-07-28, server/utilities/completion).
const MOST: usize = 100;

/// `PromptReference` or `ResourceTemplateReference` in the schema.
#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
pub(crate) enum Reference {
    /// A prompt, by name.
    #[serde(rename = "ref/prompt")]
    Prompt {
        /// The name.
        name: String,
    },
    /// A template, by its text.
    #[serde(rename = "ref/resource")]
    Resource {
        /// The text.
        uri: String,
    },
}

/// The item that a completion is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject {
    /// A prompt.
    Prompt(&'static PromptEntry),
    /// A template.
    Template(&'static ResourceEntry),
}

/// What is being typed: `argument` and `context` in the schema.
#[derive(Debug)]
pub(crate) struct Typing {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) arguments: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Argument {
    name: String,
    value: String,
}

#[derive(Default, Deserialize)]
struct Known {
    #[serde(default)]
    arguments: BTreeMap<String, String>,
}

/// `CompleteResult` in the schema.
#[derive(Debug, Serialize)]
pub(crate) struct CompleteResult {
    pub(crate) completion: Suggestions,
}

/// The suggestions in it.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Suggestions {
    pub(crate) values: Vec<String>,
    pub(crate) total: usize,
    pub(crate) has_more: bool,
}

/// Why there are no suggestions.
#[derive(Debug)]
pub(crate) enum Unsuggested {
    /// The gate refused.
    Refused(Refusal),
    /// A JSON-RPC error.
    Error(RpcError),
}

impl Dispatcher {
    /// The item that the reference names.
    pub(crate) fn subject(&self, reference: &Reference, era: Era) -> Result<Subject, RpcError> {
        match reference {
            Reference::Prompt { name } => self.prompt(name).map(Subject::Prompt),
            Reference::Resource { uri } => {
                let template = self.registry().template(uri);
                let template = template.ok_or_else(|| RpcError::resource_not_found(uri, era))?;
                Ok(Subject::Template(template))
            }
        }
    }

    /// What `session` may choose from.
    pub(crate) async fn complete(
        &self,
        subject: Subject,
        typing: &Typing,
        session: Option<&AuthSession>,
    ) -> Result<CompleteResult, Unsuggested> {
        match subject {
            Subject::Prompt(entry) => {
                let cleared = self.clear(entry, session).await;
                let cleared = cleared.map_err(Unsuggested::Refused)?;
                self.suggest(&cleared, entry.arguments, typing).await
            }
            Subject::Template(entry) => {
                let cleared = self.clear(entry, session).await;
                let cleared = cleared.map_err(Unsuggested::Refused)?;
                self.suggest(&cleared, entry.variables, typing).await
            }
        }
        .map(|completion| CompleteResult { completion })
    }

    async fn suggest<E: Entry>(
        &self,
        cleared: &Cleared<E>,
        variables: &[Variable],
        typing: &Typing,
    ) -> Result<Suggestions, Unsuggested> {
        let session = cleared.session();
        let failed = |mut text| {
            masked_texts(session, [&mut text]);
            Unsuggested::Error(RpcError::failed(text))
        };
        let Some(variable) = variables.iter().find(|known| known.name == typing.name) else {
            let problem = format!("unknown argument: {}", typing.name);
            return Err(Unsuggested::Error(RpcError::invalid_params(problem)));
        };
        let mut values = match variable.complete {
            None => Vec::new(),
            Some(Completer::Values(values)) => values.iter().map(ToString::to_string).collect(),
            Some(Completer::OfType(values)) => values(),
            Some(Completer::Function(function)) => {
                let entry = cleared.entry();
                let app = self.state(entry);
                let completing = Completing::new(&typing.value, &typing.arguments, session, app);
                let suggested = self.run(entry, session, || function(&completing)).await;
                let suggested = suggested.map_err(|stopped| failed(stopped.0))?;
                suggested.map_err(|error| failed(self.told(entry, session, &error)))?
            }
        };
        masked_texts(session, &mut values);
        Ok(fitting(values, &typing.value))
    }
}

/// The values that fit what was typed, the better ones first.
fn fitting(values: Vec<String>, typed: &str) -> Suggestions {
    let typed = typed.to_lowercase();
    let mut seen = HashSet::new();
    let (mut first, mut others) = (Vec::new(), Vec::new());
    for value in values {
        let lower = value.to_lowercase();
        let list = match lower.find(&typed) {
            Some(0) => &mut first,
            Some(_) => &mut others,
            None => continue,
        };
        if seen.insert(value.clone()) {
            list.push(value);
        }
    }
    first.append(&mut others);
    let total = first.len();
    first.truncate(MOST);
    Suggestions {
        values: first,
        total,
        has_more: total > MOST,
    }
}

/// The reference of a request.
pub(crate) fn reference(params: &Params<'_>) -> Result<Reference, RpcError> {
    let problem = "`ref` must be a prompt's name or the text of a resource template";
    parsed(params.reference).ok_or_else(|| RpcError::invalid_params(problem))
}

fn typing(params: &Params<'_>) -> Result<Typing, RpcError> {
    let Some(argument) = parsed::<Argument>(params.argument) else {
        let problem = "`argument` must have a `name` and a `value`, both strings";
        return Err(RpcError::invalid_params(problem));
    };
    let context = params.context.filter(|context| context.get() != "null");
    let known = match context {
        None => Known::default(),
        context => parsed(context).ok_or_else(|| {
            RpcError::invalid_params("`context.arguments` must be an object of strings")
        })?,
    };
    Ok(Typing {
        name: argument.name,
        value: argument.value,
        arguments: known.arguments,
    })
}

fn parsed<'a, T: Deserialize<'a>>(raw: Option<&'a RawValue>) -> Option<T> {
    serde_json::from_str(raw?.get()).ok()
}

impl Edge {
    /// Answers a request for suggestions.
    pub(crate) async fn suggestions(
        &self,
        caller: &Caller,
        era: Era,
        id: &str,
        params: &Params<'_>,
    ) -> Reply {
        let subject = reference(params).and_then(|named| self.dispatcher.subject(&named, era));
        let (subject, typing) = match (subject, typing(params)) {
            (Ok(subject), Ok(typing)) => (subject, typing),
            (Err(error), _) | (_, Err(error)) => return error.into(),
        };
        let user = caller.user.as_ref();
        let result = match self.dispatcher.complete(subject, &typing, user).await {
            Ok(result) => result,
            Err(Unsuggested::Refused(refusal)) => return Reply::Refused(refusal),
            Err(Unsuggested::Error(error)) => return error.into(),
        };
        let mut bytes = serde_json::to_vec(&result).unwrap_or_default();
        answer::complete(era, "", &self.server_info, &mut bytes);
        Reply::Done(answer::success(id, &bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::{Suggestions, fitting};

    fn fit(values: &[&str], typed: &str) -> Vec<String> {
        fitting(values.iter().map(ToString::to_string).collect(), typed).values
    }

    #[test]
    fn what_begins_with_it_comes_before_what_contains_it() {
        let values = ["Outlook", "look", "LOOKUP", "glance", "look"];
        assert_eq!(fit(&values, "Look"), ["look", "LOOKUP", "Outlook"]);
        assert_eq!(fit(&values, ""), ["Outlook", "look", "LOOKUP", "glance"]);
        assert!(fit(&values, "x").is_empty());
    }

    #[test]
    fn an_answer_holds_a_hundred_and_counts_the_rest() {
        let many = (0..250).map(|n| n.to_string()).collect();
        let Suggestions {
            values,
            total,
            has_more,
        } = fitting(many, "");
        assert_eq!((values.len(), total, has_more), (100, 250, true));
        let few = (0..100).map(|n| n.to_string()).collect();
        assert!(!fitting(few, "").has_more);
    }
}
