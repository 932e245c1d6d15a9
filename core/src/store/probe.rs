//! Tries out whether a store honours "create only where there is none", on which all else rests.
//!
//! An answer that was lost on its way is no fault of the store: what is there in the end decides.
//!
//! Some stores that speak S3 accept `If-None-Match: *` and ignore it, or check it and write in two steps, so that of two
//! writers both are told that they won. No list of good servers stays true, so each is asked.

use std::sync::Arc;

use bytes::Bytes;
use object_store::path::Path as Location;
use object_store::{Error as StoreError, ObjectStore, ObjectStoreExt, PutMode, PutOptions};

use super::answer;
use super::failure::{from_store, is_missing};
use crate::error::{Error, Kind, Result};

/// Where the probe writes; it deletes what it wrote.
pub(super) const PREFIX: &str = "probe";
/// How many creates race for one name.
const RACERS: usize = 2;
/// How often they race: a store that checks first and writes later loses most races, not all.
const ROUNDS: usize = 3;

/// Refuses a store on which a create replaces what is there, or has several winners.
pub(super) async fn create_only(store: &Arc<dyn ObjectStore>) -> Result<()> {
    let nonce = nonce()?;
    let mut names = Vec::with_capacity(ROUNDS + 1);
    let result = attempts(store, &nonce, &mut names).await;
    for name in &names {
        if let Err(error) = store.delete(name).await
            && !is_missing(&error)
            && result.is_ok()
        {
            return Err(from_store(name.as_ref(), error));
        }
    }
    result
}

async fn attempts(store: &Arc<dyn ObjectStore>, nonce: &str, names: &mut Vec<Location>) -> Result<()> {
    let sequential = Location::from(format!("{PREFIX}/{nonce}-0"));
    names.push(sequential.clone());
    let first = Bytes::from(format!("{nonce} first"));
    let created = match create(store, &sequential, &first).await {
        Err(error) if error.kind() == Kind::ReadOnly => return Err(why_read_only(store, &sequential, error).await),
        created => created?,
    };
    if !created && !is_there(store, &sequential, &first).await? {
        return Err(refusal("a new object could not be created, as if it had been there"));
    }
    if create(store, &sequential, &Bytes::from(format!("{nonce} second"))).await? {
        return Err(refusal("an object was created where there was one already"));
    }
    if read(store, &sequential).await? != first {
        return Err(refusal("a refused create replaced the object"));
    }
    let rounds: Vec<Location> = (1..=ROUNDS).map(|round| Location::from(format!("{PREFIX}/{nonce}-{round}"))).collect();
    names.extend(rounds.iter().cloned());
    let races = futures::future::join_all(rounds.iter().map(|name| race(store, name, nonce))).await;
    races.into_iter().collect()
}

/// Of several creates of one name, one has to win.
async fn race(store: &Arc<dyn ObjectStore>, name: &Location, nonce: &str) -> Result<()> {
    let bodies: [Bytes; RACERS] = std::array::from_fn(|racer| format!("{nonce} racer {racer}").into());
    let answers = futures::future::join_all(bodies.iter().map(|body| create(store, name, body))).await;
    let mut winners = Vec::new();
    for (answer, body) in answers.into_iter().zip(&bodies) {
        if answer? {
            winners.push(body);
        }
    }
    match winners[..] {
        [winner] if is_there(store, name, winner).await? => Ok(()),
        [_] => Err(refusal("of two racing creates, the one that was refused was stored")),
        [] => {
            // The winner's first answer may have been lost, and a second try of it refused.
            for body in &bodies {
                if is_there(store, name, body).await? {
                    return Ok(());
                }
            }
            Err(refusal("of two racing creates, both were refused"))
        }
        _ => Err(refusal("of two racing creates, both were told that they won")),
    }
}

async fn is_there(store: &Arc<dyn ObjectStore>, name: &Location, bytes: &Bytes) -> Result<bool> {
    match read(store, name).await {
        Ok(there) => Ok(there == bytes),
        Err(error) if error.kind() == Kind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether the store says that it created the object.
async fn create(store: &Arc<dyn ObjectStore>, name: &Location, bytes: &Bytes) -> Result<bool> {
    match store.put_opts(name, bytes.clone().into(), PutOptions::from(PutMode::Create)).await {
        Ok(_) => Ok(true),
        Err(StoreError::AlreadyExists { .. } | StoreError::Precondition { .. }) => Ok(false),
        Err(error) if answer::is_not_implemented(&error) => Err(refusal("it has no create-only write")),
        Err(error @ (StoreError::NotImplemented { .. } | StoreError::NotSupported { .. })) => {
            Err(refusal("it has no create-only write").source(error))
        }
        Err(error) => Err(from_store(name.as_ref(), error)),
    }
}

async fn read(store: &Arc<dyn ObjectStore>, name: &Location) -> Result<Bytes> {
    let failed = |error| from_store(name.as_ref(), error);
    store.get(name).await.map_err(failed)?.bytes().await.map_err(failed)
}

/// A file system without hard links says that they are not permitted (`link(2)`), like one that may not be written.
async fn why_read_only(store: &Arc<dyn ObjectStore>, name: &Location, error: Error) -> Error {
    match store.put(name, Bytes::new().into()).await {
        Ok(_) => refusal("objects can be written, but not created-only; perhaps the file system has no hard links"),
        Err(_) => error,
    }
}

fn refusal(found: &str) -> Error {
    Error::new(Kind::Unsupported, format!("the object store is not safe for several writers: {found}"))
        .rule("create-only")
        .help(
            "take another store; or, if nobody else ever writes to this one, ask for single-writer mode by name: \
             REPOSNAP_WRITERS=single, or `Writers::Single`",
        )
}

/// 128 random bits in hexadecimal digits.
pub(crate) fn nonce() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::new(Kind::Io, format!("the system gives no random numbers: {error}")))?;
    Ok(format!("{:032x}", u128::from_le_bytes(bytes)))
}
