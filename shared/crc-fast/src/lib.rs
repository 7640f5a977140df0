#![doc = include_str!("../README.md")]

/// A checksum that S3 knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrcAlgorithm {
    /// CRC-32, as in ZIP and Ethernet.
    Crc32IsoHdlc,
    /// CRC-32C, as in iSCSI.
    Crc32Iscsi,
    /// CRC-64, as in NVM Express.
    Crc64Nvme,
}

/// A checksum under way.
#[derive(Clone, Debug)]
pub struct Digest(State);

#[derive(Clone, Debug)]
enum State {
    Fast(crc32fast::Hasher),
    /// The state, its table, and the bits that are flipped at the end.
    Table(u64, &'static [u64; 256], u64),
}

impl Digest {
    /// Begins one.
    #[must_use]
    pub fn new(algorithm: CrcAlgorithm) -> Self {
        // Polynomials with their bits in reverse: all three work from the lowest bit.
        static CRC32C: [u64; 256] = table(0x82f6_3b78);
        static CRC64: [u64; 256] = table(0x9a6c_9329_ac4b_c9b5);
        let by_table = |table, ones| State::Table(ones, table, ones);
        Self(match algorithm {
            CrcAlgorithm::Crc32IsoHdlc => State::Fast(crc32fast::Hasher::new()),
            CrcAlgorithm::Crc32Iscsi => by_table(&CRC32C, u32::MAX.into()),
            CrcAlgorithm::Crc64Nvme => by_table(&CRC64, u64::MAX),
        })
    }

    /// Adds bytes.
    pub fn update(&mut self, data: &[u8]) {
        match &mut self.0 {
            State::Fast(hasher) => hasher.update(data),
            State::Table(state, table, _) => {
                *state = data.iter().fold(*state, |state, byte| {
                    let index = (state ^ u64::from(*byte)) & 0xff;
                    table[index as usize] ^ (state >> 8)
                });
            }
        }
    }

    /// The checksum of all bytes so far, in the lowest bits.
    #[must_use]
    pub fn finalize(&self) -> u64 {
        match &self.0 {
            State::Fast(hasher) => hasher.clone().finalize().into(),
            State::Table(state, _, flip) => state ^ flip,
        }
    }
}

/// What each byte does to the state.
const fn table(polynomial: u64) -> [u64; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut value = index as u64;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { (value >> 1) ^ polynomial } else { value >> 1 };
            bit += 1;
        }
        table[index] = value;
        index += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check values of the catalogue at <https://reveng.sourceforge.io/crc-catalogue/all.htm>, read 2026-11.
    const CHECKS: [(CrcAlgorithm, u64); 3] = [
        (CrcAlgorithm::Crc32IsoHdlc, 0xcbf4_3926),
        (CrcAlgorithm::Crc32Iscsi, 0xe306_9283),
        (CrcAlgorithm::Crc64Nvme, 0xae8b_1486_0a79_9888),
    ];

    #[test]
    fn each_checksum_has_the_value_that_the_catalogue_gives_however_the_bytes_come() {
        for (algorithm, expected) in CHECKS {
            let mut whole = Digest::new(algorithm);
            whole.update(b"123456789");
            assert_eq!(whole.finalize(), expected, "{algorithm:?}");
            let mut parts = Digest::new(algorithm);
            for part in [&b"1"[..], b"", b"2345678", b"9"] {
                parts.update(part);
            }
            assert_eq!(parts.finalize(), expected, "{algorithm:?}, in parts");
        }
    }
}
