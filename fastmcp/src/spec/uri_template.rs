//! URI templates (RFC 6570), read backwards: which variables make this URI?
//!
//! RFC 6570 section 1.4 leaves matching to whoever does it. Here a template has one reading of a
//! URI or none: variables do not touch each other, at most one of them spans slashes, what stands
//! before it is read from the left and what stands after it from the right. A URI is never
//! rewritten first: no `..` is resolved and no letter folded, so nothing but the URI itself is
//! matched. Time is linear in the length of the URI.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::fmt;

use super::uri_match;

/// A template of URIs: literal text, `{x}`, `{+x}`, `{/x}` and, at the end, `{?a,b}`.
///
/// | expression | the value has |
/// |---|---|
/// | `{x}`, `{/x}` | at least one character, no `/`, `?` or `#` unless percent-encoded |
/// | `{+x}` | at least one character, slashes included |
/// | `{?a,b}` | anything; may be absent, in any order |
///
/// Values are percent-decoded, so one may hold what the URI could not: a value that becomes part
/// of a path on disk has to be checked for `/` and `..` there.
///
/// ```
/// use fastmcp::spec::UriTemplate;
///
/// let template = UriTemplate::parse("notes://{owner}/{id}{?lang}")?;
/// let found = template.matches("notes://ada/7?lang=de").unwrap();
/// assert_eq!(found, [("owner", "ada".into()), ("id", "7".into()), ("lang", "de".into())]);
/// assert!(template.matches("notes://ada/7/8").is_none());
/// # Ok::<(), fastmcp::spec::UriTemplateError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UriTemplate {
    text: String,
    pieces: Vec<Piece>,
    query: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Literal(String),
    Variable {
        name: String,
        /// Whether the value may span slashes.
        wide: bool,
        /// Whether it stands behind a literal `?`.
        in_query: bool,
    },
}

/// Why a text is no template that can be matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UriTemplateError {
    /// A brace without its partner.
    UnbalancedBrace,
    /// An operator, modifier or list that has no place here.
    UnsupportedExpression(String),
    /// A variable's name is not made of letters, digits and `_`.
    InvalidName(String),
    /// A variable stands twice.
    RepeatedName(String),
    /// Two variables with nothing between them.
    Touching(String, String),
    /// More than one variable that spans slashes.
    SecondWide(String),
    /// Something follows `{?…}`.
    QueryNotLast,
    /// It does not begin with a scheme.
    NoScheme,
}

impl fmt::Display for UriTemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnbalancedBrace => f.write_str("a brace has no partner"),
            Self::UnsupportedExpression(text) => write!(
                f,
                "`{{{text}}}` is not one of `{{x}}`, `{{+x}}`, `{{/x}}` and `{{?a,b}}`"
            ),
            Self::InvalidName(name) => write!(
                f,
                "`{name}` is no name for a variable: use letters, digits and `_`"
            ),
            Self::RepeatedName(name) => write!(f, "the variable `{name}` stands twice"),
            Self::Touching(first, second) => write!(
                f,
                "nothing stands between `{first}` and `{second}`, so nobody could tell where one \
                 ends"
            ),
            Self::SecondWide(name) => write!(
                f,
                "`{{+{name}}}` is the second variable that spans slashes, so nobody could tell \
                 where one ends"
            ),
            Self::QueryNotLast => f.write_str("`{?…}` must stand last"),
            Self::NoScheme => f.write_str("it must begin with a scheme, as in `notes://`"),
        }
    }
}

impl std::error::Error for UriTemplateError {}

