//! Buttons of templates.

use crate::outbound::validate::Check;
use crate::webhook::event::templates::TemplateCategoryName as Category;

use super::super::parts::{ButtonDef, ButtonKind};
use super::super::variables::{Piece, pieces};
use super::{Scope, check_other, texts};

pub(super) fn check(buttons: &[ButtonDef], scope: Scope<'_>, check: &mut Check) {
    check.count("buttons", buttons.len(), 1..=if scope.in_card { 2 } else { 10 });
    for (kind, most) in [(ButtonKind::Url, 2), (ButtonKind::PhoneNumber, 1), (ButtonKind::CopyCode, 1)] {
        let found = buttons.iter().filter(|button| button.kind == kind).count();
        if found > most {
            check.fail("buttons", format!("has {found} of type {kind}, {most} are possible"));
        }
    }
    // Meta shows quick replies and everything else as two groups.
    let mut groups: Vec<bool> = buttons.iter().map(|button| button.kind == ButtonKind::QuickReply).collect();
    groups.dedup();
    if groups.len() > 2 {
        check.fail("buttons", "must have quick replies next to each other");
    }
    check.each("buttons", buttons, |check, button| check_button(button, scope, check));
}

fn check_button(button: &ButtonDef, scope: Scope<'_>, check: &mut Check) {
    check_other(&button.other, ButtonDef::MEMBERS, check);
    match &button.kind {
        ButtonKind::Url => check_url(button, check),
        ButtonKind::PhoneNumber => {
            check.text("phone_number", button.phone_number.as_deref().unwrap_or_default(), 20);
        }
        ButtonKind::CopyCode => {
            let example = button.example.as_ref().and_then(|example| example.first());
            check.text("example", example.unwrap_or_default(), 15);
        }
        ButtonKind::Flow => check_flow(button, check),
        ButtonKind::Otp => check.fail("type", "is possible in AUTHENTICATION templates only"),
        ButtonKind::RequestContactInfo => {
            let is_possible = matches!(scope.category, Category::Utility | Category::Marketing);
            check.only(is_possible, "type", scope.category.as_str());
        }
        ButtonKind::Other(_) => check.fail("type", "is not a type of button that this build knows"),
        _ => {}
    }
    for (is_there, is_possible, field) in [
        (button.url.is_some(), matches!(button.kind, ButtonKind::Url | ButtonKind::App), "url"),
        (button.phone_number.is_some(), button.kind == ButtonKind::PhoneNumber, "phone_number"),
        (button.otp_type.is_some(), button.kind == ButtonKind::Otp, "otp_type"),
    ] {
        check.only(!is_there || is_possible, field, button.kind.as_str());
    }
    // WhatsApp has its own words on these.
    let has_label = !matches!(
        button.kind,
        ButtonKind::CopyCode | ButtonKind::CallPermissionRequest | ButtonKind::RequestContactInfo
    );
    if has_label || button.text.is_some() {
        texts::check_plain("text", button.text.as_deref(), 25, check);
    }
}

fn check_url(button: &ButtonDef, check: &mut Check) {
    let url = button.url.as_deref().unwrap_or_default();
    check.text("url", url, 2000);
    let pieces = pieces(url);
    let found = pieces.iter().filter(|piece| matches!(piece, Piece::Variable(_))).count();
    let has_example = button.example.as_ref().and_then(|example| example.first()).is_some();
    match (found, pieces.last()) {
        (0, _) => check.only(!has_example, "example", "a link without a variable"),
        (1, Some(Piece::Variable(_))) => {
            if !has_example {
                check.fail("example", "must have a sample for the variable");
            }
        }
        _ => check.fail("url", "can hold one variable, at its end"),
    }
    if let Some(Piece::Text(fixed)) = pieces.first() {
        check.link("url", fixed);
    } else if found > 0 {
        check.fail("url", "must begin with https:// or http://");
    }
}

fn check_flow(button: &ButtonDef, check: &mut Check) {
    match (&button.flow_id, &button.flow_name) {
        (None, None) => check.fail("flow_id", "give a flow_id or a flow_name"),
        (Some(_), Some(_)) => check.fail("flow_name", "give either flow_id or flow_name, not both"),
        _ => {}
    }
    if let Some(action) = &button.flow_action
        && !["navigate", "data_exchange"].iter().any(|known| action.eq_ignore_ascii_case(known))
    {
        check.fail("flow_action", "must be navigate or data_exchange");
    }
}
