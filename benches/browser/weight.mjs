// What a page weighs in bytes over the network, everything included, with nothing in the browser's cache.
// The same limits as in end2end/journeys/quiet.spec.ts.

export async function measureWeight(browser, { cookie, pages }, report) {
  for (const { name, url, most } of pages.filter((page) => page.most)) {
    const page = await (await browser.newContext({ extraHTTPHeaders: { cookie } })).newPage()
    const session = await page.context().newCDPSession(page)
    await session.send('Network.enable')
    await session.send('Network.setCacheDisabled', { cacheDisabled: true })
    const names = new Map()
    const weights = new Map()
    session.on('Network.requestWillBeSent', ({ requestId, request }) => {
      if (!request.url.startsWith('data:')) names.set(requestId, new URL(request.url).pathname.replace(/^\/account\/[^/]+/, '/account/…'))
    })
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (names.has(requestId)) weights.set(names.get(requestId), encodedDataLength)
    })
    await page.goto(url, { waitUntil: 'networkidle' })
    const total = [...weights.values()].reduce((sum, bytes) => sum + bytes, 0)
    if (weights.size < 2) throw new Error(`${name} loaded without its style`)
    report(`weight of the ${name}`, `${total} bytes`, `under ${most}`, total < most, [...weights].map((part) => part.join(' ')).join(', '))
    await page.context().close()
  }
}
