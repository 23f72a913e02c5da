//! The events that a program runs over: read from a JSON file, or generated.
//!
//! ```json
//! {
//!   "events": [
//!     { "args": ["0xffff888104a3c000", "0xffffffff81b2c4d0", 2], "count": 3 },
//!     { "arg2": 4096 }
//!   ],
//!   "symbols": { "0xffffffff81b2c4d0": "tcp_v4_rcv+0x510" }
//! }
//! ```
//!
//! An event sets fields of the context by name, or its 64-bit words in order with `args`; what it does not set is zero. Numbers
//! are JSON integers, or strings when they are hexadecimal. `count` repeats the event. `symbols` names addresses in the tables
//! that are printed.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow, bail};
use bpfcc::Endian;
use bpfcc_runtime::Context;
use serde_json::{Map, Value};

/// Events, and names for the addresses in them.
pub(crate) struct Events {
    events: Vec<Event>,
    /// Names of addresses.
    pub(crate) symbols: BTreeMap<u64, String>,
}

/// One event, `count` times.
struct Event {
    assignments: Vec<(Place, u64)>,
    count: u64,
}

/// What an event sets.
enum Place {
    /// The 64-bit word at this position.
    Word(usize),
    /// A field of the context.
    Field(String),
}

/// The argument of `--events`: how many to generate, or where to read them.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// Generate this many.
    Generated(u64),
    /// Read this file.
    File(PathBuf),
}

impl Source {
    /// A number is a count, anything else a path.
    pub(crate) fn parse(text: &str) -> Result<Source, String> {
        Ok(match text.parse() {
            Ok(count) => Source::Generated(count),
            Err(_) => Source::File(text.into()),
        })
    }
}

impl Events {
    /// Makes or reads the events.
    pub(crate) fn from_source(source: &Source) -> Result<Events> {
        match source {
            Source::Generated(count) => Ok(Events::generate(*count)),
            Source::File(path) => {
                let text = fs::read_to_string(path);
                let text =
                    text.with_context(|| format!("cannot read events from `{}`", path.display()))?;
                Events::parse(&text).with_context(|| format!("`{}`", path.display()))
            }
        }
    }

    /// Number of events, repetitions counted.
    pub(crate) fn len(&self) -> u64 {
        self.events.iter().map(|event| event.count).sum()
    }

    /// Writes each event into a context of this layout and hands it on.
    pub(crate) fn for_each(
        &self,
        layout: &Context,
        endian: Endian,
        mut run: impl FnMut(&mut [u8]) -> Result<()>,
    ) -> Result<()> {
        for (index, event) in self.events.iter().enumerate() {
            let template = event
                .context(layout, endian)
                .with_context(|| format!("event {}", index + 1))?;
            for _ in 0..event.count {
                run(&mut template.clone())?;
            }
        }
        Ok(())
    }

    fn parse(text: &str) -> Result<Events> {
        let root: Value = serde_json::from_str(text)?;
        let root = root
            .as_object()
            .ok_or_else(|| anyhow!("expected an object with `events`"))?;
        if let Some(key) = root
            .keys()
            .find(|key| !["events", "symbols"].contains(&key.as_str()))
        {
            bail!("unknown key `{key}`; an events file has `events` and `symbols`");
        }
        let list = root.get("events").and_then(Value::as_array);
        let list = list.ok_or_else(|| anyhow!("`events` must be a list"))?;
        let events = list.iter().enumerate().map(|(index, value)| {
            Event::parse(value).with_context(|| format!("event {}", index + 1))
        });
        Ok(Events {
            events: events.collect::<Result<_>>()?,
            symbols: parse_symbols(root)?,
        })
    }

    /// Packets dropped at the places of [`DROP_SITES`], as skb:kfree_skb reports them: the buffer, the place, the reason. The
    /// sequence is the same every time.
    fn generate(count: u64) -> Events {
        let mut random = SplitMix(0x5eed);
        let total: u64 = DROP_SITES.iter().map(|site| site.weight).sum();
        let events = (0..count).map(|_| {
            let site = pick(random.next() % total);
            let buffer = 0xffff_8881_0000_0000 | (random.next() & 0xffff_ff00);
            let words = [buffer, site.address, site.reason];
            Event::of_words(&words, 1)
        });
        let symbols = DROP_SITES
            .iter()
            .map(|site| (site.address, site.symbol.to_owned()));
        Events {
            events: events.collect(),
            symbols: symbols.collect(),
        }
    }
}

impl Event {
    fn of_words(words: &[u64], count: u64) -> Event {
        let assignments = words
            .iter()
            .enumerate()
            .map(|(at, &word)| (Place::Word(at), word));
        Event {
            assignments: assignments.collect(),
            count,
        }
    }

