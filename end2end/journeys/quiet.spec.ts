// What a screen does not load, and what it weighs.
import { person } from '../people'
import { expect, test } from '../portal'
import { signIn } from '../steps'

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

for (const { name, path, most } of [
  { name: 'the account page', path: '', most: 12_000 },
  { name: 'the plan builder', path: '/options/plan', most: 75_000 },
]) {
  test(`${name} weighs less than ${most / 1000} kB, everything included`, async ({ page, portal, context }) => {
    const account = await signIn(page, portal.url, person('NG-000187'))
    const session = await context.newCDPSession(page)
    await session.send('Network.enable')
    await session.send('Network.setCacheDisabled', { cacheDisabled: true })
    const weights = new Map<string, number>()
    const names = new Map<string, string>()
    session.on('Network.requestWillBeSent', ({ requestId, request }) => {
      if (!request.url.startsWith('data:')) names.set(requestId, new URL(request.url).pathname)
    })
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      const name = names.get(requestId)
      if (name) weights.set(name, encodedDataLength)
    })
    await page.goto(path === '' ? `${portal.url}/account` : account + path, { waitUntil: 'networkidle' })
    const total = [...weights.values()].reduce((sum, bytes) => sum + bytes, 0)
    const report = [...weights].map(([url, bytes]) => `${url.replace(/\/account\/[^/]+/, '/account/…')} ${bytes}`).join(', ')
    test.info().annotations.push({ type: 'bytes', description: `${total}: ${report}` })
    console.log(`    ${name}: ${total} bytes with headers (${report})`)
    expect(weights.size).toBeGreaterThan(1)
    expect(total).toBeLessThan(most)
  })
}
