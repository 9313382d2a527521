//! Every setting once: its name in an attribute and on the builder, its variable, its default.
//!
//! The README's table is this one, and a test compares them.

mod login;
mod server;

use self::login::LOGIN;
use self::server::SERVER;

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Name of the `#[server]` option and of the builder method.
    pub name: &'static str,
    /// Where it can be written.
    pub places: Places,
    /// Environment variable, if it has one.
    pub variable: Option<&'static str>,
    /// Default, in words.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

/// Where a setting can be written, besides its variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Places {
    /// In `#[server(…)]` and on the builder.
    Both,
    /// On the builder alone: a secret, or a value that only running code has.
    Builder,
    /// In `#[server(…)]` alone: it is checked against the tools at build time.
    Attribute,
}

impl Setting {
    /// Whether it belongs to the login.
    pub(crate) fn is_of_login(&self) -> bool {
        LOGIN.iter().any(|setting| setting.name == self.name)
    }
}

type Text = &'static str;

const fn both(name: Text, variable: Option<Text>, default: Text, meaning: Text) -> Setting {
    Setting {
        name,
        places: Places::Both,
        variable,
        default,
        meaning,
    }
}

const fn builder(name: Text, variable: Option<Text>, default: Text, meaning: Text) -> Setting {
    let places = Places::Builder;
    Setting {
        places,
        ..both(name, variable, default, meaning)
    }
}

const fn attribute(name: Text, default: Text, meaning: Text) -> Setting {
    let places = Places::Attribute;
    Setting {
        places,
        ..both(name, None, default, meaning)
    }
}

/// All settings, in the order of the README.
pub const SETTINGS: &[Setting] = &joined();

const fn joined() -> [Setting; SERVER.len() + LOGIN.len()] {
    let mut all = [SERVER[0]; SERVER.len() + LOGIN.len()];
    let mut at = 0;
    while at < all.len() {
        all[at] = if at < SERVER.len() {
            SERVER[at]
        } else {
            LOGIN[at - SERVER.len()]
        };
        at += 1;
    }
    all
}

/// Where the setting of this name is written: option, builder method, variable.
pub(crate) fn places(name: &str) -> Option<String> {
    let setting = SETTINGS.iter().find(|setting| setting.name == name)?;
    let mut places = Vec::new();
    if setting.places != Places::Builder {
        places.push(format!("`{name}` in `#[server]`"));
    }
    if setting.places != Places::Attribute {
        places.push(format!("`.{name}(…)`"));
    }
    if let Some(variable) = setting.variable {
        places.push(format!("`{variable}`"));
    }
    Some(places.join(", "))
}
