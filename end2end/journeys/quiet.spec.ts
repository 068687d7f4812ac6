// What a screen does not load, and what it weighs.
import { person } from '../people'
import { expect, test } from '../portal'
import { signIn } from '../steps'

const mostBytes = 12_000

test('only the plan builder loads a program, and no page carries resource values', async ({ page, portal }) => {
  const programs: string[] = []
  page.on('request', (request) => { if (/\.(wasm|js)(\?|$)/.test(request.url())) programs.push(request.url()) })
  const account = await signIn(page, portal.url, person('NG-000187'))
  const without = ['/', '/contact', '/verify', '/account'].map((path) => portal.url + path)
    .concat(['/history', '/options', '/options/promise', '/options/later-date', '/message/other', '/pay'].map((path) => account + path))
  for (const url of without) {
    const answer = await page.goto(url)
    expect(await answer?.text(), url).not.toMatch(/__RESOLVED_RESOURCES\s*\[/)
    expect(programs, url).toEqual([])
  }
  const answer = await page.goto(`${account}/options/plan`, { waitUntil: 'networkidle' })
  expect(await answer?.text()).not.toMatch(/__RESOLVED_RESOURCES\s*\[/)
  expect(programs.some((url) => url.includes('.wasm'))).toBe(true)
  expect(await page.evaluate(() => (globalThis as { __RESOLVED_RESOURCES?: unknown[] }).__RESOLVED_RESOURCES?.length ?? 0)).toBe(0)
})

test('the account page weighs less than 12 kB, everything included', async ({ page, portal, context }) => {
  await signIn(page, portal.url, person('NG-000187'))
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.setCacheDisabled', { cacheDisabled: true })
  const weights = new Map<string, number>()
  const names = new Map<string, string>()
  session.on('Network.requestWillBeSent', ({ requestId, request }) => names.set(requestId, new URL(request.url).pathname))
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => weights.set(names.get(requestId) ?? requestId, encodedDataLength))
  await page.goto(`${portal.url}/account`, { waitUntil: 'networkidle' })
  const total = [...weights.values()].reduce((sum, bytes) => sum + bytes, 0)
  const report = [...weights].map(([name, bytes]) => `${name} ${bytes}`).join(', ')
  test.info().annotations.push({ type: 'bytes', description: `${total}: ${report}` })
  console.log(`    the account page: ${total} bytes with headers (${report})`)
  expect(weights.size).toBeGreaterThan(1)
  expect(total).toBeLessThan(mostBytes)
})
