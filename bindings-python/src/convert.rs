//! Python's values as JSON's, and the other way round.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyMapping, PySequence, PyString, PyTuple};
use serde_json::{Map, Number, Value};

/// How deep values may be nested; requests need three levels.
const DEEPEST: usize = 64;

/// A request's value: `None`, booleans, numbers, text, paths, times, sequences and mappings.
pub(crate) fn to_json(value: &Bound<'_, PyAny>) -> PyResult<Value> {
    to_json_at(value, DEEPEST)
}

fn to_json_at(value: &Bound<'_, PyAny>, depth: usize) -> PyResult<Value> {
    if depth == 0 {
        return Err(PyValueError::new_err(format!("values may be nested {DEEPEST} deep, this one is deeper")));
    }
    if value.is_none() {
        Ok(Value::Null)
    } else if let Ok(text) = value.cast::<PyString>() {
        text_of(text).map(Value::String)
    } else if let Ok(truth) = value.cast::<PyBool>() {
        Ok(Value::Bool(truth.is_true()))
    } else if value.is_instance_of::<PyInt>() {
        integer(value)
    } else if let Ok(number) = value.cast::<PyFloat>() {
        let number = Number::from_f64(number.extract()?);
        number.map(Value::Number).ok_or_else(|| PyValueError::new_err("a number is infinite or not a number"))
    } else if let Ok(mapping) = value.cast::<PyMapping>() {
        object(mapping, depth)
    } else if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() || is_sequence(value) {
        value.try_iter()?.map(|item| to_json_at(&item?, depth - 1)).collect::<PyResult<Vec<Value>>>().map(Value::Array)
    } else if value.hasattr("__fspath__")? {
        let path = value.call_method0("__fspath__")?;
        let text = path.cast::<PyString>().map_err(|_| PyTypeError::new_err("a path must be of str, not of bytes"))?;
        text_of(text).map(Value::String)
    } else if value.hasattr("isoformat")? {
        time(value)
    } else {
        Err(PyTypeError::new_err(format!("{} can't be part of a request", value.get_type().qualname()?)))
    }
}

/// Sequences, and sets; never bytes, whose items would be taken for numbers.
fn is_sequence(value: &Bound<'_, PyAny>) -> bool {
    let bytes = value.hasattr("decode").unwrap_or(true);
    !bytes && (value.cast::<PySequence>().is_ok() || value.hasattr("isdisjoint").unwrap_or(false))
}

fn text_of(text: &Bound<'_, PyString>) -> PyResult<String> {
    // A lone surrogate is Python's UnicodeEncodeError, which is a ValueError.
    Ok(text.to_cow()?.into_owned())
}

fn integer(value: &Bound<'_, PyAny>) -> PyResult<Value> {
    if let Ok(number) = value.extract::<u64>() {
        return Ok(number.into());
    }
    match value.extract::<i64>() {
        Ok(number) => Ok(number.into()),
        Err(_) => Err(PyValueError::new_err("a number is out of range: it must fit 64 bits")),
    }
}

/// A `datetime` as RFC 3339.
fn time(value: &Bound<'_, PyAny>) -> PyResult<Value> {
    if !value.hasattr("utcoffset")? || value.call_method0("utcoffset")?.is_none() {
        return Err(PyValueError::new_err("a time must be a datetime with a time zone, such as datetime.timezone.utc"));
    }
    Ok(Value::String(value.call_method0("isoformat")?.extract()?))
}

fn object(mapping: &Bound<'_, PyMapping>, depth: usize) -> PyResult<Value> {
    let mut fields = Map::new();
    for item in mapping.items()?.iter() {
        let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
        let key = key.cast::<PyString>().map_err(|_| PyTypeError::new_err("the keys of a mapping must be of str"))?;
        fields.insert(text_of(key)?, to_json_at(&value, depth - 1)?);
    }
    Ok(Value::Object(fields))
}

/// A document as Python's dict, list, str, int, float, bool and None.
pub(crate) fn to_python(py: Python<'_>, value: &Value) -> PyResult<Py<PyAny>> {
    Ok(match value {
        Value::Null => py.None(),
        Value::Bool(truth) => PyBool::new(py, *truth).to_owned().into_any().unbind(),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => number.into_pyobject(py)?.into_any().unbind(),
            (None, Some(number)) => number.into_pyobject(py)?.into_any().unbind(),
            _ => PyFloat::new(py, number.as_f64().unwrap_or(f64::NAN)).into_any().unbind(),
        },
        Value::String(text) => PyString::new(py, text).into_any().unbind(),
        Value::Array(items) => {
            let items = items.iter().map(|item| to_python(py, item)).collect::<PyResult<Vec<_>>>()?;
            PyList::new(py, items)?.into_any().unbind()
        }
        Value::Object(fields) => {
            let dict = PyDict::new(py);
            for (name, value) in fields {
                dict.set_item(name, to_python(py, value)?)?;
            }
            dict.into_any().unbind()
        }
    })
}
