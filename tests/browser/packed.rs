//! The packed numbers of a page, read a second time: written after `model.js`, which is what reads them for people.

/// Reads packed numbers, as `model.js` does.
pub(crate) fn unpack(text: &str) -> Vec<i64> {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (mut numbers, mut sum, mut weight) = (Vec::new(), 0_i64, 1_i64);
    for digit in text.chars() {
        let value = i64::try_from(DIGITS.find(digit).unwrap()).unwrap();
        sum += value % 32 * weight;
        weight *= 32;
        if value < 32 {
            numbers.push(if sum % 2 == 1 { -(sum / 2) - 1 } else { sum / 2 });
            (sum, weight) = (0, 1);
        }
    }
    numbers
}
