//! Numbers in bytes: fixed width, least significant byte first, or of variable length (LEB128).

use std::io;

/// A count or a number as files have it.
pub(in crate::search) fn narrow(count: usize) -> io::Result<u32> {
    u32::try_from(count).map_err(|_| io::Error::other("more than an index can count"))
}

/// The number at this place of an array of 32-bit numbers.
pub(in crate::search) fn u32_at(bytes: &[u8], index: usize) -> Option<u32> {
    let (numbers, _) = bytes.as_chunks::<4>();
    numbers.get(index).map(|number| u32::from_le_bytes(*number))
}

/// The number at this place of an array of 64-bit numbers.
pub(in crate::search) fn u64_at(bytes: &[u8], index: usize) -> Option<u64> {
    let (numbers, _) = bytes.as_chunks::<8>();
    numbers.get(index).map(|number| u64::from_le_bytes(*number))
}

/// Adds a number in as many bytes as it needs.
pub(in crate::search) fn push_varint(mut number: u32, out: &mut Vec<u8>) {
    while let Some(rest @ 1..) = Some(number >> 7) {
        out.push(number.to_le_bytes()[0] | 0x80);
        number = rest;
    }
    out.push(number.to_le_bytes()[0]);
}

/// Takes a number off the front of bytes.
pub(in crate::search) fn take_varint(bytes: &mut &[u8]) -> Option<u32> {
    let mut number = 0u32;
    for shift in (0..32).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u32::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_come_back(numbers: Vec<u32>) {
            let mut bytes = Vec::new();
            for number in &numbers {
                push_varint(*number, &mut bytes);
            }
            let mut rest = bytes.as_slice();
            let back: Vec<u32> = std::iter::from_fn(|| take_varint(&mut rest)).collect();
            prop_assert_eq!(back, numbers);
        }

        #[test]
        fn any_bytes_are_numbers_or_none(bytes: Vec<u8>) {
            let mut rest = bytes.as_slice();
            while take_varint(&mut rest).is_some() {}
            prop_assert!(rest.len() <= bytes.len());
        }
    }
}
