//! Requests as clients with sessions send them, to a library with everything that is declared.

use fastmcp::testing::{Answer, Caller, Client, Connection, Error, Refused, Revision};
use serde_json::Value;

use crate::Library;

/// `ada` may read books, `lib` is a librarian, `eve` may nothing; nobody has no name.
fn connection(user: &str) -> Connection {
    let library = Client::of(Library {
        titles: vec!["Emma", "Middlemarch", "Persuasion"],
    });
    let reader = Caller::new(user).scope("books:read");
    let connection = match user {
        "" => library.anonymous(),
        "ada" => library.signed_in(reader),
        "lib" => library.signed_in(reader.role("librarian")),
        other => library.signed_in(Caller::new(other)),
    };
    connection.speaking(Revision::V2025_11_25)
}

async fn ask(user: &str, method: &str, params: Value) -> Result<Answer, Error> {
    connection(user).request(method, params).await
}

/// The status of a request, which is 200 for an error of its parameters too.
pub(crate) async fn status(user: &str, method: &str, params: Value) -> u16 {
    let asked = ask(user, method, params).await;
    let refused = asked.as_ref().err().and_then(Error::refused);
    refused.map_or(200, Refused::status)
}

/// The result of a request that succeeds.
pub(crate) async fn result(user: &str, method: &str, params: Value) -> Value {
    ask(user, method, params).await.unwrap().raw().clone()
}

/// The code and the text of a JSON-RPC error.
pub(crate) async fn error(user: &str, method: &str, params: Value) -> (i64, String) {
    let error = ask(user, method, params).await.unwrap_err();
    (error.code().unwrap_or_default(), error.text())
}

/// One member of each item of a list.
pub(crate) fn each<'a>(list: &'a Value, member: &str) -> Vec<&'a str> {
    let items = list.as_array().unwrap().iter();
    items.map(|item| item[member].as_str().unwrap()).collect()
}
