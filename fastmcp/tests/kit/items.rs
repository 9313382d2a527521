//! Resources, prompts, completions, and arguments in headers.

use fastmcp::testing::{Caller, Client, Connection, Error, Revision};
use serde_json::json;

use crate::notes;

fn everybody() -> impl Iterator<Item = Connection> {
    let server = Client::of(notes());
    let revisions = Revision::ALL.into_iter();
    revisions.map(move |revision| server.signed_in(Caller::new("bob")).speaking(revision))
}

#[tokio::test]
async fn resources_are_read_and_listed() -> Result<(), Error> {
    for bob in everybody() {
        assert_eq!(bob.read("docs://style").await?.text(), "Short words.");
        assert_eq!(bob.read("notes://bob/1").await?.text(), "bob's note");
        let none = bob.read("notes://bob/2").await.unwrap_err();
        assert!(none.code().is_some(), "{none}");
        assert_eq!(bob.list_resources().await?.names(), ["docs://style"]);
        let templates = bob.list_templates().await?;
        assert_eq!(templates.names(), ["notes://{owner}/{id}"]);
        let refused = bob.read("docs://picture").await.unwrap_err();
        assert_eq!(refused.missing_roles(), ["admin"], "{refused}");
    }
    let ada = Client::of(notes()).signed_in(Caller::new("ada").role("admin"));
    let picture = ada.read("docs://picture").await?;
    assert_eq!(picture.bytes(), Some(vec![1, 2, 3]));
    Ok(())
}

#[tokio::test]
async fn prompts_are_got_and_completed() -> Result<(), Error> {
    for bob in everybody() {
        let arguments = json!({ "diff": "+1", "language": "rust" });
        let prompt = bob.prompt("review", arguments).await?;
        assert_eq!(prompt.text(), "Review this rust: +1");
        assert_eq!(bob.list_prompts().await?.names(), ["review"]);
        let values = bob.complete_prompt("review", "language", "r").await?;
        assert_eq!(values, ["rust"]);
        let template = "notes://{owner}/{id}";
        let values = bob.complete_template(template, "owner", "a").await?;
        assert_eq!(values, ["ada"]);
        let unfit = bob.prompt("review", json!({})).await.unwrap_err();
        assert_eq!(unfit.code(), Some(-32602), "{unfit}");
    }
    Ok(())
}

#[tokio::test]
async fn an_argument_is_repeated_where_the_list_asks_for_it() -> Result<(), Error> {
    for bob in everybody() {
        for region in ["eu", "größe", " eu "] {
            let answer = bob.call("region", json!({ "region": region })).await?;
            assert_eq!(answer.text(), region);
        }
    }
    Ok(())
}

#[tokio::test]
async fn any_request_can_be_made() -> Result<(), Error> {
    let bob = Client::of(notes()).signed_in(Caller::new("bob"));
    let discovered = bob.request("server/discover", json!({})).await?;
    assert_eq!(discovered.raw()["supportedVersions"][0], "2026-07-28");
    let unknown = bob.request("tools/eat", json!({})).await.unwrap_err();
    assert_eq!(unknown.code(), Some(-32601), "{unknown}");
    Ok(())
}