    fn parse(value: &Value) -> Result<Event> {
        let fields = value
            .as_object()
            .ok_or_else(|| anyhow!("an event is an object"))?;
        let mut event = Event {
            assignments: Vec::new(),
            count: 1,
        };
        for (name, value) in fields {
            match name.as_str() {
                "count" => event.count = number(value).context("`count`")?,
                "args" => {
                    let words = value
                        .as_array()
                        .ok_or_else(|| anyhow!("`args` must be a list"))?;
                    for (at, word) in words.iter().enumerate() {
                        let word = number(word).with_context(|| format!("`args[{at}]`"))?;
                        event.assignments.push((Place::Word(at), word));
                    }
                }
                _ => {
                    let value = number(value).with_context(|| format!("`{name}`"))?;
                    event.assignments.push((Place::Field(name.clone()), value));
                }
            }
        }
        Ok(event)
    }

    /// Number of 64-bit words that hold all that the event sets by position.
    fn words(&self) -> usize {
        let ends = self.assignments.iter().map(|(place, _)| match place {
            Place::Word(at) => at + 1,
            Place::Field(_) => 0,
        });
        ends.max().unwrap_or(0)
    }

    fn context(&self, layout: &Context, endian: Endian) -> Result<Vec<u8>> {
        let mut bytes = match layout {
            Context::Buffer => vec![0; self.words() * 8],
            Context::Fields { .. } => vec![0; layout.size()],
        };
        for (place, value) in &self.assignments {
            let (offset, size) = match place {
                Place::Word(at) => (at * 8, 8),
                Place::Field(name) => {
                    let field = layout
                        .field(name)
                        .ok_or_else(|| unknown_field(name, layout))?;
                    (field.offset as usize, field.size as usize)
                }
            };
            let Some(target) = bytes.get_mut(offset..offset + size) else {
                bail!(
                    "the context holds {} words of 64 bits; there is no word {}",
                    layout.size() / 8,
                    offset / 8
                );
            };
            let value = endian.bytes((*value).into(), size.min(8));
            target[..value.len()].copy_from_slice(&value);
        }
        Ok(bytes)
    }
}

fn unknown_field(name: &str, layout: &Context) -> anyhow::Error {
    let Context::Fields {
        fields,
        environment,
        ..
    } = layout
    else {
        return anyhow!("there is no field `{name}`; use `args`");
    };
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    anyhow!(
        "the context of `{environment}` has no field `{name}`; it has {}",
        names.join(", ")
    )
}

fn parse_symbols(root: &Map<String, Value>) -> Result<BTreeMap<u64, String>> {
    let Some(value) = root.get("symbols") else {
        return Ok(BTreeMap::new());
    };
    let map = value
        .as_object()
        .ok_or_else(|| anyhow!("`symbols` must be an object"))?;
    map.iter()
        .map(|(address, name)| {
            let name = name
                .as_str()
                .ok_or_else(|| anyhow!("the name of `{address}` must be a string"))?;
            Ok((parse_number(address)?, name.to_owned()))
        })
        .collect()
}

/// An integer, or a string that holds one.
fn number(value: &Value) -> Result<u64> {
    match value {
        Value::Number(number) => number
            .as_u64()
            .or_else(|| number.as_i64().map(|signed| signed as u64))
            .ok_or_else(|| anyhow!("{number} is not a 64-bit integer")),
        Value::String(text) => parse_number(text),
        other => bail!("{other} is not a number"),
    }
}

fn parse_number(text: &str) -> Result<u64> {
    let parsed = match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16),
        None => text.parse(),
    };
    parsed.map_err(|_| anyhow!("`{text}` is not a number; write 4096 or \"0x1000\""))
}

/// A place in the kernel that drops packets, as an example.
struct DropSite {
    address: u64,
    symbol: &'static str,
    /// `enum skb_drop_reason` of Linux 6.12.
    reason: u64,
    /// How often, relative to the others.
    weight: u64,
}

const DROP_SITES: [DropSite; 6] = [
    DropSite {
        address: 0xffff_ffff_81b2_c4d0,
        symbol: "tcp_v4_rcv+0x510",
        reason: 3,
        weight: 40,
    },
    DropSite {
        address: 0xffff_ffff_81b4_17a3,
        symbol: "__udp4_lib_rcv+0x8f3",
        reason: 3,
        weight: 25,
    },
    DropSite {
        address: 0xffff_ffff_81af_90e6,
        symbol: "ip_rcv_core+0x1e6",
        reason: 2,
        weight: 15,
    },
    DropSite {
        address: 0xffff_ffff_81b5_02bc,
        symbol: "icmp_rcv+0x2bc",
        reason: 2,
        weight: 10,
    },
    DropSite {
        address: 0xffff_ffff_81a3_771f,
        symbol: "unix_stream_connect+0x2af",
        reason: 2,
        weight: 7,
    },
    DropSite {
        address: 0xffff_ffff_81bd_6d41,
        symbol: "nf_hook_slow+0xb1",
        reason: 8,
        weight: 3,
    },
];

fn pick(mut ticket: u64) -> &'static DropSite {
    for site in &DROP_SITES {
        if ticket < site.weight {
            return site;
        }
        ticket -= site.weight;
    }
    &DROP_SITES[0]
}

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014).
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
