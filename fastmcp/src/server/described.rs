//! The server as a manifest: what was planned, in words.

use super::assemble::Planned;
use super::{Server, environment, in_force};
use crate::Result;
use crate::auth::Rule;
use crate::error::Problem;
use crate::item::Entry;
use crate::manifest::{Access, Endpoint, Item, Manifest, SignIn};
use crate::mcp;
use crate::oauth::Registration;
use crate::spec::BaseUrl;

/// Asks for the manifest instead of a running server.
const VARIABLE: &str = "FASTMCP_MANIFEST";

impl Server {
    /// The server described, without starting it: nothing is opened and nothing written. What the
    /// environment says counts, as it would at start.
    ///
    /// ```
    /// # use fastmcp::prelude::*;
    /// # /// Say hello.
    /// # #[tool]
    /// # fn hello() -> &'static str { "hello" }
    /// # /// Greets.
    /// # #[server]
    /// # struct Greeter;
    /// # fn main() -> fastmcp::Result<()> {
    /// let manifest = Greeter.into_server().manifest()?;
    /// assert_eq!(manifest.tools[0].id, "hello");
    /// println!("{manifest}");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Every problem that would keep the server from starting, at once, as far as nothing has to be
    /// opened to find it.
    pub fn manifest(&self) -> Result<Manifest> {
        let planned = self.planned()?;
        let Planned {
            base_url, registry, ..
        } = &planned;
        let default = self.default_rule();
        let auth = self.sign_in(&planned);
        let declared = &self.declaration;
        Ok(Manifest {
            name: self.chosen_name().to_owned(),
            title: declared.title.map(str::to_owned),
            version: declared.version.to_owned(),
            instructions: declared.instructions.to_owned(),
            url: base_url.join(mcp::PATH),
            tools: items(registry.tools(), mcp::describe_tool, default),
            resources: items(registry.resources(), mcp::describe_resource, default),
            resource_templates: items(registry.templates(), mcp::describe_resource, default),
            prompts: items(registry.prompts(), mcp::describe_prompt, default),
            endpoints: self.endpoints(&planned, auth.is_some(), default),
            auth,
            settings: in_force::settings(self, planned.options()),
        })
    }

    /// Prints the manifest if that is asked for in place of a server.
    ///
    /// # Errors
    /// The variable says something else, or the server could not start.
    pub(super) fn described(&self) -> Result<bool> {
        use std::io::Write as _;
        let Some(form) = environment::variable(VARIABLE) else {
            return Ok(false);
        };
        let text = match form.as_str() {
            "text" => self.manifest()?.to_string(),
            "json" => self.manifest()?.to_json() + "\n",
            _ => {
                return Err(Problem::new(
                    "FM0956",
                    format!("`{VARIABLE}` is `{form}`"),
                    "set it to `text` or `json`, or leave it out to start the server",
                )
                .into());
            }
        };
        // Whoever closed the pipe has read enough.
        let _ = std::io::stdout().write_all(text.as_bytes());
        Ok(true)
    }

    /// The rule of an item that has none of its own.
    pub(super) fn default_rule(&self) -> Rule {
        let has_auth = self.declaration.auth.is_some()
            || self.choices.provider.is_some()
            || self.choices.proxy.is_some();
        if has_auth && !self.declaration.anonymous {
            Rule::SignedIn
        } else {
            Rule::Public
        }
    }

    fn sign_in(&self, planned: &Planned) -> Option<SignIn> {
        let roles = self.declaration.roles;
        let (provider, scopes) = match (planned.provider(), &self.choices.proxy) {
            (Some((provider, scopes)), _) => (provider, scopes),
            (None, Some(proxy)) => ("a proxy of your own".to_owned(), proxy.offered_scopes()),
            (None, None) => return None,
        };
        Some(SignIn {
            provider,
            roles: roles.iter().map(ToString::to_string).collect(),
            scopes: scopes.into_iter().collect(),
            anonymous: self.declaration.anonymous,
        })
    }

    fn endpoints(&self, planned: &Planned, has_login: bool, default: Rule) -> Vec<Endpoint> {
        let base = &planned.base_url;
        let mut all = vec![endpoint(base, mcp::PATH, "MCP")];
        for (path, rule) in self.web.paths() {
            all.push(Endpoint {
                access: Some(access(rule.or_default(default))),
                ..endpoint(base, path, "a route of this server's own")
            });
        }
        if has_login {
            let options = planned.options();
            all.push(Endpoint {
                path: "/.well-known/…".to_owned(),
                ..endpoint(base, "", "metadata (RFC 9728, RFC 8414)")
            });
            if options.is_none_or(|options| options.registration != Registration::Off) {
                all.push(endpoint(
                    base,
                    "/oauth/register",
                    "clients register (RFC 7591)",
                ));
            }
            let callback = options.map_or("/oauth/callback", |options| &*options.redirect_path);
            for (path, meaning) in [
                ("/oauth/authorize", "a login begins"),
                ("/oauth/consent", "the user agrees"),
                (callback, "the provider sends the browser back"),
                ("/oauth/token", "codes and refresh tokens become tokens"),
                ("/oauth/revoke", "clients end logins (RFC 7009)"),
            ] {
                all.push(endpoint(base, path, meaning));
            }
            if self.choices.jwt_key_pair.is_some() {
                all.push(endpoint(base, "/oauth/jwks", "public keys"));
            }
        }
        for (path, meaning) in [("/health", "liveness"), ("/ready", "readiness")] {
            all.push(Endpoint {
                path: path.to_owned(),
                ..endpoint(base, "", meaning)
            });
        }
        all
    }
}

fn endpoint(base: &BaseUrl, path: &str, meaning: &str) -> Endpoint {
    Endpoint {
        path: format!("{}{path}", base.path()),
        meaning: meaning.to_owned(),
        access: None,
    }
}

fn items<E: Entry>(entries: &[&'static E], describe: fn(&E) -> String, default: Rule) -> Vec<Item> {
    let described = entries.iter().map(|entry| Item {
        id: entry.id().to_owned(),
        access: access(entry.rule().or_default(default)),
        listed: serde_json::from_str(&describe(entry)).unwrap_or_default(),
        location: entry.location(),
        module: entry.module(),
    });
    described.collect()
}

fn access(rule: Rule) -> Access {
    Access {
        rule: rule.to_string(),
        roles: rule.roles().into_iter().collect(),
        scopes: rule.scopes().into_iter().collect(),
    }
}
