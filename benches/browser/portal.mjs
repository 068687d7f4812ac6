// A portal of its own for the measurements: the real program on a fresh SQLite file with the sample portfolio.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export const project = resolve(import.meta.dirname, '../..')
const { EVENKEEL: binary, EVENKEEL_SITE: site } = process.env

const freePort = () => new Promise((done) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    server.close(() => done(port))
  })
})

/** Runs the portal for as long as `use` takes. `write` may put files into its folder and returns more settings. */
export async function withPortal(write, use) {
  if (!binary || !site) throw new Error('EVENKEEL and EVENKEEL_SITE are not set: run this with scripts/bench.sh browser')
  const folder = mkdtempSync(join(tmpdir(), 'evenkeel-bench-'))
  const port = await freePort()
  const url = `http://localhost:${port}`
  const env = {
    ...process.env,
    PORT: String(port),
    DATABASE_URL: `sqlite:${folder}/portal.db`,
    EVENKEEL_SERVER_PUBLIC_URL: url,
    EVENKEEL_SANDBOX_ENABLED: 'true',
    EVENKEEL_SANDBOX_CLOCK: '2026-11-22T17:00:00Z',
    EVENKEEL_SERVER_SITE_DIR: site,
    EVENKEEL_LOG_LEVEL: 'warn',
    ...write(folder),
  }
  let server
  try {
    for (const [kind, file, mapping] of [
      ['accounts', 'northgate-accounts.csv', 'northgate.toml'],
      ['transactions', 'northgate-transactions.csv', 'northgate-transactions.toml'],
    ]) {
      execFileSync(binary, ['import', kind, `samples/${file}`, '--mapping', `samples/${mapping}`], { cwd: project, env, stdio: 'ignore' })
    }
    server = spawn(binary, ['serve'], { cwd: project, env, stdio: ['ignore', 'ignore', 'inherit'] })
    await untilReady(url, server)
    return await use(url)
  } finally {
    if (server && server.exitCode === null) {
      const ended = new Promise((done) => server.once('exit', done))
      server.kill('SIGTERM')
      await ended
    }
    rmSync(folder, { recursive: true, force: true })
  }
}

async function untilReady(url, server) {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (server.exitCode !== null) throw new Error(`the portal ended with ${server.exitCode}`)
    try {
      if ((await fetch(`${url}/readyz`)).ok) return
    } catch { /* not listening yet */ }
    await new Promise((wait) => setTimeout(wait, 100))
  }
  throw new Error('the portal was not ready in 20 seconds')
}

/** Signs a person of the sample portfolio in. Returns the session as a cookie header and the address of their account. */
export async function signIn(url, reference) {
  const [head, ...rows] = readFileSync(join(project, 'samples/northgate-accounts.csv'), 'utf8').trim().split('\n')
    .map((line) => [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map((match) => match[1] ?? match[2]))
  const row = rows.find((cells) => cells[0] === reference)
  const field = (name) => row[head.indexOf(name)]
  const [birth_date_year, birth_date_month, birth_date_day] = field('date_of_birth').split('-')
  const answer = await fetch(`${url}/api/sign_in`, {
    method: 'POST', redirect: 'manual', headers: { origin: url },
    body: new URLSearchParams({ reference, birth_date_year, birth_date_month, birth_date_day, postal_code: field('postal_code') }),
  })
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0]
  if (answer.headers.get('location') !== '/account' || !cookie) throw new Error(`${reference} could not sign in: ${answer.status}`)
  const page = await (await fetch(`${url}/account`, { headers: { cookie } })).text()
  return { cookie, account: url + page.match(/href="(\/account\/[^"/]+)\/options"/)[1] }
}
