//! A server with resources, templates and prompts, written by hand.

use std::sync::atomic::Ordering;
use std::time::Duration;

use fastmcp::auth::{AuthSession, Rule};
use fastmcp::item::{
    Call, Completer, Content, IntoPrompt as _, IntoResource as _, Json, PromptEntry, PromptMessage,
    PromptOutcome, ReadOutcome, Registry, ResourceContents, ResourceEntry, Slots, ToolError,
    Variable,
};
use futures_util::future::BoxFuture;
use serde_json::json;

use crate::fixture::{Auth, Server, State, serve};

const NOTE: ResourceEntry = ResourceEntry {
    uri: "notes://all",
    name: "note",
    title: None,
    description: "For tests.",
    mime_type: None,
    size: None,
    icons: &[],
    variables: &[],
    rule: Rule::Public,
    timeout: Some(Duration::from_millis(200)),
    plain: true,
    location: "here",
    module: "tests",
    accepts_app: |_| true,
    read,
};

const PROMPT: PromptEntry = PromptEntry {
    name: "review",
    title: Some("Review"),
    description: "Asks for a review.",
    icons: &["https://s.test/review.png"],
    arguments: &[],
    rule: Rule::Public,
    timeout: Some(Duration::from_millis(200)),
    plain: true,
    location: "here",
    module: "tests",
    accepts_app: |_| true,
    get,
};

const fn variable(name: &'static str, complete: Option<Completer>) -> Variable {
    Variable {
        name,
        description: "",
        required: || true,
        made_of_parts: || None,
        complete,
    }
}

const OWNER: Variable = variable(
    "owner",
    Some(Completer::Function(|typing| {
        Box::pin(async move {
            assert_ne!(typing.value(), "panic", "with a secret");
            if typing.value() == "masked" {
                return Err(std::io::Error::other("db at 10.0.0.1").into());
            }
            let caller = typing.session().map_or("nobody", AuthSession::subject);
            let known = typing.argument("id").unwrap_or("no id");
            let state = typing.state::<State>().is_some();
            Ok(vec![
                format!("{caller}, {known}, {state}"),
                "other".to_owned(),
            ])
        })
    })),
);

fn count(call: &Call<'_>) {
    let state = call.app.downcast_ref::<State>().unwrap();
    state.calls.fetch_add(1, Ordering::SeqCst);
}

fn read(call: Call<'_>) -> BoxFuture<'_, ReadOutcome> {
    count(&call);
    Box::pin(async { "all of them".into_resource() })
}

fn note(call: Call<'_>) -> BoxFuture<'_, ReadOutcome> {
    count(&call);
    Box::pin(async move {
        let read = || {
            let slots = Slots::read(call.arguments, &["owner", "id"])?;
            let (owner, id): (String, u32) = (slots.decode_text(0)?, slots.decode_text(1)?);
            let found = (id != 404).then(|| Json(json!({ "owner": owner, "id": id })));
            Ok::<_, ReadOutcome>(found.into_resource())
        };
        read().unwrap_or_else(|refused| refused)
    })
}

fn fail(call: Call<'_>) -> BoxFuture<'_, ReadOutcome> {
    Box::pin(async move {
        match call.arguments.unwrap_or_default() {
            how if how.contains("shown") => ReadOutcome::Failed(ToolError::new("out of paper")),
            how if how.contains("masked") => {
                ReadOutcome::Failed(std::io::Error::other("db at 10.0.0.1").into())
            }
            how if how.contains("panic") => panic!("with a secret"),
            _ => std::future::pending().await,
        }
    })
}

fn get(call: Call<'_>) -> BoxFuture<'_, PromptOutcome> {
    count(&call);
    Box::pin(async move {
        let said = || {
            let slots = Slots::read(call.arguments, &["diff", "lines"])?;
            let (diff, lines): (String, Option<u8>) =
                (slots.decode_text(0)?, slots.decode_text(1)?);
            if diff == "masked" {
                return Err(ToolError::from(std::io::Error::other("db at 10.0.0.1")).into());
            }
            let messages = vec![
                PromptMessage::user(format!("Review {diff} ({lines:?})")),
                PromptMessage::assistant(Content::image([1, 2, 3], "image/png")),
            ];
            Ok::<_, PromptOutcome>(messages.into_prompt())
        };
        said().unwrap_or_else(|refused| refused)
    })
}

const RESOURCES: [ResourceEntry; 8] = [
    NOTE,
    ResourceEntry {
        uri: "notes://logo",
        mime_type: Some("image/png"),
        size: Some(3),
        read: |_| Box::pin(async { vec![1_u8, 2, 3].into_resource() }),
        ..NOTE
    },
    ResourceEntry {
        uri: "notes://folder",
        read: |_| {
            Box::pin(async {
                let part = ResourceContents::text("notes://folder/a", "a");
                vec![part.with_mime_type("text/markdown")].into_resource()
            })
        },
        ..NOTE
    },
    ResourceEntry {
        uri: "notes://slow",
        plain: false,
        read: |call| {
            Box::pin(async move {
                call.context.progress(0.5, "reading").await;
                "slow".into_resource()
            })
        },
        ..NOTE
    },
    ResourceEntry {
        uri: "notes://own",
        rule: Rule::Default,
        read: |call| {
            Box::pin(async move {
                let caller = call.session.map_or("nobody", AuthSession::subject);
                caller.into_resource()
            })
        },
        ..NOTE
    },
    ResourceEntry {
        uri: "notes://admin",
        rule: Rule::Role("admin"),
        ..NOTE
    },
    ResourceEntry {
        uri: "fail://{how}",
        variables: &[variable("how", None)],
        read: fail,
        ..NOTE
    },
    ResourceEntry {
        uri: "notes://{owner}/{id}",
        variables: &[OWNER, variable("id", None)],
        rule: Rule::All(&[Rule::Scope("read"), Rule::Scope("write")]),
        read: note,
        ..NOTE
    },
];
const PROMPTS: [PromptEntry; 2] = [
    PromptEntry {
        arguments: &[
            variable("diff", None),
            Variable {
                name: "lines",
                description: "How many.",
                required: || false,
                made_of_parts: || None,
                complete: Some(Completer::Values(&["10", "20", "101"])),
            },
        ],
        ..PROMPT
    },
    PromptEntry {
        name: "secret",
        arguments: &[variable("word", Some(Completer::Values(&["swordfish"])))],
        rule: Rule::Role("admin"),
        ..PROMPT
    },
];
fn registry() -> Registry {
    let resources = RESOURCES.map(|entry| &*Box::leak(Box::new(entry)));
    let prompts = PROMPTS.map(|entry| &*Box::leak(Box::new(entry)));
    let registry = Registry::default().with_resources(resources.into());
    registry.unwrap().with_prompts(prompts.into()).unwrap()
}

pub(crate) fn server(auth: Auth) -> Server {
    serve(registry(), auth)
}
