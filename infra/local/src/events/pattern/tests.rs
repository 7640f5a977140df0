//! The documentation's examples, and what lies at their edges.

use serde_json::{Value, json};

use super::Pattern;

#[track_caller]
fn check(pattern: Value, matching: &[Value], others: &[Value]) {
    let read = Pattern::parse(&pattern.to_string()).unwrap_or_else(|error| panic!("{pattern}: {error}"));
    matching.iter().for_each(|event| assert!(read.matches(event), "{pattern} must take {event}"));
    others.iter().for_each(|event| assert!(!read.matches(event), "{pattern} must not take {event}"));
}

/// A pattern of the field `x`, with values that it takes and values that it does not.
#[track_caller]
fn check_x(matcher: Value, matching: &[Value], others: &[Value]) {
    let wrap = |values: &[Value]| values.iter().map(|it| json!({"x": it})).collect::<Vec<_>>();
    check(json!({"x": matcher}), &wrap(matching), &wrap(others));
}

#[test]
fn several_fields_must_all_match_and_of_several_values_one() {
    let pattern =
        json!({"source": ["crm"], "detail": {"amount": [{"numeric": [">", 5]}], "state": ["new", "open"]}});
    let event =
        |amount: Value, state: &str| json!({"source": "crm", "detail": {"amount": amount, "state": state}});
    check(
        pattern,
        &[event(json!(9), "open"), event(json!(5.5), "new")],
        &[
            event(json!(1), "open"),
            event(json!(9), "done"),
            event(json!("9"), "open"),
            json!({"source": "crm"}),
        ],
    );
}

#[test]
fn exact_values_keep_their_types_and_numbers_their_worth() {
    check_x(
        json!(["a"]),
        &[json!("a"), json!(["b", "a"])],
        &[json!("A"), json!(["b"]), json!({"a": "a"}), json!([])],
    );
    check_x(json!([300]), &[json!(300), json!(300.0), json!(3e2)], &[json!("300"), json!(301)]);
    check_x(json!([null]), &[Value::Null], &[json!(""), json!("null"), json!(false)]);
    check_x(json!([""]), &[json!("")], &[Value::Null, json!(" ")]);
    check_x(json!([true]), &[json!(true)], &[json!("true"), json!(1)]);
}

#[test]
fn texts_are_matched_by_their_ends_their_case_and_wildcards() {
    check_x(json!([{"prefix": "us-"}]), &[json!("us-east-1")], &[json!("US-east-1"), json!("eu"), json!(5)]);
    check_x(
        json!([{"prefix": {"equals-ignore-case": "EventB"}}]),
        &[json!("EVENTBRIDGE")],
        &[json!("event")],
    );
    check_x(json!([{"suffix": ".png"}]), &[json!("a.png")], &[json!("a.PNG"), json!("a.png ")]);
    check_x(
        json!([{"suffix": {"equals-ignore-case": "tBridge"}}]),
        &[json!("EVENTBRIDGE")],
        &[json!("bridge2")],
    );
    check_x(json!([{"equals-ignore-case": "ALICE"}]), &[json!("alice")], &[json!("alices")]);
    check_x(
        json!([{"wildcard": "dir/*.png"}]),
        &[json!("dir/.png"), json!("dir/a/b.png")],
        &[json!("dir/a.jpg"), json!("xdir/a.png")],
    );
    check_x(
        json!([{"wildcard": "*ab*ab"}]),
        &[json!("abab"), json!("xabyabab")],
        &[json!("ab"), json!("ababx")],
    );
    check_x(json!([{"wildcard": "a\\*b\\\\"}]), &[json!("a*b\\")], &[json!("axb\\"), json!("a*b")]);
}

#[test]
fn anything_but_needs_a_value_that_is_none_of_those() {
    let absent = json!({"y": 1});
    check(
        json!({"x": [{"anything-but": "a"}]}),
        &[json!({"x": "b"}), json!({"x": ["a", "b"]}), json!({"x": 5})],
        &[json!({"x": "a"}), absent],
    );
    check_x(json!([{"anything-but": ["a", "b"]}]), &[json!("c")], &[json!("a"), json!("b")]);
    check_x(json!([{"anything-but": [100, 200]}]), &[json!(300), json!("100")], &[json!(100), json!(200.0)]);
    check_x(json!([{"anything-but": {"prefix": "init"}}]), &[json!("ready")], &[json!("initializing")]);
    check_x(json!([{"anything-but": {"prefix": ["a", "b"]}}]), &[json!("c1")], &[json!("a1"), json!("b1")]);
    check_x(json!([{"anything-but": {"suffix": ".png"}}]), &[json!("a.jpg")], &[json!("a.png")]);
    check_x(
        json!([{"anything-but": {"equals-ignore-case": ["A", "b"]}}]),
        &[json!("c")],
        &[json!("a"), json!("B")],
    );
    check_x(json!([{"anything-but": {"wildcard": "*/lib/*"}}]), &[json!("/usr/bin")], &[json!("/usr/lib/x")]);
}

