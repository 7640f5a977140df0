//! How large DynamoDB counts an item. See [DynamoDB/Item sizes and formats], read 2026-11.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

/// An item's bytes: every name in UTF-8 with its value.
pub(crate) fn of_item(item: &HashMap<String, AttributeValue>) -> usize {
    item.iter().map(|(name, value)| name.len() + of_value(value)).sum()
}

/// Units of writing so many bytes once.
pub(crate) fn write_units(bytes: usize) -> f64 {
    bytes.div_ceil(1024).max(1) as f64
}

fn of_value(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(number) => of_number(number),
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        AttributeValue::Ss(texts) => texts.iter().map(String::len).sum(),
        AttributeValue::Ns(numbers) => numbers.iter().map(|number| of_number(number)).sum(),
        AttributeValue::Bs(all) => all.iter().map(|bytes| bytes.as_ref().len()).sum(),
        // Three bytes for the collection and one for each member.
        AttributeValue::L(list) => 3 + list.iter().map(|value| 1 + of_value(value)).sum::<usize>(),
        AttributeValue::M(map) => 3 + of_item(map) + map.len(),
        _ => 1,
    }
}

/// Two digits in a byte, and one byte more; zeros at either end do not count.
fn of_number(number: &str) -> usize {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let sign = usize::from(number.starts_with('-'));
    digits.trim_matches('0').len().div_ceil(2) + 1 + sign
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_items_size_is_that_of_its_names_and_values() {
        let item = HashMap::from([
            ("pk".to_owned(), AttributeValue::S("ä".to_owned())),
            ("n".to_owned(), AttributeValue::N("1795424400000".to_owned())),
            ("l".to_owned(), AttributeValue::Ss(vec!["ab".to_owned(), "c".to_owned()])),
        ]);
        assert_eq!(of_item(&item), (2 + 2) + (1 + 5) + (1 + 3));
        assert_eq!((write_units(0), write_units(1024), write_units(1025)), (1.0, 1.0, 2.0));
        assert_eq!((of_number("0"), of_number("-42"), of_number("100")), (1, 3, 2));
    }
}
