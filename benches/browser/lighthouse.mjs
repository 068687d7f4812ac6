// What Lighthouse says of the signed-in pages on a phone, with its own slowed-down network and processor.
import lighthouse from 'lighthouse'

const PROMISED = { performance: 95, accessibility: 100, 'best-practices': 100 }

export async function measureLighthouse(port, { cookie, pages }, report) {
  for (const { name, url } of pages) {
    const { lhr } = await lighthouse(url, {
      port, logLevel: 'error', output: 'json', formFactor: 'mobile',
      onlyCategories: Object.keys(PROMISED), extraHeaders: { Cookie: cookie },
    })
    if (lhr.runtimeError) throw new Error(`${name}: ${lhr.runtimeError.message}`)
    if (new URL(lhr.finalDisplayedUrl).pathname !== new URL(url).pathname) throw new Error(`${name} led to ${lhr.finalDisplayedUrl}`)
    for (const [category, promised] of Object.entries(PROMISED)) {
      const { score, auditRefs } = lhr.categories[category]
      const lost = auditRefs.filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 1)
        .map(({ id }) => `${id} ${lhr.audits[id].displayValue ?? ''}`.trim())
      const measured = Math.round(score * 100)
      report(`Lighthouse, ${name}, ${category}`, String(measured), `at least ${promised}`, measured >= promised, lost.join(', '))
    }
  }
}
