//! What only the whole program can tell.

use serde_json::json;

use super::*;
use crate::item::{
    Annotations, Outcome, PromptEntry, PromptOutcome, ReadOutcome, ResourceEntry, ToolEntry,
    ToolOutput, Twins,
};
use crate::provider;
use crate::server::AuthDeclaration;

const TOOL: ToolEntry = ToolEntry {
    name: "add",
    title: None,
    description: "Adds.",
    icons: &[],
    annotations: Annotations {
        read_only: None,
        destructive: None,
        idempotent: None,
        open_world: None,
    },
    input_schema: Schema::new,
    written: None,
    mirrored: &[],
    output_schema: || None,
    rule: Rule::Default,
    timeout: None,
    plain: true,
    task: None,
    location: "src/tools.rs:1",
    module: "tests",
    accepts_app: |_| true,
    call: |_| Box::pin(async { Outcome::Done(ToolOutput::default()) }),
};

const SERVER: ServerDeclaration = ServerDeclaration {
    name: "Notes",
    title: None,
    version: "1",
    instructions: "",
    auth: Some(AuthDeclaration::Provider(provider::google)),
    roles: &["admin"],
    scopes: &["notes:write"],
    roles_from: None,
    admits: None,
    anonymous: false,
};

/// The codes of what is wrong, each with its text.
fn found(tools: Vec<ToolEntry>, server: &ServerDeclaration) -> Vec<(String, String)> {
    let entries = tools.into_iter().map(|tool| &*Box::leak(Box::new(tool)));
    let registry = Registry::of(entries.collect()).unwrap();
    let problems = check_all(&registry, server, &());
    let told = |problem: &Problem| (problem.code().to_owned(), problem.fault().to_owned());
    problems.iter().map(told).collect()
}

fn codes(tools: Vec<ToolEntry>, server: &ServerDeclaration) -> Vec<String> {
    found(tools, server)
        .into_iter()
        .map(|(code, _)| code)
        .collect()
}

#[test]
fn an_anonymous_server_opens_something() {
    let anonymous = ServerDeclaration {
        anonymous: true,
        ..SERVER
    };
    let closed = ToolEntry {
        rule: Rule::SignedIn,
        ..TOOL
    };
    assert_eq!(codes(vec![closed], &anonymous), ["FM0904"]);
    let other = ToolEntry {
        name: "other",
        ..TOOL
    };
    assert_eq!(codes(vec![closed, other], &anonymous), [""; 0]);
    assert_eq!(codes(vec![closed], &SERVER), [""; 0]);
    assert_eq!(codes(vec![], &anonymous), ["FM0901"]);
}

#[test]
fn tools_of_a_library_are_checked_as_at_build_time_and_all_at_once() {
    let of_library = |name, rule| ToolEntry { name, rule, ..TOOL };
    let tools = vec![
        of_library("a", Rule::Role("admn")),
        of_library("b", Rule::Role("notes:write")),
        of_library("c", Rule::Scope("note:write")),
        ToolEntry {
            name: "d",
            accepts_app: |_| false,
            ..TOOL
        },
    ];
    let found = found(tools, &SERVER);
    let told: Vec<_> = found.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(told, ["FM0602", "FM0604", "FM0603", "FM0903"]);
    assert_eq!(
        found[0].1,
        "role `admn` is not declared on server `Notes` (tool `a`, src/tools.rs:1)"
    );
    let open = ServerDeclaration {
        auth: None,
        ..SERVER
    };
    let asks = of_library("a", Rule::SignedIn);
    assert_eq!(codes(vec![asks], &open), ["FM0601"]);
}

