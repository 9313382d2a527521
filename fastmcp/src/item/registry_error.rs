//! Why the entries of a program do not fit together.

use std::fmt;

use crate::spec::UriTemplateError;

/// Why the entries of a program do not fit together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistryError {
    /// Two tools of one name.
    SameTool(Twins),
    /// Two prompts of one name.
    SamePrompt(Twins),
    /// Two resources of one URI.
    SameResource(Twins),
    /// Two templates that match the same URIs.
    SameTemplate(Twins),
    /// A URI without a scheme, or a template that cannot be matched.
    Template {
        /// The template.
        uri: &'static str,
        /// `file:line` of its function.
        location: &'static str,
        /// What is wrong with it.
        error: UriTemplateError,
    },
    /// The variables of a template and those of its entry are not the same.
    Variables {
        /// The template.
        uri: &'static str,
        /// `file:line` of its function.
        location: &'static str,
    },
}

/// Two entries of one kind that claim the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twins {
    /// What the first claims.
    pub claim: &'static str,
    /// `file:line` of both.
    pub locations: [&'static str; 2],
}

impl fmt::Display for RegistryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (twins, same) = match self {
            Self::SameTool(twins) => (twins, "two tools are named"),
            Self::SamePrompt(twins) => (twins, "two prompts are named"),
            Self::SameResource(twins) => (twins, "two resources have the URI"),
            Self::SameTemplate(twins) => (twins, "two resources match the URIs of"),
            Self::Template {
                uri,
                location,
                error,
            } => {
                return write!(f, "the URI `{uri}` ({location}) is no good: {error}");
            }
            Self::Variables { uri, location } => {
                return write!(
                    f,
                    "the variables of the URI `{uri}` are not those of its function ({location})"
                );
            }
        };
        let Twins {
            claim,
            locations: [first, second],
        } = twins;
        write!(f, "{same} `{claim}`: {first} and {second}")
    }
}

impl std::error::Error for RegistryError {}
