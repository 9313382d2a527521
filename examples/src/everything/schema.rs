//! A tool whose author says what may be sent, where types could not.

use fastmcp::prelude::*;

/// Where somebody lives.
#[derive(Deserialize)]
struct Address {
    street: Option<String>,
    city: Option<String>,
}

/// Reach somebody by phone or by mail, whichever they prefer.
#[tool(input_schema = include_str!("json_schema_2020_12.json"))]
fn json_schema_2020_12_tool(
    name: Option<String>,
    address: Option<Address>,
    #[arg(name = "contactMethod")] method: Option<String>,
    phone: Option<String>,
    email: Option<String>,
) -> String {
    let Address { street, city } = address.unwrap_or(Address {
        street: None,
        city: None,
    });
    let told = [name, street, city, method, phone, email];
    told.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
