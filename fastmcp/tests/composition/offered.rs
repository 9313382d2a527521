//! What is offered under which name, and that it works there.

use fastmcp::items;
use serde_json::json;
use tracker::Tracker;

use super::Desk;
use super::asked::Asked;

fn tracker() -> fastmcp::item::Items {
    let open = ["list_issues", "issues://{number}", "docs://style", "triage"];
    tracker::ITEMS.only(open).with(Tracker("t.test".to_owned()))
}

#[tokio::test]
async fn what_is_mounted_goes_by_its_prefix_and_is_gone_from_its_own_name() {
    let server = Desk
        .into_server()
        .mount("my_tracker", tracker())
        .except(items!(crate::twin, tracker));
    let asked = Asked::of(server).await;
    let tools = ["my_tracker_list_issues", "notes", "old.notes", "stop"];
    assert_eq!(asked.tools().await, tools);
    assert_eq!(
        asked.listed("resources", "uri").await,
        ["my-tracker+docs://style"]
    );
    assert_eq!(
        asked.listed("resources/templates", "uriTemplate").await,
        ["my-tracker+issues://{number}"]
    );
    assert_eq!(asked.listed("prompts", "name").await, ["my_tracker_triage"]);
    // Each item borrows what it was given: the library's the tracker, ours the server.
    let issues = asked.call("my_tracker_list_issues", json!({})).await;
    assert!(issues.contains("t.test/1"), "{issues}");
    assert_eq!(asked.call("notes", json!({})).await, "two notes");
    let unknown = asked.call("list_issues", json!({})).await;
    assert_eq!(unknown, "\"unknown tool: list_issues\"");
    let issue = asked.read("my-tracker+issues://7").await;
    assert_eq!(
        (&issue["text"], &issue["uri"]),
        (&json!("t.test/7"), &json!("my-tracker+issues://7"))
    );
    assert_eq!(
        asked.read("my-tracker+docs://style").await["text"],
        "One issue, one fault."
    );
    let prompt = json!({ "name": "my_tracker_triage", "arguments": { "issue": "it burns" } });
    let answer = asked.ask("prompts/get", prompt).await;
    let text = &answer["result"]["messages"][0]["content"]["text"];
    assert_eq!(text, "How grave is this? it burns");
}

#[tokio::test]
async fn suggestions_come_by_the_mounted_name_from_the_mounted_state() {
    let server = Desk.into_server().only(items!(crate::notes));
    let asked = Asked::of(server.mount("t", tracker())).await;
    let complete = json!({
        "ref": { "type": "ref/resource", "uri": "t+issues://{number}" },
        "argument": { "name": "number", "value": "1" },
    });
    let answer = asked.ask("completion/complete", complete).await;
    assert_eq!(answer["result"]["completion"]["values"], json!(["17"]));
}

#[tokio::test]
async fn servers_of_one_process_offer_what_each_says() {
    let notes = Asked::of(Desk.into_server().only(items!(crate::notes))).await;
    let admin = Desk
        .into_server()
        .only(items!(crate::admin))
        .only(items!(super::twin));
    let admin = Asked::of(admin).await;
    assert_eq!(notes.tools().await, ["notes", "old.notes"]);
    assert_eq!(admin.tools().await, ["notes", "stop"]);
    assert_eq!(notes.call("notes", json!({})).await, "two notes");
    assert_eq!(admin.call("notes", json!({})).await, "three notes");
    let part = items!(crate::notes).except(["old.notes"]);
    assert_eq!(
        Asked::of(Desk.into_server().only(part)).await.tools().await,
        ["notes"]
    );
    let both = Desk
        .into_server()
        .only(items!(crate::notes))
        .except(items!(crate::notes::old));
    assert_eq!(Asked::of(both).await.tools().await, ["notes"]);
}

#[tokio::test]
async fn one_item_can_be_mounted_twice_and_one_mount_said_twice() {
    let server = Desk.into_server().only(items!(crate::admin));
    let server = server
        .mount("a", items!(crate::notes::old))
        .mount("a", items!(crate::notes))
        .mount("b", items!(crate::notes::old));
    let asked = Asked::of(server).await;
    let tools = ["a_notes", "a_old.notes", "b_old.notes", "stop"];
    assert_eq!(asked.tools().await, tools);
}

#[tokio::test]
async fn items_are_switched_by_the_name_that_clients_see() {
    let server = Desk
        .into_server()
        .only(items!(crate::admin))
        .mount("n", items!(crate::notes));
    let control = server.control();
    let asked = Asked::of(server).await;
    assert!(control.disable_tool("notes").is_err());
    control.disable_tool("n_notes").unwrap();
    assert_eq!(asked.tools().await, ["n_old.notes", "stop"]);
    let gone = asked.call("n_notes", json!({})).await;
    assert_eq!(gone, "\"unknown tool: n_notes\"");
    control.enable_tool("n_notes").unwrap();
    assert_eq!(asked.call("n_notes", json!({})).await, "two notes");
}

#[tokio::test]
async fn a_mounted_function_speaks_of_its_neighbours_as_it_knows_them() {
    let items = tracker::ITEMS.except(["close_issue"]);
    let items = items.with(Tracker("t.test".to_owned()));
    let server = Desk.into_server().only(items!(crate::notes));
    let asked = Asked::of(server.mount("t", items)).await;
    let params = json!({ "name": "t_links", "arguments": {} });
    let answer = asked.ask("tools/call", params).await;
    let content = answer["result"]["content"].as_array().unwrap();
    let uris: Vec<_> = content.iter().map(|block| block["uri"].clone()).collect();
    let seen = ["t+issues://3", "t+docs://style", "https://t.test/3"];
    assert_eq!(uris, seen);
    let before = asked.listed("resources", "uri").await;
    assert_eq!(before, ["t+docs://style"]);
    assert_eq!(asked.call("t_hide_style", json!({})).await, "false");
    assert!(asked.listed("resources", "uri").await.is_empty());
}
