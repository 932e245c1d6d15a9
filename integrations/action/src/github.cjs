'use strict';
// What GitHub's runner and an action say to each other: inputs in the environment, outputs and summaries in files,
// annotations on standard output.

const { randomUUID } = require('node:crypto');
const { appendFileSync } = require('node:fs');
const { EOL } = require('node:os');

/** Something that the workflow says wrongly. */
class InputError extends Error {}

/** The text of an input, or nothing. */
function text(name) {
  const value = (process.env[`INPUT_${name.replace(/ /g, '_').toUpperCase()}`] ?? '').trim();
  return value === '' ? undefined : value;
}

function required(command, name) {
  const value = text(name);
  if (value === undefined) throw new InputError(`${command} needs the input ${name}`);
  return value;
}

/** The lines of an input, or nothing. */
function lines(name) {
  return text(name)
    ?.split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** As YAML has booleans. */
function boolean(name) {
  const value = text(name);
  if (value === undefined) return undefined;
  if (/^(true|True|TRUE)$/.test(value)) return true;
  if (/^(false|False|FALSE)$/.test(value)) return false;
  throw new InputError(`the input ${name} must be true or false, not ${JSON.stringify(value)}`);
}

function integer(name) {
  const value = text(name);
  if (value === undefined) return undefined;
  if (!/^\d{1,15}$/.test(value)) throw new InputError(`the input ${name} must be a whole number, not ${JSON.stringify(value)}`);
  return Number(value);
}

/** Adds an output. Between marks that nobody can guess, so that no value ends it early. */
function output(name, value) {
  const file = process.env.GITHUB_OUTPUT;
  if (!file) return;
  const mark = `reposnap_${randomUUID()}`;
  appendFileSync(file, `${name}<<${mark}${EOL}${value}${EOL}${mark}${EOL}`);
}

/** Adds to the summary of the job. */
function summary(markdown) {
  const file = process.env.GITHUB_STEP_SUMMARY;
  if (file) appendFileSync(file, `${markdown}${EOL}`);
}

const data = (value) => String(value).replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
const property = (value) => data(value).replace(/:/g, '%3A').replace(/,/g, '%2C');

/** An annotation: `error`, `warning` or `notice`. */
function annotate(level, message, properties = {}) {
  const told = Object.entries(properties)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${property(value)}`);
  process.stdout.write(`::${level}${told.length > 0 ? ` ${told.join(',')}` : ''}::${data(message)}${EOL}`);
}

/** A line of the log that is no command to the runner, whatever is in it. */
function log(message) {
  process.stdout.write(`${String(message).replace(/[\r\n]+/g, ' ').replace(/^::/, ' ::')}${EOL}`);
}

module.exports = { InputError, annotate, boolean, integer, lines, log, output, required, summary, text };
