//! What listeners hear, and how little waits for them.

use futures_util::FutureExt as _;

use super::*;

fn heard(listener: &Listener) -> Option<News> {
    let taken = listener.next().now_or_never()?;
    let news = taken.news().clone();
    taken.told();
    Some(news)
}

fn items(names: &[&'static str]) -> About {
    About::Items(names.iter().copied().collect())
}

#[test]
fn a_listener_hears_what_it_asked_for() {
    let hub = Arc::<Hub>::default();
    let tools = hub.listen(vec![List::Tools]);
    let prompts = hub.listen(vec![List::Prompts]);
    assert!(prompts.watch("a://1", 8));
    hub.announce(&News::List(List::Tools, About::Everything));
    hub.announce(&News::Updated("a://1".into()));
    hub.announce(&News::Updated("a://2".into()));
    let expected = News::List(List::Tools, About::Everything);
    assert_eq!(heard(&tools), Some(expected));
    assert_eq!(heard(&tools), None);
    assert_eq!(heard(&prompts), Some(News::Updated("a://1".into())));
    assert_eq!(heard(&prompts), None);
}

#[test]
fn what_waits_is_the_same_news_once() {
    let hub = Arc::<Hub>::default();
    let listener = hub.listen(vec![List::Tools]);
    assert!(listener.watch("a://1", 8) && listener.watch("a://2", 8));
    for _ in 0..1_000 {
        hub.announce(&News::Updated("a://2".into()));
        hub.announce(&News::List(List::Tools, items(&["x"])));
        hub.announce(&News::Updated("a://1".into()));
        hub.announce(&News::List(List::Tools, items(&["y"])));
    }
    let mut news = Vec::new();
    while let Some(one) = heard(&listener) {
        news.push(one);
    }
    let expected = [
        News::Updated("a://2".into()),
        News::List(List::Tools, items(&["x", "y"])),
        News::Updated("a://1".into()),
    ];
    assert_eq!(news, expected);
}

#[test]
fn news_that_was_not_told_goes_back() {
    let hub = Arc::<Hub>::default();
    let listener = hub.listen(vec![List::Resources]);
    hub.announce(&News::List(List::Resources, items(&["x"])));
    drop(listener.next().now_or_never());
    hub.announce(&News::List(List::Resources, About::Everything));
    let expected = News::List(List::Resources, About::Everything);
    assert_eq!(heard(&listener), Some(expected));
    assert_eq!(heard(&listener), None);
}

#[test]
fn the_number_of_watched_resources_is_bounded_and_they_can_be_let_go() {
    let hub = Arc::<Hub>::default();
    let listener = hub.listen(vec![]);
    assert!(listener.watch("a://1", 2) && listener.watch("a://2", 2));
    assert!(!listener.watch("a://3", 2) && listener.watch("a://1", 2));
    hub.announce(&News::Updated("a://1".into()));
    listener.unwatch("a://1");
    hub.announce(&News::Updated("a://1".into()));
    assert_eq!(heard(&listener), None);
    assert!(listener.watch("a://3", 2));
}

#[test]
fn a_listener_that_is_gone_leaves_nothing() {
    let hub = Arc::<Hub>::default();
    let listener = hub.listen(vec![List::Tools]);
    let other = hub.listen(vec![]);
    assert!(listener.watch("a://1", 8) && other.watch("a://1", 8));
    drop(listener);
    drop(other);
    let table = hub.table();
    assert!(table.listeners.is_empty() && table.by_uri.is_empty());
}

#[tokio::test]
async fn who_waits_is_woken() {
    let hub = Arc::<Hub>::default();
    let listener = hub.listen(vec![List::Tools]);
    let waiting = tokio::spawn(async move { listener.next().await.news().clone() });
    tokio::task::yield_now().await;
    hub.announce(&News::List(List::Tools, About::Everything));
    let expected = News::List(List::Tools, About::Everything);
    assert_eq!(waiting.await.unwrap(), expected);
}
