//! A server whose tokens end and whose items come and go.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastmcp::auth::{AuthSession, Authenticator, Principal, Rule, Unauthenticated};
use fastmcp::item::{
    Annotations, Call, Content, Outcome, ReadOutcome, ReadOutput, Registry, ResourceBody,
    ResourceEntry, ToolEntry, ToolOutput, Variable,
};
use futures_util::future::BoxFuture;
use tokio::sync::Notify;

/// What the tokens are good for: a name is a token, and its value the roles.
#[derive(Default)]
pub(crate) struct Tokens(Mutex<BTreeMap<String, Vec<&'static str>>>);

impl Tokens {
    pub(crate) fn give(&self, token: &str, roles: &[&'static str]) {
        let mut tokens = self.0.lock().unwrap();
        tokens.insert(token.to_owned(), roles.to_vec());
    }

    pub(crate) fn end(&self, token: &str) {
        self.0.lock().unwrap().remove(token);
    }

    fn session(&self, token: &str) -> Result<AuthSession, Unauthenticated> {
        let tokens = self.0.lock().unwrap();
        let roles = tokens.get(token).ok_or(Unauthenticated::InvalidToken)?;
        if roles.contains(&"away") {
            let retry_after = Duration::from_secs(1);
            return Err(Unauthenticated::Unavailable { retry_after });
        }
        let principal = Principal {
            subject: token.to_owned(),
            client_id: "client".to_owned(),
            roles: roles.iter().map(ToString::to_string).collect(),
            expires_at: u64::from(roles.contains(&"past")),
            ..Principal::default()
        };
        Ok(AuthSession::new(principal, None))
    }
}

pub(crate) struct Door(pub(crate) Arc<Tokens>);

impl Authenticator for Door {
    fn authenticate<'a>(
        &'a self,
        token: &'a str,
    ) -> BoxFuture<'a, Result<AuthSession, Unauthenticated>> {
        Box::pin(async { self.0.session(token) })
    }

    fn resource_metadata(&self) -> &'static str {
        "https://s.test/.well-known/oauth-protected-resource/mcp"
    }
}

/// What the tools wait for and leave behind.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) go_on: Notify,
    pub(crate) ended: Arc<Notify>,
}

struct OnDrop(Arc<Notify>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

fn text(text: impl Into<String>) -> Outcome {
    Outcome::Done(ToolOutput {
        content: vec![Content::Text { text: text.into() }],
        structured: None,
    })
}

fn plain(_: Call<'_>) -> BoxFuture<'_, Outcome> {
    Box::pin(async { text("done") })
}

/// Tells that it begins, closes its connection if it is told to, waits, tells that it goes on.
fn long(call: Call<'_>) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let state = call.app.downcast_ref::<State>().unwrap();
        let _guard = OnDrop(Arc::clone(&state.ended));
        call.context.progress(0.5, "begun").await;
        if call.arguments.is_some_and(|text| text.contains("close")) {
            call.context.close_stream().await;
        }
        state.go_on.notified().await;
        call.context.progress(1.0, "going on").await;
        text("long done")
    })
}

/// Has nothing to tell for two seconds.
fn slow(_: Call<'_>) -> BoxFuture<'_, Outcome> {
    Box::pin(async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        text("slow done")
    })
}

/// Takes a tool away.
fn switch(call: Call<'_>) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let control = call.context.control();
        control.disable_tool("purge").unwrap();
        text("switched")
    })
}

type Shim = for<'a> fn(Call<'a>) -> BoxFuture<'a, Outcome>;

fn tool(name: &'static str, rule: Rule, plain: bool, call: Shim) -> &'static ToolEntry {
    Box::leak(Box::new(ToolEntry {
        name,
        title: None,
        description: "For tests.",
        icons: &[],
        annotations: Annotations::default(),
        input_schema: serde_json::Map::new,
        written: None,
        mirrored: &[],
        output_schema: || None,
        rule,
        timeout: None,
        plain,
        task: None,
        location: "here",
        module: "tests",
        accepts_app: |app| app.is::<State>(),
        call,
    }))
}

fn read(_: Call<'_>) -> BoxFuture<'_, ReadOutcome> {
    Box::pin(async {
        ReadOutcome::Done(ReadOutput::Body {
            body: ResourceBody::Text("text".to_owned()),
            mime_type: None,
        })
    })
}

fn resource(
    uri: &'static str,
    rule: Rule,
    variables: &'static [Variable],
) -> &'static ResourceEntry {
    Box::leak(Box::new(ResourceEntry {
        uri,
        name: uri,
        title: None,
        description: "For tests.",
        mime_type: None,
        size: None,
        icons: &[],
        variables,
        rule,
        timeout: None,
        plain: true,
        location: "here",
        module: "tests",
        accepts_app: |app| app.is::<State>(),
        read,
    }))
}

const ID: Variable = Variable {
    name: "id",
    description: "",
    required: || true,
    made_of_parts: || None,
    complete: None,
};

pub(crate) fn registry() -> Registry {
    let tools = Registry::of(vec![
        tool("open", Rule::Default, true, plain),
        tool("purge", Rule::Role("admin"), true, plain),
        tool("long", Rule::Default, false, long),
        tool("slow", Rule::Default, true, slow),
        tool("switch", Rule::Default, false, switch),
    ]);
    let resources = vec![
        resource("notes://shared", Rule::Default, &[]),
        resource("notes://admin/{id}", Rule::Role("admin"), &[ID]),
        resource("notes://wide", Rule::Scope("wide"), &[]),
    ];
    tools.unwrap().with_resources(resources).unwrap()
}
