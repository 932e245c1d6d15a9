// The types by hand say what is there: every value, every member of every class, and no other.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import * as reposnap from '../index.mjs';

const ts = createRequire(new URL('../dev/package.json', import.meta.url))('typescript');
const file = fileURLToPath(new URL('../index.d.cts', import.meta.url));
const program = ts.createProgram([file], { strict: true, module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022 });
const checker = program.getTypeChecker();
const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)));
const resolved = (symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);

/** What only types have. */
const TYPES = new Set(['Named', 'PackageSet']);

test('every value has a type, and every type of a value is one', () => {
  const values = exported
    .filter((symbol) => resolved(symbol).flags & ts.SymbolFlags.Value)
    .map((symbol) => symbol.name)
    .filter((name) => !TYPES.has(name));
  assert.deepEqual(values.sort(), Object.keys(reposnap).sort());
});

/** Names of the members that `object` and its prototypes have, up to those of the language. */
function members(object, ...besides) {
  const names = new Set();
  const language = [Object.prototype, Function.prototype, Error.prototype, Error];
  for (let at = object; !language.includes(at); at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  }
  for (const name of ['prototype', 'length', ...besides]) names.delete(name);
  return [...names].sort();
}

/** The fields of an error are its own, not its prototype's, and left out where they have no value. */
const FIELDS = ['code', 'document', 'expected', 'field', 'found', 'help', 'kind', 'line', 'path', 'rule'];
const OF_EVERY_ERROR = ['cause', 'message', 'stack'];

test('classes have the members that their types have', () => {
  const classes = exported.map(resolved).filter((symbol) => symbol.flags & ts.SymbolFlags.Class && !TYPES.has(symbol.name));
  assert.ok(classes.length >= 10);
  for (const symbol of classes) {
    const { name } = symbol;
    const declared = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol)).map((member) => member.name);
    const known = declared.filter((member) => !OF_EVERY_ERROR.includes(member));
    const fields = name === 'ReposnapError' ? FIELDS : [];
    assert.deepEqual(known.sort(), [...members(reposnap[name].prototype, 'constructor'), ...fields].sort(), name);
    const ofClass = checker.getPropertiesOfType(checker.getTypeOfSymbol(symbol)).map((member) => member.name);
    const statics = ofClass.filter((member) => member !== 'prototype' && !(member in Error));
    assert.deepEqual(statics.sort(), members(reposnap[name], 'name'), `static members of ${name}`);
  }
});
