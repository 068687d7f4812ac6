// Which exports of the browser's program are of use: node exports.mjs WASM > GRAPH, for wasm-metadce.
//
// server_fn, which Leptos brings along, exports bridges from streams of the program to streams of the browser. Nothing here
// makes one, but an export keeps its code alive.
import { readFileSync } from 'node:fs'

const unused = /intounderlying(source|sink|bytesource)/
const names = WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(process.argv[2])))
  .map(({ name }) => name).filter((name) => !unused.test(name))
const root = { name: 'page', root: true, reaches: names.map((name) => `export ${name}`) }
process.stdout.write(JSON.stringify([root, ...names.map((name) => ({ name: `export ${name}`, export: name }))]))
