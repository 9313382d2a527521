//! What a server cannot offer is told at start, all of it at once.

use fastmcp::items;
use fastmcp::server::Server;

use super::Desk;

async fn problems(server: Server) -> Vec<(String, String, String)> {
    let error = server.router().await.unwrap_err();
    let problems = error.problems().iter();
    let told = problems.map(|it| (it.code(), it.fault(), it.help()));
    told.map(|(code, fault, help)| (code.to_owned(), fault.to_owned(), help.to_owned()))
        .collect()
}

#[tokio::test]
async fn two_of_one_name_are_told_with_both_places() {
    let server = Desk.into_server().only(items!(crate::notes, crate::twin));
    let [(code, fault, _)] = &problems(server).await[..] else {
        unreachable!("one problem")
    };
    assert_eq!(code, "FM0902");
    assert!(
        fault.starts_with("two tools are named `notes`: "),
        "{fault}"
    );
    assert_eq!(fault.matches("composition/main.rs:").count(), 2, "{fault}");
    // A prefix may make a clash as it may take one away.
    let server = Desk.into_server().only(items!(crate::admin));
    let server = server
        .mount("n", items!(crate::notes))
        .mount("n", items!(crate::twin));
    let found = problems(server).await;
    assert!(found[0].1.contains("named `n_notes`"), "{found:?}");
}

#[tokio::test]
async fn everything_that_cannot_be_is_told_at_once_and_with_its_cure() {
    let server = Desk
        .into_server()
        .only(items!(crate::notes).only(["note"]))
        .except(items!(super::asked))
        .mount("My-Tracker", items!(crate::admin))
        .mount("x".repeat(64), items!(crate::twin));
    let found = problems(server).await;
    let codes: Vec<_> = found.iter().map(|(code, ..)| code.as_str()).collect();
    assert_eq!(codes, ["FM0906", "FM0905", "FM0907"]);
    let (_, fault, help) = &found[0];
    assert_eq!(fault, "none of these items is called `note`");
    assert!(help.contains("did you mean `notes`?"), "{help}");
    let (_, fault, help) = &found[1];
    assert_eq!(fault, "no item is in `super::asked`");
    assert!(help.contains("`composition::notes::old`"), "{help}");
    assert_eq!(found[2].1, "`My-Tracker` is no prefix of names");
}

#[tokio::test]
async fn a_state_that_nobody_lends_is_told() {
    let server = Desk.into_server().only(items!(crate::notes));
    let server = server.mount("t", tracker::ITEMS.only(["list_issues"]));
    let [(code, fault, help)] = &problems(server).await[..] else {
        unreachable!("one problem")
    };
    assert_eq!(code, "FM0903");
    assert!(fault.starts_with("tool `t_list_issues` ("), "{fault}");
    assert!(help.contains(".with(…)"), "{help}");
}

#[tokio::test]
async fn a_rule_that_the_server_does_not_know_is_told_by_the_mounted_name() {
    let state = tracker::Tracker("t.test".to_owned());
    let server = Desk.into_server().only(items!(crate::notes));
    let found = problems(server.mount("t", tracker::ITEMS.with(state))).await;
    assert_eq!(found[0].0, "FM0601");
    assert!(found[0].1.starts_with("tool `t_close_issue`"), "{found:?}");
}

#[tokio::test]
async fn a_control_is_asked_for_after_the_items() {
    let server = Desk.into_server();
    let control = server.control();
    let found = problems(server.only(items!(crate::notes))).await;
    assert_eq!(found[0].0, "FM0909");
    drop(control);
}
