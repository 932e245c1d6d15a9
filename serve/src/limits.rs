//! Every limit of the server, by name.

use std::time::Duration;

/// The most bytes of a request's head: its first line and its fields.
pub const HEAD_BYTES: usize = 16 << 10;
/// The most fields of a request's head.
pub const HEAD_FIELDS: usize = 64;
/// The longest target of a request, in bytes.
pub const TARGET_BYTES: usize = 4096;
/// How long a client may take for a head, from its first byte on. Also for the first head of a connection, from its start.
pub const HEAD_TIME: Duration = Duration::from_secs(10);
/// How long a connection may do nothing between two requests.
pub const IDLE_TIME: Duration = Duration::from_secs(60);
/// The most bytes of a request's body.
pub const BODY_BYTES: u64 = 1 << 20;
/// How long a client may take for a body.
pub const BODY_TIME: Duration = Duration::from_secs(30);
/// How long a client may take none of the bytes that are sent to it.
pub const WRITE_STALL: Duration = Duration::from_secs(30);
/// How long a TLS handshake may take.
pub const TLS_TIME: Duration = Duration::from_secs(10);
/// The most connections in all, unless the caller says otherwise.
pub const CONNECTIONS: usize = 4096;
/// The most connections of one client, by its address, unless the caller says otherwise.
pub const CONNECTIONS_PER_CLIENT: usize = 256;
/// The most requests of one client in a second, by its address, unless the caller says otherwise.
pub const REQUESTS_PER_CLIENT: u32 = 1000;
/// How many times the requests of a second one client may send at once, when it sent none before.
pub const BURST: u32 = 10;
/// The most requests of one connection; then it is closed, so that no client holds one for ever.
pub const REQUESTS_PER_CONNECTION: u64 = 10_000;
/// How long running requests may take after the server was told to stop, unless the caller says otherwise.
pub const GRACE: Duration = Duration::from_secs(30);
/// How many bytes of trees are kept in memory, unless the caller says otherwise.
pub const CACHE_BYTES: u64 = 512 << 20;
/// How many bytes of trees are kept on disk, unless the caller says otherwise.
pub const SHELF_BYTES: u64 = 4 << 30;
/// The largest record of a kept tree, in bytes. An index takes some 500 bytes of it, an upstream's InRelease 1.4 times its size.
pub const RECORD_BYTES: u64 = 64 << 20;
/// How many indexes of kept trees are open at once.
pub const OPEN_INDEXES: usize = 512;
/// How often it is looked whether trees are to be made ahead.
pub const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How many names it is remembered of what they mean.
pub const NAMES: usize = 4096;
/// How old the knowledge may be that a name still means what it meant.
pub const CURRENT_FOR: Duration = Duration::from_millis(1);
/// The same of stores in buckets, where finding out takes requests that cost time and money.
pub const CURRENT_IN_BUCKETS: Duration = Duration::from_secs(5);
/// How many answers are ready to be sent again.
pub const READY: usize = 4096;
/// How many bytes of bodies they may have.
pub const READY_BYTES: u64 = 32 << 20;
/// How many earlier states of an environment are searched for an index, or for a package, that a client learnt of from one.
pub const EARLIER_STATES: usize = 4;
/// How many trees are made at once.
pub const RENDERS: usize = 2;
/// How many signatures of one tree are kept: it may have several names, and dates.
pub const SIGNATURES: usize = 64;
/// How many packages are fetched from upstreams at once.
pub const FETCHES: usize = 16;
/// How many requests of the API run at once.
pub const CALLS: usize = 8;
/// How long one request of the API may take.
pub const CALL_TIME: Duration = Duration::from_secs(900);
/// The largest file of tokens, in bytes.
pub const TOKENS_BYTES: u64 = 1 << 20;
/// The most tokens.
pub const TOKENS: usize = 10_000;
/// The longest token, in bytes.
pub const TOKEN_BYTES: usize = 512;
/// Files up to this size are read at once, to go out behind their head in one piece.
pub const SMALL_FILE: u64 = 64 << 10;
/// How much of a file is read at once where it can't be handed to the system whole.
pub const PIECE: u64 = 256 << 10;
/// The largest index that is decompressed to be sent as it is.
pub const PLAIN_BYTES: u64 = 1 << 30;
