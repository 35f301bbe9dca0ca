//! Names in the order that people expect: `2-setup` before `10-backup`.

use std::cmp::Ordering;

/// Compares texts, numbers in them by their values.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (mut x, mut y) = (a, b);
    loop {
        let [one, other] = [x, y].map(|text| text.bytes().take_while(u8::is_ascii_digit).count());
        if one > 0 && other > 0 {
            let ((number, rest), (with, rest_with)) = (x.split_at(one), y.split_at(other));
            let [number, with] = [number, with].map(|digits| digits.trim_start_matches('0'));
            let order = number.len().cmp(&with.len()).then_with(|| number.cmp(with));
            if order.is_ne() {
                return order;
            }
            (x, y) = (rest, rest_with);
            continue;
        }
        let (mut left, mut right) = (x.chars(), y.chars());
        match (left.next(), right.next()) {
            (Some(one), Some(other)) if one == other => (x, y) = (left.as_str(), right.as_str()),
            // As numbers they are the same, as texts they may not be.
            (None, None) => return a.cmp(b),
            (one, other) => return one.cmp(&other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_count_as_such() {
        let mut names = [
            "10-b",
            "2-a",
            "a10c",
            "a9",
            "a",
            "02-a",
            "b",
            "99999999999999999999999",
            "a10b",
        ];
        names.sort_by(|a, b| compare(a, b));
        assert_eq!(
            names,
            [
                "02-a",
                "2-a",
                "10-b",
                "99999999999999999999999",
                "a",
                "a9",
                "a10b",
                "a10c",
                "b"
            ]
        );
    }

    proptest! {
        #[test]
        fn it_is_an_order(names in prop::collection::vec("[0-2ab/é]{0,6}", 3)) {
            let [a, b, c] = [&names[0], &names[1], &names[2]];
            prop_assert_eq!(compare(a, b), compare(b, a).reverse());
            prop_assert_eq!(compare(a, b).is_eq(), a == b);
            if compare(a, b).is_le() && compare(b, c).is_le() {
                prop_assert!(compare(a, c).is_le());
            }
        }
    }
}
