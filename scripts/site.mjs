// Puts the site together: minifies JavaScript and CSS, names the files by their content, compresses everything.
// node site.mjs PROJECT WORK: reads WORK/bindgen and PROJECT/{style,public}, writes WORK/pkg, WORK/hash.txt and WORK/*.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const [project, work] = process.argv.slice(2)
const esbuild = createRequire(join(project, 'scripts/node/package.json'))('esbuild')

// The name leptos gives the file in the page: base64url of a digest.
const digest = (bytes) => createHash('sha256').update(bytes).digest('base64url').slice(0, 22)

const script = esbuild.transformSync(readFileSync(join(work, 'bindgen/evenkeel.js'), 'utf8'), { minify: true, format: 'esm' }).code
const wasm = readFileSync(join(work, 'bindgen/evenkeel.optimised.wasm'))
const style = esbuild.buildSync({
  entryPoints: [join(project, 'style/main.css')], bundle: true, minify: true, write: false,
}).outputFiles[0].contents

const made = { js: digest(script), wasm: digest(wasm), css: digest(style) }
// The second program, and its script with the glue in it, which names the program by its content.
const planWasm = readFileSync(join(work, 'bindgen/plan.optimised.wasm'))
const planProgram = `plan.${digest(planWasm)}.wasm`
const listen = readFileSync(join(project, 'src/islands/plan_change/listen.js'), 'utf8').replace('%PROGRAM%', `./${planProgram}`)
const planScript = esbuild.buildSync({
  stdin: { contents: listen, resolveDir: join(work, 'bindgen') }, bundle: true, minify: true, format: 'esm', write: false,
}).outputFiles[0].text
made.plan = digest(planScript)
writeFileSync(join(work, 'pkg', planProgram), planWasm)
writeFileSync(join(work, `pkg/plan.${made.plan}.js`), planScript)
writeFileSync(join(work, `pkg/evenkeel.${made.js}.js`), script)
writeFileSync(join(work, `pkg/evenkeel.${made.wasm}.wasm`), wasm)
writeFileSync(join(work, `pkg/evenkeel.${made.css}.css`), style)
writeFileSync(join(work, 'hash.txt'), Object.entries(made).map(([name, hash]) => `${name}: ${hash}\n`).join(''))
if (existsSync(join(project, 'public'))) cpSync(join(project, 'public'), work, { recursive: true })

const COMPRESSIBLE = /\.(js|wasm|css|svg|html|json|txt|webmanifest)$/
const compress = (folder) => {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) { if (name !== 'bindgen') compress(path) } else if (COMPRESSIBLE.test(name)) {
      const bytes = readFileSync(path)
      writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }))
      writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
    }
  }
}
compress(work)
