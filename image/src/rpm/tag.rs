//! The tags of headers that are read here (rpm's manual, "tags").

/// The region that rpm 4.0 began with; nothing was ever signed of it.
pub const HEADER_IMAGE: u32 = 61;
/// The immutable region: what the package file's header was.
pub const HEADER_IMMUTABLE: u32 = 63;
/// The first tag that is not a region.
pub const HEADER_I18N_TABLE: u32 = 100;

/// MD5 of header and payload, binary.
pub const SIG_MD5: u32 = 261;
/// OpenPGP signature of the immutable region by a DSA, ECDSA or EdDSA key, binary.
pub const DSA_HEADER: u32 = 267;
/// OpenPGP signature of the immutable region by an RSA key, binary.
pub const RSA_HEADER: u32 = 268;
/// SHA-1 of the immutable region, hexadecimal.
pub const SHA1_HEADER: u32 = 269;
/// SHA-256 of the immutable region, hexadecimal (rpm 4.14).
pub const SHA256_HEADER: u32 = 273;
/// OpenPGP signatures of the immutable region, base64 (rpm 6).
pub const OPENPGP: u32 = 278;
/// SHA3-256 of the immutable region, hexadecimal (rpm 6).
pub const SHA3_256_HEADER: u32 = 279;

/// Name.
pub const NAME: u32 = 1000;
/// Version, without epoch and release.
pub const VERSION: u32 = 1001;
/// Release.
pub const RELEASE: u32 = 1002;
/// Epoch; missing is 0.
pub const EPOCH: u32 = 1003;
/// Summary; of a `gpg-pubkey` the key's user ID.
pub const SUMMARY: u32 = 1004;
/// Description; of a `gpg-pubkey` the armored key.
pub const DESCRIPTION: u32 = 1005;
/// When it was built, in seconds since 1970.
pub const BUILD_TIME: u32 = 1006;
/// When it was installed, in seconds since 1970.
pub const INSTALL_TIME: u32 = 1008;
/// Vendor.
pub const VENDOR: u32 = 1011;
/// Architecture.
pub const ARCH: u32 = 1022;
/// Sizes of files, 32 bits.
pub const FILE_SIZES: u32 = 1028;
/// What became of each file: 0 is installed.
pub const FILE_STATES: u32 = 1029;
/// Types and permissions of files (`st_mode`).
pub const FILE_MODES: u32 = 1030;
/// Digests of files, hexadecimal; empty for what is no regular file.
pub const FILE_DIGESTS: u32 = 1035;
/// Targets of symbolic links.
pub const FILE_LINK_TOS: u32 = 1036;
/// What files are: configuration, documentation, ghosts.
pub const FILE_FLAGS: u32 = 1037;
/// The source package's file name.
pub const SOURCE_RPM: u32 = 1044;
/// For each file, which of `DIR_NAMES` it is in.
pub const DIR_INDEXES: u32 = 1116;
/// The last parts of files' paths.
pub const BASE_NAMES: u32 = 1117;
/// Folders, each with a slash at its end.
pub const DIR_NAMES: u32 = 1118;
/// Sizes of files, 64 bits, where 32 are too few.
pub const LONG_FILE_SIZES: u32 = 5008;
/// The algorithm of `FILE_DIGESTS`, by its OpenPGP number; missing is MD5.
pub const FILE_DIGEST_ALGO: u32 = 5011;
/// Digest of the compressed payload, hexadecimal (rpm 4.14).
pub const PAYLOAD_DIGEST: u32 = 5092;
