//! Whole numbers as short text: base-64 varints, which the page reads back in a few lines.
//!
//! Each number is doubled, its sign in the lowest bit, and written five bits a digit, the lowest first; a sixth bit says
//! that more follow (the digits are RFC 4648's URL-safe ones). It compresses nothing else.

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The greatest number that the page can hold: doubled, it stays below 2⁵³.
const GREATEST: i64 = 1 << 51;

/// A text of numbers under construction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Packed(String);

impl Packed {
    /// Adds a number; those beyond what the page can hold become the greatest that it can.
    pub(super) fn push(&mut self, number: i64) {
        let number = number.clamp(-GREATEST, GREATEST);
        let mut rest = number.unsigned_abs() * 2 - u64::from(number < 0);
        loop {
            let more = rest >= 32;
            self.0.push(char::from(DIGITS[(rest % 32) as usize + if more { 32 } else { 0 }]));
            rest /= 32;
            if !more {
                return;
            }
        }
    }

    /// Adds a count or an amount.
    pub(super) fn count(&mut self, number: u64) {
        self.push(i64::try_from(number).unwrap_or(GREATEST));
    }

    /// Adds an amount that may be unknown: 0, else one more than it is.
    pub(super) fn maybe(&mut self, number: Option<u64>) {
        self.count(number.map_or(0, |number| number.saturating_add(1)));
    }

    /// Adds a position in some table.
    pub(super) fn index(&mut self, index: usize) {
        self.count(index as u64);
    }

    /// The text.
    pub(super) fn text(self) -> String {
        self.0
    }
}

/// All of these numbers.
pub(super) fn all(numbers: impl IntoIterator<Item = i64>) -> String {
    let mut packed = Packed::default();
    numbers.into_iter().for_each(|number| packed.push(number));
    packed.text()
}

/// The numbers of a packed text. What is no digit counts as 0.
pub(super) fn read(text: &str) -> Vec<i64> {
    let (mut numbers, mut sum, mut weight) = (Vec::new(), 0_i64, 1_i64);
    for digit in text.bytes() {
        let value = (0..).zip(DIGITS).find(|&(_, &known)| known == digit).map_or(0, |(value, _)| value);
        sum += value % 32 * weight;
        weight *= 32;
        if value < 32 {
            numbers.push(if sum % 2 == 1 { -(sum / 2) - 1 } else { sum / 2 });
            (sum, weight) = (0, 1);
        }
    }
    numbers
}

/// Bytes in base 64 with padding (RFC 4648, section 4).
pub(super) fn base64(bytes: &[u8]) -> String {
    let digit = |word: u32, place: u32| match DIGITS[(word >> (18 - 6 * place) & 63) as usize] {
        b'-' => '+',
        b'_' => '/',
        digit => char::from(digit),
    };
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let word = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            text.push(if place as usize <= chunk.len() { digit(word, place) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_back_as_they_were() {
        let numbers = [0, 1, -1, 15, 16, -16, -17, 1000, -123_456_789, 1 << 40, GREATEST];
        assert_eq!(read(&all(numbers)), numbers);
        assert_eq!(read(&all([i64::MAX, i64::MIN])), [GREATEST, -GREATEST]);
        assert_eq!(all([0, 15, 16]), "AegB");
    }

    #[test]
    fn base_64_is_that_of_the_standard() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xfb, 0xff]), "+/8=");
    }
}
