//! What is meant: values that only `check` makes, and that `emit` can write without asking again.

use std::time::Duration;

use proc_macro2::TokenStream;
use syn::{Attribute, Expr, Ident, LitInt, LitStr, Path, Type, Visibility};

use crate::kind::Kind;
use crate::parse::Words;
use crate::path::Krate;

/// What every item is: a function that clients use by a name, and who may.
pub(crate) struct Item {
    pub(crate) kind: Kind,
    /// The `#[cfg(…)]` of the function.
    pub(crate) conditions: Vec<Attribute>,
    pub(crate) krate: Krate,
    pub(crate) function: Ident,
    pub(crate) is_async: bool,
    pub(crate) name: String,
    /// `name = "…"`, if it was written.
    pub(crate) given_name: Option<LitStr>,
    pub(crate) title: Option<LitStr>,
    pub(crate) description: Words,
    pub(crate) icons: Vec<LitStr>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) access: Access,
    pub(crate) parameters: Vec<Parameter>,
    /// The schema of its arguments, where it is written by hand: of a tool.
    pub(crate) input_schema: Option<Expr>,
    pub(crate) returns: Type,
}

impl Item {
    /// The item in words: `` tool `add` ``.
    pub(crate) fn called(&self) -> String {
        self.kind.called(&self.name)
    }

    /// What the client sends.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &Argument> {
        self.parameters
            .iter()
            .filter_map(|parameter| match parameter {
                Parameter::Sent(argument) => Some(argument),
                Parameter::Lent(_) => None,
            })
    }

    /// Whether the types of its arguments say what may be sent. What is sent as text has no
    /// schema.
    pub(crate) fn is_described_by_types(&self) -> bool {
        self.kind == Kind::Tool && self.input_schema.is_none()
    }

    /// What the server lends.
    pub(crate) fn loans(&self) -> impl Iterator<Item = &Loan> {
        self.parameters
            .iter()
            .filter_map(|parameter| match parameter {
                Parameter::Sent(_) => None,
                Parameter::Lent(loan) => Some(loan),
            })
    }
}

/// A tool.
pub(crate) struct Tool {
    pub(crate) item: Item,
    pub(crate) annotations: Annotations,
    pub(crate) task: Option<TaskSupport>,
}

/// When a call of a tool becomes a task.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum TaskSupport {
    /// At once, for a client that can hold one.
    Optional,
    /// At once, or not at all.
    Required,
    /// Where the function says so.
    OnDemand,
}

/// A resource, or a template of resources where its URI has variables.
pub(crate) struct Resource {
    pub(crate) item: Item,
    pub(crate) uri: LitStr,
    pub(crate) mime_type: Option<LitStr>,
    pub(crate) size: Option<usize>,
}

/// A prompt.
pub(crate) struct Prompt {
    pub(crate) item: Item,
}

/// Hints about what a call does.
#[derive(Clone, Copy, Default)]
pub(crate) struct Annotations {
    pub(crate) read_only: Option<bool>,
    pub(crate) destructive: Option<bool>,
    pub(crate) idempotent: Option<bool>,
    pub(crate) open_world: Option<bool>,
}

/// One parameter of an item.
#[expect(clippy::large_enum_variant, reason = "a handful live at once")]
pub(crate) enum Parameter {
    /// Owned: the client sends it.
    Sent(Argument),
    /// Borrowed: the server lends it.
    Lent(Loan),
}

/// An owned parameter.
pub(crate) struct Argument {
    pub(crate) name: String,
    /// The parameter, or the text that gives it another name.
    pub(crate) word: TokenStream,
    pub(crate) ty: Type,
    pub(crate) description: Words,
    pub(crate) default: Fallback,
    /// The `x-mcp-header` of its schema.
    pub(crate) header: Option<LitStr>,
    /// Who suggests values.
    pub(crate) complete: Option<Complete>,
}

/// Who suggests values of an argument.
pub(crate) enum Complete {
    /// These.
    Values(Vec<LitStr>),
    /// A function of the user's own.
    Function(Path),
}

/// What an argument is when it is not sent.
#[allow(clippy::large_enum_variant, reason = "a handful live at once")]
pub(crate) enum Fallback {
    /// It must be sent, unless its type says otherwise.
    None,
    /// `Default::default()`.
    OfType,
    /// This.
    Value(Expr),
}

/// A borrowed parameter: the type behind `&`.
pub(crate) struct Loan {
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) optional: bool,
}

/// Who may use an item, with the words that said so.
pub(crate) struct Access {
    pub(crate) rule: Rule,
    /// The word that asks for a signed-in user.
    pub(crate) asks: Option<TokenStream>,
    pub(crate) roles: Vec<LitStr>,
    pub(crate) scopes: Vec<LitStr>,
    /// Functions of the user's own.
    pub(crate) predicates: Vec<Path>,
}

