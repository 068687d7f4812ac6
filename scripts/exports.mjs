// Which exports of the browser's program are of use: node exports.mjs WASM PROGRAM > GRAPH, for wasm-metadce.
//
// Two programs are cut from one: `islands`, with everything Leptos wakes, and `plan`, which redraws a changed plan and has no
// Leptos in it (docs/decisions/0019-a-second-program.md).
//
// server_fn, which Leptos brings along, exports bridges from streams of the program to streams of the browser. Nothing here
// makes one, but an export keeps its code alive.
import { readFileSync } from 'node:fs'

const [wasm, program] = process.argv.slice(2)
const others = { islands: /^redraw_plan$/, plan: /^(hydrate$|_island_)/ }[program]
const unused = /intounderlying(source|sink|bytesource)/
const names = WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(wasm)))
  .map(({ name }) => name).filter((name) => !unused.test(name) && !others.test(name))
const root = { name: 'page', root: true, reaches: names.map((name) => `export ${name}`) }
process.stdout.write(JSON.stringify([root, ...names.map((name) => ({ name: `export ${name}`, export: name }))]))
