// What customers' browsers have to do: one redraw of the plan builder, the weight of two pages, and Lighthouse on three.
// Run it with scripts/bench.sh browser, which builds the portal and finds Chromium. Each line ends in what was promised.
//
// The promises: a plan of 60 instalments is redrawn in under 1 ms, what would happen to one in under 2 ms; the account page weighs under 12 kB and the plan
// builder under 75 kB, everything included; Lighthouse on a phone gives at least 95 for performance and 100 for
// accessibility and for best practices. A busy machine lowers the performance figures.
import { chromium } from 'playwright-core'
import { createServer } from 'node:net'
import { measureLighthouse } from './lighthouse.mjs'
import { signIn, withPortal } from './portal.mjs'
import { measurePreview } from './preview.mjs'
import { measureWeight } from './weight.mjs'

function report(what, measured, promised, kept, more) {
  console.log(`${what.padEnd(48)} ${measured.padStart(12)}   promised ${promised}: ${kept ? 'kept' : 'missed'}${more ? `   (${more})` : ''}`)
}

const port = await new Promise((done) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    server.close(() => done(port))
  })
})
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: [
    `--remote-debugging-port=${port}`, '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
  ],
})
try {
  await measurePreview(browser, report)
  await withPortal(() => ({}), async (url) => {
    const { cookie, account } = await signIn(url, 'NG-000187')
    const pages = [
      { name: 'account page', url: account, most: 12_000 },
      { name: 'options page', url: `${account}/options` },
      { name: 'plan builder', url: `${account}/options/plan`, most: 75_000 },
    ]
    await measureWeight(browser, { cookie, pages }, report)
    await measureLighthouse(port, { cookie, pages }, report)
  })
} finally {
  await browser.close()
}
