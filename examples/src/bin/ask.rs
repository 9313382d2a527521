//! A tool that asks before it acts: the person twice, and the client's model once.

use fastmcp::item::Sampling;
use fastmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
struct Table {
    /// How many people come.
    guests: u8,
    /// In the garden?
    outside: Option<bool>,
}

#[derive(Deserialize, JsonSchema)]
struct Sure {
    right: bool,
}

/// Book a table.
#[tool(requires_auth)]
async fn book(cx: &Context, day: String) -> Result<String> {
    let asked = cx.elicit::<Table>(format!("A table on {day}?")).await?;
    let Some(Table { guests, outside }) = asked.accepted() else {
        return Ok("Another time, then.".to_owned());
    };
    let card = Sampling::new(format!("One line of welcome for {guests} guests."));
    let card = cx.sample(card.max_tokens(60)).await?.text();
    let what = format!("{day}, {guests} guests, outside: {outside:?}, card: {card}");
    // What is done for good comes after the last question: a call may begin anew with each answer.
    let sure: Sure = cx.elicit(format!("{what}?")).await?.required()?;
    Ok(format!("{what}, booked: {}", sure.right))
}

#[server(auth = custom)]
struct Restaurant;

#[tokio::main]
async fn main() -> fastmcp::Result<()> {
    Restaurant.serve().await
}