#[test]
fn numbers_are_matched_by_bounds() {
    check_x(json!([{"numeric": ["=", 3.018e2]}]), &[json!(301.8)], &[json!(301), json!("301.8")]);
    check_x(json!([{"numeric": [">", 0, "<=", 5]}]), &[json!(5), json!(0.1)], &[json!(0), json!(5.1)]);
    check_x(json!([{"numeric": ["<", -1]}]), &[json!(-2)], &[json!(-1)]);
}

#[test]
fn addresses_are_matched_by_networks_of_their_family() {
    check_x(
        json!([{"cidr": "10.0.0.0/24"}]),
        &[json!("10.0.0.255")],
        &[json!("10.0.1.0"), json!("::1"), json!("x")],
    );
    check_x(json!([{"cidr": "0.0.0.0/0"}]), &[json!("8.8.8.8")], &[json!("::1")]);
    check_x(json!([{"cidr": "2001:db8::/32"}]), &[json!("2001:db8::1")], &[json!("2001:db9::1")]);
}

#[test]
fn exists_asks_for_a_value_and_not_for_an_object() {
    let (below, empty) = (json!({"x": {"y": 1}}), json!({"x": []}));
    check(
        json!({"x": [{"exists": true}]}),
        &[json!({"x": null}), json!({"x": [1]})],
        &[json!({}), below.clone(), empty.clone()],
    );
    check(json!({"x": [{"exists": false}]}), &[json!({"y": 1}), below, empty], &[json!({"x": null})]);
    check(
        json!({"a": {"x": [{"exists": false}]}}),
        &[json!({}), json!({"a": {}}), json!({"a": 5})],
        &[json!({"a": {"x": 1}})],
    );
    check(json!({"x": ["a", {"exists": false}]}), &[json!({}), json!({"x": "a"})], &[json!({"x": "b"})]);
}

#[test]
fn of_alternatives_one_must_match_beside_everything_else() {
    let pattern = json!({"source": ["crm"], "$or": [{"detail": {"a": [1]}}, {"detail": {"b": [{"numeric": [">", 5]}]}}]});
    let event = |detail: Value| json!({"source": "crm", "detail": detail});
    check(
        pattern,
        &[event(json!({"a": 1})), event(json!({"b": 9}))],
        &[event(json!({"a": 2, "b": 5})), json!({"source": "x", "detail": {"a": 1}})],
    );
}

#[test]
fn what_is_asked_of_the_fields_of_one_object_holds_of_one_element() {
    let pattern = json!({"items": {"kind": ["kettle"], "count": [2]}});
    let items = |items: Value| json!({"items": items});
    check(
        pattern,
        &[
            items(json!([{"kind": "cup", "count": 9}, {"kind": "kettle", "count": 2}])),
            items(json!({"kind": "kettle", "count": 2})),
        ],
        &[items(json!([{"kind": "kettle", "count": 9}, {"kind": "cup", "count": 2}])), items(json!([]))],
    );
}

#[test]
fn what_is_no_pattern_is_refused() {
    let wrong = [
        json!([]),
        json!("a"),
        json!({}),
        json!({"x": "a"}),
        json!({"x": []}),
        json!({"x": {}}),
        json!({"x": [["a"]]}),
        json!({"x": [{"prefix": 5}]}),
        json!({"x": [{"prefix": "a", "suffix": "b"}]}),
        json!({"x": [{"likes": "a"}]}),
        json!({"x": [{"exists": "yes"}]}),
        json!({"x": [{"numeric": ["<", 5, ">", 9]}]}),
        json!({"x": [{"numeric": [">", 9, "<", 5]}]}),
        json!({"x": [{"numeric": [">"]}]}),
        json!({"x": [{"numeric": [">", 6e9]}]}),
        json!({"x": [{"numeric": ["!", 5]}]}),
        json!({"x": [{"anything-but": []}]}),
        json!({"x": [{"anything-but": ["a", 5]}]}),
        json!({"x": [{"anything-but": null}]}),
        json!({"x": [{"cidr": "10.0.0.0"}]}),
        json!({"x": [{"cidr": "10.0.0.0/33"}]}),
        json!({"x": [{"wildcard": "a**b"}]}),
        json!({"x": [{"wildcard": "a\\b"}]}),
        json!({"$or": [{"x": ["a"]}]}),
        json!({"$or": ["a", "b"]}),
    ];
    for pattern in wrong {
        assert!(Pattern::parse(&pattern.to_string()).is_err(), "{pattern}");
    }
    assert!(Pattern::parse("{").is_err());
}
