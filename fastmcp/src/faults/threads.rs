//! What must stay on one thread, in words. A server answers many calls at once, each on whichever
//! thread is free.

use super::report;
use super::text::{Text, after_path, begins};

/// A field of a server, and the types in it, innermost first and the whole last: name, `Send`,
/// `Sync`.
#[track_caller]
pub const fn field_fits(server: &str, field: &str, types: &[(&str, bool, bool)]) {
    let (_, send, sync) = types[types.len() - 1];
    if send && sync {
        return;
    }
    let name = culprit(types, send);
    let text = Text::new("server `").push(server);
    let text = text.push("` is used by many threads, but `").push(name);
    let text = text.push("` in its field `").push(field);
    let text = text.push("` must stay on one [FM0607]\nhelp: ");
    report(Some(&cure(&text, name, send)));
}

/// The state of a server as a whole, where no field tells more.
#[track_caller]
pub const fn state_fits(server: &str, fits: bool) {
    if !fits {
        let text = Text::new("server `").push(server);
        report(Some(&text.push(
            "` is used by many threads, but must stay on one [FM0607]\nhelp: make every field \
             `Send` and `Sync`: `Arc` for `Rc`, `Mutex` for `RefCell`",
        )));
    }
}

/// The innermost type that is to blame.
const fn culprit<'a>(types: &[(&'a str, bool, bool)], is_send: bool) -> &'a str {
    let mut index = 0;
    while index < types.len() {
        let (name, send, sync) = types[index];
        if (!is_send && !send) || (is_send && !sync) {
            return name;
        }
        index += 1;
    }
    types[types.len() - 1].0
}

const fn cure(text: &Text, name: &str, is_send: bool) -> Text {
    let text = *text;
    let word = after_path(name);
    if begins(word, "Rc<") {
        return text.push("write `Arc` in place of `Rc`");
    }
    if begins(name, "dyn ") {
        let text = text.push("write `").push(name);
        return text.push(" + Send + Sync`");
    }
    if begins(word, "RefCell<") || begins(word, "Cell<") {
        let cell = if begins(word, "Cell<") {
            "Cell"
        } else {
            "RefCell"
        };
        return text
            .push("write `Mutex` in place of `")
            .push(cell)
            .push("`");
    }
    if is_send {
        let text = text.push("put it behind a lock: `Mutex<");
        return text.push(name).push(">`");
    }
    text.push("keep it on a thread of its own, and put the `Sender` of a channel to it here")
}

/// An argument of an `async` item.
pub(super) const fn argument_fault(item: &str, name: &str) -> Text {
    let text = Text::new(item)
        .push(" may go on in another thread after `.await`, but `")
        .push(name);
    let text = text.push("` must stay on one [FM0720]\nhelp: ");
    cure(&text, name, false)
}

/// The future of an `async` item, and how the function is called.
#[track_caller]
pub const fn future_fits(item: &str, called: &str, fits: bool) {
    if fits {
        return;
    }
    let text = Text::new(item).push(
        " may go on in another thread after `.await`, but it keeps something that must stay on \
         one [FM0719]\nhelp: let go of it in a block before the `.await` (often an `Rc`, a \
         `RefCell` or a `MutexGuard` of `std`); to see which, add `fn which() -> impl Send { ",
    );
    report(Some(&text.push(called).push(" }`")));
}
