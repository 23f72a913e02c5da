//! [`BtfExt`] → bytes, together with the [`Btf`] whose strings it shares.

use super::{
    BtfExt, COLUMN_BITS, CoreRelo, FUNC_LEN, FuncInfo, HEADER_LEN, LINE_LEN, LineInfo, RELO_LEN,
    SectionInfo,
};
use crate::Endian;
use crate::btf::{self, Btf, BtfWriteError, MAGIC, StringTable, VERSION};
use crate::bytes::ByteWriter;

/// Contents of two sections that belong together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WithExt {
    /// `.BTF`.
    pub btf: Vec<u8>,
    /// `.BTF.ext`.
    pub ext: Vec<u8>,
}

/// The contents of `.BTF` and `.BTF.ext`.
pub fn write(btf: &Btf, ext: &BtfExt, endian: Endian) -> Result<WithExt, BtfWriteError> {
    let mut strings = StringTable::new();
    let types = btf::write_types(btf, endian, &mut strings)?;
    let ext = write_tables(ext, endian, &mut strings)?;
    let btf = btf::assemble(&types, &strings, endian)?;
    Ok(WithExt { btf, ext })
}

/// Header and tables; names enter `strings`.
fn write_tables(
    ext: &BtfExt,
    endian: Endian,
    strings: &mut StringTable,
) -> Result<Vec<u8>, BtfWriteError> {
    let mut writer = TableWriter { endian, strings };
    let tables = [
        writer.table(ext, FUNC_LEN, |section| &section.funcs, write_func)?,
        writer.table(ext, LINE_LEN, |section| &section.lines, write_line)?,
        writer.table(ext, RELO_LEN, |section| &section.relos, write_relo)?,
    ];

    let mut out = ByteWriter::new(endian);
    out.u16(MAGIC);
    out.u8(VERSION);
    out.u8(0);
    out.u32(HEADER_LEN);
    let mut offset = 0;
    for table in &tables {
        let len = length(table.len())?;
        out.u32(offset);
        out.u32(len);
        offset = offset.checked_add(len).ok_or(BtfWriteError::TooLarge)?;
    }
    for table in &tables {
        out.raw(table);
    }
    Ok(out.into_bytes())
}

struct TableWriter<'a> {
    endian: Endian,
    strings: &'a mut StringTable,
}

type RecordWriter<T> = fn(&T, &mut ByteWriter, &mut StringTable) -> Result<(), BtfWriteError>;

impl TableWriter<'_> {
    /// One table. Neither a table nor a section of it may be without records (libbpf refuses both), so a table that would
    /// have none is left out altogether.
    fn table<T>(
        &mut self,
        ext: &BtfExt,
        record_len: u32,
        records_of: fn(&SectionInfo) -> &Vec<T>,
        write_record: RecordWriter<T>,
    ) -> Result<Vec<u8>, BtfWriteError> {
        let mut out = ByteWriter::new(self.endian);
        out.u32(record_len);
        let mut is_empty = true;
        for section in &ext.sections {
            let records = records_of(section);
            if records.is_empty() {
                continue;
            }
            is_empty = false;
            out.u32(self.strings.intern(&section.name)?);
            out.u32(length(records.len())?);
            for record in records {
                write_record(record, &mut out, self.strings)?;
            }
        }
        Ok(if is_empty {
            Vec::new()
        } else {
            out.into_bytes()
        })
    }
}

fn write_func(
    func: &FuncInfo,
    out: &mut ByteWriter,
    _: &mut StringTable,
) -> Result<(), BtfWriteError> {
    out.u32(func.offset);
    out.u32(func.func.0);
    Ok(())
}

fn write_line(
    line: &LineInfo,
    out: &mut ByteWriter,
    strings: &mut StringTable,
) -> Result<(), BtfWriteError> {
    out.u32(line.offset);
    out.u32(strings.intern(&line.file)?);
    out.u32(strings.intern(&line.text)?);
    out.u32(line_and_column(line));
    Ok(())
}

/// `line:22 column:10`. A position too large for its field becomes the largest: it is shown to people and nothing depends
/// on it.
fn line_and_column(line: &LineInfo) -> u32 {
    let largest_line = u32::MAX >> COLUMN_BITS;
    let largest_column = (1 << COLUMN_BITS) - 1;
    line.line.min(largest_line) << COLUMN_BITS | line.column.min(largest_column)
}

fn write_relo(
    relo: &CoreRelo,
    out: &mut ByteWriter,
    strings: &mut StringTable,
) -> Result<(), BtfWriteError> {
    out.u32(relo.offset);
    out.u32(relo.root.0);
    out.u32(strings.intern(&relo.access)?);
    out.u32(relo.kind.number());
    Ok(())
}

fn length(len: usize) -> Result<u32, BtfWriteError> {
    u32::try_from(len).map_err(|_| BtfWriteError::TooLarge)
}
