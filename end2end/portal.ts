// A portal of its own for each test worker: the real binary on a fresh SQLite file with the sample portfolio.
import { test as base, expect, type Page } from '@playwright/test'
import { source, type RunOnly } from 'axe-core'
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { stripVTControlCharacters } from 'node:util'

declare global {
  interface Window { axe: typeof import('axe-core') }
}

const project = resolve(__dirname, '..')
const binary = process.env.EVENKEEL ?? ''

export type Portal = {
  url: string
  /** Runs another command of the binary on the same database. */
  command: (...args: string[]) => string
}

async function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => done(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

async function untilReady(url: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (server.exitCode !== null) throw new Error(`the portal ended with ${server.exitCode}`)
    try {
      if ((await fetch(`${url}/readyz`)).ok) return
    } catch { /* not listening yet */ }
    await new Promise((wait) => setTimeout(wait, 100))
  }
  throw new Error('the portal was not ready in 20 seconds')
}

export const test = base.extend<{ calm: void; tolerated: RegExp | undefined }, { portal: Portal }>({
  // What the console may say after all: a browser reports a page that is not there on purpose.
  tolerated: [undefined, { option: true }],

  portal: [async ({}, use) => {
    if (!binary) throw new Error('EVENKEEL is not set: run the tests with `make test`')
    const folder = mkdtempSync(join(tmpdir(), 'evenkeel-e2e-'))
    const port = await freePort()
    const environment = {
      ...process.env,
      PORT: String(port),
      DATABASE_URL: `sqlite:${folder}/portal.db`,
      EVENKEEL_SANDBOX_ENABLED: 'true',
      EVENKEEL_SANDBOX_CLOCK: '2026-11-22T17:00:00Z',
      EVENKEEL_SERVER_SITE_DIR: process.env.EVENKEEL_SITE ?? '',
      // Every worker signs in from one address, often.
      EVENKEEL_SIGN_IN_ATTEMPTS: '20',
    }
    const run = { cwd: project, env: environment }
    const command = (...args: string[]) => execFileSync(binary, args, { ...run, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    command('import', 'accounts', 'samples/northgate-accounts.csv', '--mapping', 'samples/northgate.toml')
    command('import', 'transactions', 'samples/northgate-transactions.csv', '--mapping', 'samples/northgate-transactions.toml')
    command('import', 'accounts', 'samples/harbor-export.csv', '--mapping', 'samples/harbor.toml')
    const server = spawn(binary, ['serve'], { ...run, stdio: ['ignore', 'ignore', 'pipe'] })
    createInterface(server.stderr!).on('line', (line) => { if (!/ INFO /.test(stripVTControlCharacters(line))) console.error(line) })
    const url = `http://localhost:${port}`
    await untilReady(url, server)
    await use({ url, command })
    const ended = new Promise((done) => server.once('exit', done))
    server.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }, { scope: 'worker' }],

  // On every page of every test: nothing in the console, nothing refused by the content security policy, nothing fetched
  // from anyone else.
  calm: [async ({ page, portal, tolerated }, use) => {
    const complaints: string[] = []
    page.on('console', (message) => {
      const isComplaint = message.type() === 'error' || message.type() === 'warning'
      if (isComplaint && !tolerated?.test(message.text())) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('request', (request) => {
      if (!request.url().startsWith(portal.url) && !request.url().startsWith('data:')) complaints.push(`a request to ${request.url()}`)
    })
    await use()
    expect(complaints).toEqual([])
  }, { auto: true }],
})

export { expect }

const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Zero violations of WCAG 2.2 A and AA and of best practice, in light and in dark. Only contrast depends on the scheme. */
export async function expectAccessible(page: Page): Promise<void> {
  // Without movement: a colour on its way from one scheme to the other is neither.
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await page.evaluate(source)
  expect(await violations(page, { type: 'tag', values: wcag })).toEqual([])
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await violations(page, { type: 'rule', values: ['color-contrast'] }), 'dark').toEqual([])
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'no-preference' })
}

async function violations(page: Page, runOnly: RunOnly): Promise<string[]> {
  return page.evaluate(async (runOnly) => {
    const { violations } = await window.axe.run(document, { runOnly, resultTypes: ['violations'] })
    return violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(' | ')}`)
  }, runOnly)
}

/** Nothing is wider than the window, even at 320 px. */
export async function expectNoSidewaysScrolling(page: Page): Promise<void> {
  const size = page.viewportSize()
  await page.setViewportSize({ width: 320, height: 700 })
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(overflow).toBeLessThanOrEqual(0)
  if (size) await page.setViewportSize(size)
}
