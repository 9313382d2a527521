//! Access rules as data, and the verdict on a caller.
//!
//! One [`Rule`] is read by the dispatcher, the lists, the guard of custom routes and the checks at
//! start, so what is shown is what is enforced.

use std::collections::BTreeSet;
use std::fmt;

use futures_util::future::BoxFuture;

use super::AuthSession;

/// Who may use an item.
///
/// An empty [`Rule::Any`] or [`Rule::AnyRole`] admits nobody, an empty [`Rule::All`] or
/// [`Rule::AllScopes`] every signed-in user; every rule but [`Rule::Public`] requires one.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    /// No rule of its own: the server decides (a signed-in user where the server has `auth`,
    /// anyone where it has not or is `anonymous`).
    Default,
    /// Everyone, signed in or not.
    Public,
    /// Any signed-in user.
    SignedIn,
    /// A user with this role.
    Role(&'static str),
    /// A token with this scope.
    Scope(&'static str),
    /// A user with at least one of these roles.
    AnyRole(&'static [&'static str]),
    /// A token with all of these scopes.
    AllScopes(&'static [&'static str]),
    /// At least one of these holds.
    Any(&'static [Rule]),
    /// Every one of these holds.
    All(&'static [Rule]),
    /// The user's own function says yes.
    Check(&'static Predicate),
}

/// A function of the user's own that decides about a session.
pub struct Predicate {
    /// Its path as written in the attribute, for the manifest.
    pub name: &'static str,
    /// Its answer.
    pub call: for<'a> fn(&'a AuthSession) -> BoxFuture<'a, bool>,
}

impl fmt::Debug for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// A predicate that was asked, and what it said.
type Answer = (&'static Predicate, bool);

/// What a [`Rule`] says about a caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Go ahead.
    Allowed,
    /// Nobody is signed in, and somebody must be.
    SignIn,
    /// Signed in, but the token lacks these scopes; a step-up login can get them.
    MissingScopes(BTreeSet<String>),
    /// Signed in, but not entitled, and no scope would help.
    Forbidden,
}

impl Rule {
    /// The verdict on `session`, `None` being a caller who is not signed in.
    ///
    /// [`Rule::Default`] is judged like [`Rule::SignedIn`]; who knows the server resolves it first
    /// with [`Rule::or_default`].
    pub async fn judge(&self, session: Option<&AuthSession>) -> Verdict {
        if matches!(self, Self::Public) {
            return Verdict::Allowed;
        }
        let Some(session) = session else {
            return Verdict::SignIn;
        };
        let mut answers = Vec::new();
        let mut predicates = Vec::new();
        self.collect_predicates(&mut predicates);
        for predicate in predicates {
            answers.push((predicate, (predicate.call)(session).await));
        }
        if self.holds(session, &answers, false) {
            return Verdict::Allowed;
        }
        if self.holds(session, &answers, true) {
            return Verdict::MissingScopes(self.scopes_for(session, &answers));
        }
        Verdict::Forbidden
    }

    /// This rule, or `default` where the item declared none.
    #[must_use]
    pub const fn or_default(self, default: Self) -> Self {
        match self {
            Self::Default => default,
            rule => rule,
        }
    }

    /// Whether only a signed-in user can pass.
    pub const fn needs_caller(&self) -> bool {
        !matches!(self, Self::Default | Self::Public)
    }

    /// Every scope that the rule names, for metadata and challenges.
    pub fn scopes(&self) -> BTreeSet<&'static str> {
        let mut found = BTreeSet::new();
        self.visit(&mut |rule| match rule {
            Self::Scope(scope) => found.extend([*scope]),
            Self::AllScopes(scopes) => found.extend(*scopes),
            _ => {}
        });
        found
    }

    /// Every role that the rule names.
    pub fn roles(&self) -> BTreeSet<&'static str> {
        let mut found = BTreeSet::new();
        self.visit(&mut |rule| match rule {
            Self::Role(role) => found.extend([*role]),
            Self::AnyRole(roles) => found.extend(*roles),
            _ => {}
        });
        found
    }

    fn visit(&self, see: &mut impl FnMut(&Self)) {
        see(self);
        if let Self::Any(rules) | Self::All(rules) = self {
            for rule in *rules {
                rule.visit(see);
            }
        }
    }

    fn collect_predicates(&self, found: &mut Vec<&'static Predicate>) {
        self.visit(&mut |rule| {
            if let Self::Check(predicate) = rule {
                found.push(predicate);
            }
        });
    }

    /// Whether the rule holds; with `assume_scopes`, as if the token had every scope.
    fn holds(&self, session: &AuthSession, answers: &[Answer], assume_scopes: bool) -> bool {
        match self {
            Self::Default | Self::Public | Self::SignedIn => true,
            Self::Role(role) => session.has_role(role),
            Self::Scope(scope) => assume_scopes || session.has_scope(scope),
            Self::AnyRole(roles) => roles.iter().any(|role| session.has_role(role)),
            Self::AllScopes(scopes) => {
                assume_scopes || scopes.iter().all(|scope| session.has_scope(scope))
            }
            Self::Any(rules) => rules
                .iter()
                .any(|rule| rule.holds(session, answers, assume_scopes)),
            Self::All(rules) => rules
                .iter()
                .all(|rule| rule.holds(session, answers, assume_scopes)),
            Self::Check(predicate) => answers
                .iter()
                .any(|(asked, yes)| *yes && std::ptr::eq(*asked, *predicate)),
        }
    }

    /// All scopes of the operation for this caller: of an `Any`, the first branch that scopes
    /// alone can satisfy; of an `All`, every branch.
    fn scopes_for(&self, session: &AuthSession, answers: &[Answer]) -> BTreeSet<String> {
        match self {
            Self::Scope(scope) => BTreeSet::from([(*scope).to_owned()]),
            Self::AllScopes(scopes) => scopes.iter().map(ToString::to_string).collect(),
            Self::Any(rules) => rules
                .iter()
                .find(|rule| rule.holds(session, answers, true))
                .map(|rule| rule.scopes_for(session, answers))
                .unwrap_or_default(),
            Self::All(rules) => rules
                .iter()
                .flat_map(|rule| rule.scopes_for(session, answers))
                .collect(),
            _ => BTreeSet::new(),
        }
    }
}
