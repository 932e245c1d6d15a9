//! The walk through the packages of a snapshot, a batch at a time.
//!
//! A batch crosses as one text, one array of numbers and one buffer, not as thousands of objects: JavaScript cuts out
//! what is asked for. Its garbage collector knows the size of all three.

use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{Buffer, Either, Object, Uint32Array};
use napi_derive::napi;
use reposnap::progress::Monitor;
use reposnap::snapshot::{self, Found, Query, Want};
use reposnap::{Error, Kind, Result};
use reposnap_api as api;
use tokio::sync::Mutex;

use crate::{outcome, work};

/// A walk that JavaScript goes on with.
#[napi]
pub struct Walk {
    monitor: Monitor,
    state: Arc<Mutex<State>>,
}

enum State {
    Begin(Result<api::Session>, Ask),
    Under(Box<snapshot::Walk>, bool),
    End,
}

struct Ask {
    rev: String,
    query: Option<String>,
    stanzas: bool,
}

/// Some packages.
#[napi(object)]
pub struct Batch {
    /// For each package its name, version, architecture, part and component, with nothing between.
    pub text: String,
    /// Where each of these ends in `text`, in UTF-16 code units.
    pub ends: Uint32Array,
    /// The stanzas, one after another, where they were asked for.
    pub stanzas: Option<Buffer>,
    /// Where each of these ends in `stanzas`.
    pub stanza_ends: Option<Uint32Array>,
}

#[napi]
impl Walk {
    /// The next batch, or the outcome of null at the end, or that of a failure; after either, only the end.
    #[napi]
    pub fn next<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let (state, monitor) = (self.state.clone(), self.monitor.clone());
        let next = async move || {
            let mut state = state.lock().await;
            let current = std::mem::replace(&mut *state, State::End);
            let cancelled = monitor.cancel().clone();
            tokio::select! {
                biased;
                () = cancelled.cancelled() => Err(Error::new(Kind::Cancelled, "the work was cancelled")),
                step = step(current) => {
                    let (after, packed) = step?;
                    *state = after;
                    Ok(packed)
                }
            }
        };
        let value = |packed: Option<Packed>| {
            Ok(match packed {
                Some(packed) => Either::A(packed.into_batch()),
                None => Either::B(outcome::of(Ok("null".to_owned()))),
            })
        };
        work::promise_of(env, next, value, Either::B)
    }
}

impl Walk {
    pub(crate) fn new(
        session: Result<api::Session>,
        monitor: Monitor,
        rev: String,
        query: Option<String>,
        stanzas: bool,
    ) -> Self {
        let state = State::Begin(session, Ask { rev, query, stanzas });
        Self { monitor, state: Arc::new(Mutex::new(state)) }
    }
}

/// One step: what is left, and a batch that is not empty, or none at the end.
async fn step(state: State) -> Result<(State, Option<Packed>)> {
    let (mut walk, stanzas) = match state {
        State::Begin(session, ask) => {
            let query = ask.query.as_deref().map(str::parse::<Query>).transpose()?;
            let (_, snapshot) = session?.snapshot(&ask.rev).await?;
            let want = if ask.stanzas { Want::Entries } else { Want::Keys };
            (Box::new(snapshot::Walk::new(snapshot, query, want)?), ask.stanzas)
        }
        State::Under(walk, stanzas) => (walk, stanzas),
        State::End => return Ok((State::End, None)),
    };
    while let Some(batch) = walk.next_batch().await? {
        if !batch.is_empty() {
            let packed = Packed::new(&batch, stanzas)?;
            return Ok((State::Under(walk, stanzas), Some(packed)));
        }
    }
    Ok((State::End, None))
}

/// A batch off JavaScript's thread.
struct Packed {
    text: String,
    ends: Vec<u32>,
    stanzas: Option<(Vec<u8>, Vec<u32>)>,
}

impl Packed {
    // Numbers of 32 bits hold any batch: it has the stanzas of at most 128 chunks, whose lengths are such numbers.
    fn new(batch: &[Found], stanzas: bool) -> Result<Self> {
        let mut text = String::with_capacity(batch.len() * 48);
        let mut ends = Vec::with_capacity(batch.len() * 5);
        let mut end = 0u32;
        for found in batch {
            let key = &found.key;
            for field in
                [&*key.name, &*key.version, &*key.architecture, found.part().as_bytes(), found.component().as_bytes()]
            {
                let field = String::from_utf8_lossy(field);
                text.push_str(&field);
                let length = if field.is_ascii() { field.len() } else { field.encode_utf16().count() };
                end = end.saturating_add(u32::try_from(length).unwrap_or(u32::MAX));
                ends.push(end);
            }
        }
        Ok(Self { text, ends, stanzas: stanzas.then(|| stanzas_of(batch)).transpose()? })
    }

    fn into_batch(self) -> Batch {
        let (stanzas, stanza_ends) = self.stanzas.unzip();
        Batch {
            text: self.text,
            ends: Uint32Array::new(self.ends),
            stanzas: stanzas.map(Buffer::from),
            stanza_ends: stanza_ends.map(Uint32Array::new),
        }
    }
}

fn stanzas_of(batch: &[Found]) -> Result<(Vec<u8>, Vec<u32>)> {
    let texts = batch.iter().map(|found| Ok(found.stanza()?.unwrap_or_default())).collect::<Result<Vec<&[u8]>>>()?;
    let mut joined = Vec::with_capacity(texts.iter().map(|text| text.len()).sum());
    let mut ends = Vec::with_capacity(batch.len());
    for text in texts {
        joined.extend_from_slice(text);
        ends.push(u32::try_from(joined.len()).unwrap_or(u32::MAX));
    }
    Ok((joined, ends))
}