impl UriTemplate {
    /// Reads a template.
    ///
    /// # Errors
    /// The text is malformed, uses what is not supported, or could be matched in two ways.
    pub fn parse(text: &str) -> Result<Self, UriTemplateError> {
        if !has_scheme(text) {
            return Err(UriTemplateError::NoScheme);
        }
        let mut template = Self {
            text: text.to_owned(),
            pieces: Vec::new(),
            query: Vec::new(),
        };
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            template.literal(&rest[..open])?;
            let inner = &rest[open + 1..];
            let close = inner.find('}').ok_or(UriTemplateError::UnbalancedBrace)?;
            template.expression(&inner[..close])?;
            rest = &inner[close + 1..];
        }
        template.literal(rest)?;
        Ok(template)
    }

    /// The text of the template.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The names of the variables, in the order of the text.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        let path = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Literal(_) => None,
            Piece::Variable { name, .. } => Some(name.as_str()),
        });
        path.chain(self.query.iter().map(String::as_str))
    }

    /// The variables that make `uri`, percent-decoded; `None` if none do. Those of a query that
    /// are absent in `uri` are left out.
    #[must_use]
    pub fn matches<'u>(&self, uri: &'u str) -> Option<Vec<(&str, Cow<'u, str>)>> {
        uri_match::variables(&self.pieces, &self.query, uri)
    }

    /// What the text comes to when names do not count: equal for two templates that match the
    /// same URIs.
    pub(crate) fn shape(&self) -> String {
        let pieces = self.pieces.iter().map(|piece| match piece {
            Piece::Literal(text) => text.as_str(),
            Piece::Variable { wide: false, .. } => "{}",
            Piece::Variable { wide: true, .. } => "{+}",
        });
        let mut shape: String = pieces.collect();
        let mut query: Vec<_> = self.query.iter().map(String::as_str).collect();
        query.sort_unstable();
        for name in query {
            shape.push('?');
            shape.push_str(name);
        }
        shape
    }

    /// Templates sorted by this stand in the order in which they should be tried: those that span
    /// no slashes, then those that say more of the URI themselves, then by their text.
    pub(crate) fn precedence(&self) -> impl Ord + use<'_> {
        let wide = self
            .pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Variable { wide: true, .. }));
        let literals = self.pieces.iter().map(|piece| match piece {
            Piece::Literal(text) => text.len(),
            Piece::Variable { .. } => 0,
        });
        let literal: usize = literals.sum();
        (wide, Reverse(literal), self.variables().count(), &self.text)
    }

    fn literal(&mut self, text: &str) -> Result<(), UriTemplateError> {
        if text.contains('}') {
            return Err(UriTemplateError::UnbalancedBrace);
        }
        if text.is_empty() {
            return Ok(());
        }
        if !self.query.is_empty() {
            return Err(UriTemplateError::QueryNotLast);
        }
        match self.pieces.last_mut() {
            Some(Piece::Literal(before)) => before.push_str(text),
            _ => self.pieces.push(Piece::Literal(text.to_owned())),
        }
        Ok(())
    }

    fn expression(&mut self, text: &str) -> Result<(), UriTemplateError> {
        let unsupported = || UriTemplateError::UnsupportedExpression(text.to_owned());
        if !self.query.is_empty() {
            return Err(UriTemplateError::QueryNotLast);
        }
        let known = text.strip_prefix(['+', '/', '?']);
        let operator = known.and(text.chars().next());
        let names = known.unwrap_or(text);
        if names.is_empty() || names.contains(['*', ':']) || text.starts_with(['#', '.', ';', '&'])
        {
            return Err(unsupported());
        }
        for name in names.split(',') {
            self.check_name(name)?;
            match operator {
                Some('?') => self.query.push(name.to_owned()),
                Some('/') => {
                    self.literal("/")?;
                    self.variable(name, false)?;
                }
                _ if names.contains(',') => return Err(unsupported()),
                operator => self.variable(name, operator == Some('+'))?,
            }
        }
        Ok(())
    }

    fn check_name(&self, name: &str) -> Result<(), UriTemplateError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(fits) {
            return Err(UriTemplateError::InvalidName(name.to_owned()));
        }
        if self.variables().any(|known| known == name) {
            return Err(UriTemplateError::RepeatedName(name.to_owned()));
        }
        Ok(())
    }

    fn variable(&mut self, name: &str, wide: bool) -> Result<(), UriTemplateError> {
        if let Some(Piece::Variable { name: before, .. }) = self.pieces.last() {
            return Err(UriTemplateError::Touching(before.clone(), name.to_owned()));
        }
        let mut in_query = false;
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => in_query |= text.contains('?'),
                Piece::Variable { wide: true, .. } if wide => {
                    return Err(UriTemplateError::SecondWide(name.to_owned()));
                }
                Piece::Variable { .. } => {}
            }
        }
        self.pieces.push(Piece::Variable {
            name: name.to_owned(),
            wide,
            in_query,
        });
        Ok(())
    }
}

/// RFC 3986 section 3.1.
fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

#[cfg(test)]
#[path = "uri_template_tests.rs"]
mod tests;