/// `fastmcp::auth::Rule`, before it is written.
#[derive(Clone, Debug)]
pub(crate) enum Rule {
    Default,
    Public,
    SignedIn,
    Role(LitStr),
    Scope(LitStr),
    Any(Vec<Rule>),
    All(Vec<Rule>),
    Check(Path),
}

/// A server.
pub(crate) struct Server {
    /// The `#[cfg(…)]` of the struct.
    pub(crate) conditions: Vec<Attribute>,
    pub(crate) krate: Krate,
    pub(crate) ident: Ident,
    /// Its fields, as far as they can be named elsewhere.
    pub(crate) fields: Vec<Field>,
    pub(crate) visibility: Visibility,
    pub(crate) name: String,
    pub(crate) title: Option<LitStr>,
    pub(crate) instructions: Words,
    pub(crate) auth: Option<Auth>,
    pub(crate) roles: Vec<LitStr>,
    pub(crate) scopes: Vec<LitStr>,
    pub(crate) roles_from: Option<Path>,
    pub(crate) admits: Option<Admission>,
    pub(crate) anonymous: bool,
    /// Settings in the order in which their builder methods are called.
    pub(crate) settings: Vec<Setting>,
}

/// `fastmcp::provider::Admission`, before it is written.
pub(crate) enum Admission {
    /// One fact that the provider tells, and the word for it.
    Told {
        word: TokenStream,
        fact: Fact,
        text: LitStr,
    },
    Any(Vec<Admission>),
    All(Vec<Admission>),
    Check(Path),
}

impl Admission {
    /// What it is made of, without the lists.
    pub(crate) fn leaves(&self) -> Vec<&Self> {
        match self {
            Self::Any(rules) | Self::All(rules) => rules.iter().flat_map(Self::leaves).collect(),
            leaf => vec![leaf],
        }
    }
}

/// What a provider tells about somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    EmailDomain,
    HostedDomain,
    Tenant,
    Group,
    Organization,
    Team,
}

/// A field of a server: its name, or its number, and its type.
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) ty: Type,
}

/// Where users sign in.
pub(crate) enum Auth {
    Google {
        scopes: Vec<LitStr>,
    },
    GitHub {
        /// That of GitHub Enterprise.
        host: Option<LitStr>,
        scopes: Vec<LitStr>,
    },
    /// One that is a row of `options/known.rs`.
    Known {
        word: &'static str,
        /// What its function takes.
        parts: Vec<LitStr>,
        scopes: Vec<LitStr>,
    },
    Azure {
        tenant: String,
        scopes: Vec<LitStr>,
    },
    Custom(Box<Custom>),
    CustomFromEnvironment,
    Oidc {
        issuer: LitStr,
        scopes: Vec<LitStr>,
    },
    Dev {
        /// The word in the attribute.
        word: Path,
        /// It may be there in a program built for release.
        allow_release: bool,
    },
    /// A value of a type of the user's own.
    Own(Path),
}

/// Any OAuth 2.0 provider.
pub(crate) struct Custom {
    pub(crate) authorization_endpoint: LitStr,
    pub(crate) token_endpoint: LitStr,
    pub(crate) userinfo_endpoint: Option<LitStr>,
    pub(crate) jwks_uri: Option<LitStr>,
    pub(crate) issuer: Option<LitStr>,
    pub(crate) revocation_endpoint: Option<LitStr>,
    pub(crate) scopes: Vec<LitStr>,
}

/// One call of the builder: the method, the word that asked for it, and its value.
pub(crate) struct Setting {
    pub(crate) method: &'static str,
    pub(crate) key: Path,
    pub(crate) value: SettingValue,
}

/// The value of a setting.
pub(crate) enum SettingValue {
    Text(LitStr),
    Texts(Vec<LitStr>),
    Pairs(Vec<(LitStr, LitStr)>),
    Bool(bool),
    Duration(Written),
    /// `client_secret_post` rather than `client_secret_basic`.
    ClientSecretPost(bool),
    Registration(Registration),
    Number(LitInt),
    Claims(Claims),
}

/// Whether strangers may register clients.
#[derive(Clone, Copy)]
pub(crate) enum Registration {
    Open,
    Limited,
    Off,
}

/// A duration with the literal that gave it.
pub(crate) struct Written {
    pub(crate) value: Duration,
    pub(crate) tokens: TokenStream,
}

/// `custom_claims_passthrough(…)`: what was said, the rest is the default.
#[expect(clippy::struct_field_names, reason = "the words of the options")]
#[derive(Default)]
pub(crate) struct Claims {
    pub(crate) from_access_token: Option<bool>,
    pub(crate) from_id_token: Option<bool>,
    pub(crate) claim_prefix: Option<LitStr>,
    pub(crate) allowed_claims: Option<Vec<LitStr>>,
    pub(crate) blocked_claims: Option<Vec<LitStr>>,
    pub(crate) max_claim_value_size: Option<usize>,
    pub(crate) allow_complex_claims: Option<bool>,
}
