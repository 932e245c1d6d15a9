//! Numbers that mostly follow on each other, as steps from each to the next.
//!
//! A step is how far a number is from the one before it and 1, with its sign in the lowest bit; it is written as bytes of
//! seven bits, the lowest first, of which all but the last have the highest bit set. So a number that follows on the one
//! before it is one byte that is zero.

/// The most bytes of a step.
const MAX_BYTES: u32 = 5;

/// Writes numbers.
pub(super) fn write(numbers: &[u32], to: &mut Vec<u8>) {
    let mut expected = 0_u32;
    for number in numbers {
        let step = i64::from(*number) - i64::from(expected);
        let mut rest = (step << 1 ^ step >> 63) as u64;
        while rest >= 0x80 {
            to.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        to.push(rest as u8);
        expected = number.wrapping_add(1);
    }
}

/// Reads `count` numbers; more or fewer where the bytes are not those of so many.
pub(super) fn read(bytes: &[u8], count: usize) -> Vec<u32> {
    let mut numbers = Vec::with_capacity(count.min(bytes.len()) + 8);
    let mut expected = 0_u32;
    let mut rest = bytes;
    loop {
        // Most steps are nothing.
        while let Some((&[0, 0, 0, 0, 0, 0, 0, 0], tail)) = rest.split_first_chunk::<8>() {
            numbers.extend((0..8).map(|at| expected.wrapping_add(at)));
            expected = expected.wrapping_add(8);
            rest = tail;
        }
        let Some((first, tail)) = rest.split_first() else { return numbers };
        rest = tail;
        let (mut step, mut last) = (u64::from(first & 0x7f), *first);
        for at in 1..MAX_BYTES {
            if last < 0x80 {
                break;
            }
            let Some((next, tail)) = rest.split_first() else { return Vec::new() };
            rest = tail;
            step |= u64::from(next & 0x7f) << (7 * at);
            last = *next;
        }
        let number = expected.wrapping_add((step >> 1) as u32 ^ ((step & 1) as u32).wrapping_neg());
        numbers.push(number);
        expected = number.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_come_back() {
        for numbers in [&[][..], &[0, 1, 2, 5, 4, 3], &[u32::MAX, 0, u32::MAX, 7], &[1 << 31, 127, 128, 63, 64, 65]] {
            let mut bytes = Vec::new();
            super::write(numbers, &mut bytes);
            assert_eq!(super::read(&bytes, numbers.len()), numbers);
        }
        let mut bytes = Vec::new();
        super::write(&[7, 8, 9, 10, 5], &mut bytes);
        assert_eq!(bytes, [14, 0, 0, 0, 11]);
    }
}