#[test]
fn a_header_carries_no_object_whatever_its_type_is_called() {
    fn with(kind: &serde_json::Value) -> Schema {
        let part = json!({ "type": kind, "x-mcp-header": "Region" });
        let schema = json!({ "properties": { "region": part } });
        schema.as_object().cloned().unwrap_or_default()
    }
    fn named(kind: &serde_json::Value) -> Schema {
        let part = json!({ "$ref": "#/$defs/Place", "x-mcp-header": "Region" });
        let place = json!({ "type": kind });
        let schema = json!({ "properties": { "region": part }, "$defs": { "Place": place } });
        schema.as_object().cloned().unwrap_or_default()
    }
    let found = |input_schema| {
        let tool = ToolEntry {
            input_schema,
            ..TOOL
        };
        codes(vec![tool], &SERVER)
    };
    assert_eq!(found(|| with(&json!("object"))), ["FM0717"]);
    assert_eq!(found(|| with(&json!(["array", "null"]))), ["FM0717"]);
    assert_eq!(found(|| with(&json!(["string", "null"]))), [""; 0]);
    assert_eq!(found(|| named(&json!("object"))), ["FM0717"]);
    assert_eq!(found(|| named(&json!("string"))), [""; 0]);
}

#[test]
fn resources_and_prompts_are_held_to_the_same() {
    static RESOURCE: ResourceEntry = ResourceEntry {
        uri: "notes://all",
        name: "all",
        title: None,
        description: "",
        mime_type: None,
        size: None,
        icons: &[],
        variables: &[],
        rule: Rule::Role("edtior"),
        timeout: None,
        plain: true,
        location: "src/notes.rs:1",
        module: "tests",
        accepts_app: |_| false,
        read: |_| Box::pin(async { ReadOutcome::NotFound }),
    };
    static PROMPT: PromptEntry = PromptEntry {
        name: "review",
        title: None,
        description: "",
        icons: &[],
        arguments: &[],
        rule: Rule::Scope("notes:read"),
        timeout: None,
        plain: true,
        location: "src/notes.rs:2",
        module: "tests",
        accepts_app: |_| true,
        get: |_| Box::pin(async { PromptOutcome::Done(Vec::new()) }),
    };
    let registry = Registry::default().with_resources(vec![&RESOURCE]).unwrap();
    let registry = registry.with_prompts(vec![&PROMPT]).unwrap();
    let problems = check_all(&registry, &SERVER, &());
    let told: Vec<_> = problems.iter().map(Problem::fault).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].starts_with("resource `notes://all` (src/notes.rs:1) borrows"));
    assert!(told[1].contains("role `edtior`") && told[1].contains("resource `notes://all`"));
    assert!(told[2].contains("scope `notes:read`") && told[2].contains("prompt `review`"));
    assert!(
        registry
            .rules()
            .any(|rule| rule.scopes().contains("notes:read"))
    );
    let nothing = check_all(&Registry::default(), &SERVER, &());
    assert_eq!(
        nothing[0].fault(),
        "server `Notes` has no tools, resources or prompts"
    );
}

#[test]
fn no_text_is_an_argument_made_of_parts() {
    fn entry(made_of_parts: fn() -> Option<String>) -> PromptEntry {
        PromptEntry {
            name: "search",
            title: None,
            description: "",
            icons: &[],
            arguments: Box::leak(Box::new([Variable {
                name: "query",
                description: "",
                required: || true,
                made_of_parts,
                complete: None,
            }])),
            rule: Rule::Public,
            timeout: None,
            plain: true,
            module: "tests",
            location: "src/notes.rs:3",
            accepts_app: |_| true,
            get: |_| Box::pin(async { PromptOutcome::Done(Vec::new()) }),
        }
    }
    let found = |entry| {
        let entry: &'static PromptEntry = Box::leak(Box::new(entry));
        let registry = Registry::default().with_prompts(vec![entry]).unwrap();
        check_all(&registry, &SERVER, &())
    };
    assert!(found(entry(|| None)).is_empty());
    let problems = found(entry(|| Some("Query".to_owned())));
    assert_eq!(problems[0].code(), "FM0723");
    assert_eq!(
        problems[0].fault(),
        "argument `query` of prompt `search` is one text, not `Query` (prompt `search`, \
         src/notes.rs:3)"
    );
}

#[test]
fn entries_that_do_not_fit_together_have_a_cure() {
    let twins = Twins {
        claim: "n://a",
        locations: ["x.rs:1", "x.rs:2"],
    };
    let problem = unfit(&RegistryError::SameResource(twins));
    assert_eq!(problem.code(), "FM0902");
    assert_eq!(
        problem.fault(),
        "two resources have the URI `n://a`: x.rs:1 and x.rs:2"
    );
}
