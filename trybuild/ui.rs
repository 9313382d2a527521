//! What a mistake looks like, to the letter, and that its correct form builds.

mod correct;
mod editor;
mod page;

#[rustversion::attr(not(stable(1.95)), ignore = "compiler texts are kept for 1.95")]
#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("fail/*/*.rs");
}
