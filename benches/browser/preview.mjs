// How long the plan builder takes to redraw a plan of 60 weekly instalments when the amount changes; and, once it is signed, how
// long "What happens if…" takes for another amount with each of them.
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { project, signIn, withPortal } from './portal.mjs'

const PROMISED_MILLISECONDS = 1
const PROMISED_WHAT_IF_MILLISECONDS = 2
const ROUNDS = 2_000

/** A policy that allows 60 small instalments, with dates moved off closed days: the dearest plan to compute. */
function writePolicy(folder) {
  const set = (text, key, value) => text.replaceAll(new RegExp(`^${key} = .*$`, 'gm'), `${key} = "${value}"`)
  let policy = readFileSync(join(project, 'policies/default.toml'), 'utf8')
  policy = set(set(policy, 'minimum_instalment', '1.00'), 'closed_days', 'next_working_day')
  cpSync(join(project, 'policies/holidays'), join(folder, 'holidays'), { recursive: true })
  writeFileSync(join(folder, 'policy.toml'), policy)
  return { EVENKEEL_POLICY_FILE: join(folder, 'policy.toml') }
}

export async function measurePreview(browser, report) {
  await withPortal(writePolicy, async (url) => {
    const { cookie, account } = await signIn(url, 'NG-000187')
    const page = await (await browser.newContext({ extraHTTPHeaders: { cookie } })).newPage()
    await page.goto(account)
    const balance = Number((await page.locator('.total-amount').innerText()).replace(/[^\d]/g, ''))
    await page.goto(`${account}/options/plan`)
    await page.getByRole('slider').waitFor()
    await page.locator('input[name=frequency][value=weekly]').check()
    const measured = await page.evaluate(([balance, rounds]) => {
      const field = document.querySelector('#amount')
      const plan = document.querySelector('#plan-now')
      const each = Math.ceil(balance / 60)
      let round = 0
      const redraw = () => {
        // Two amounts by turns, each of 60 instalments: what has not changed would not be redrawn.
        field.value = ((each + (round++ % 2)) / 100).toFixed(2)
        field.dispatchEvent(new Event('input', { bubbles: true }))
      }
      const average = (act) => {
        const began = performance.now()
        for (let count = 0; count < rounds; count++) act()
        return (performance.now() - began) / rounds
      }
      average(redraw)
      const before = plan.innerHTML
      redraw()
      return {
        changed: plan.innerHTML !== before,
        instalments: plan.querySelectorAll('tbody tr').length,
        redraw: average(redraw),
        withLayout: average(() => { redraw(); void plan.offsetHeight }),
      }
    }, [balance, ROUNDS])
    if (measured.instalments !== 60 || !measured.changed) throw new Error(`not a plan of 60 instalments: ${JSON.stringify(measured)}`)
    report(
      `redraw of ${measured.instalments} weekly instalments`, `${measured.redraw.toFixed(3)} ms`,
      `under ${PROMISED_MILLISECONDS} ms`, measured.redraw < PROMISED_MILLISECONDS,
      `average of ${ROUNDS}; ${measured.withLayout.toFixed(3)} ms with the layout that follows`,
    )
    await measureWhatIf(page, report)
    await page.context().close()
  })
}

/** From the plan that is drawn to an agreement, and what would happen to it. */
async function measureWhatIf(page, report) {
  await page.getByRole('button', { name: 'Check this plan' }).click()
  await page.getByRole('link', { name: 'Read it and sign' }).click()
  await page.getByLabel('Your full name').fill('Ada Moreno')
  await page.getByRole('checkbox', { name: /electronically/ }).check()
  await page.getByRole('button', { name: 'Sign this agreement' }).click()
  await page.getByRole('link', { name: 'What happens if…' }).click()
  await page.getByRole('button', { name: 'Show me' }).waitFor({ state: 'hidden' })
  await page.locator('input[name=if][value=more]').check()
  const measured = await page.evaluate((rounds) => {
    const field = document.querySelector('#amount')
    const drawn = document.querySelector('[data-plan]')
    let round = 0
    const redraw = () => {
      // One cent or two: all 60 stay.
      field.value = `0.0${1 + (round++ % 2)}`
      field.dispatchEvent(new Event('input', { bubbles: true }))
    }
    const average = (act) => {
      const began = performance.now()
      for (let count = 0; count < rounds; count++) act()
      return (performance.now() - began) / rounds
    }
    average(redraw)
    const before = drawn.innerHTML
    redraw()
    return {
      changed: drawn.innerHTML !== before,
      instalments: drawn.querySelectorAll('details li').length,
      redraw: average(redraw),
      withLayout: average(() => { redraw(); void drawn.offsetHeight }),
    }
  }, ROUNDS)
  if (measured.instalments !== 60 || !measured.changed) throw new Error(`not 60 instalments: ${JSON.stringify(measured)}`)
  report(
    `what happens if, ${measured.instalments} weekly instalments`, `${measured.redraw.toFixed(3)} ms`,
    `under ${PROMISED_WHAT_IF_MILLISECONDS} ms`, measured.redraw < PROMISED_WHAT_IF_MILLISECONDS,
    `average of ${ROUNDS}; ${measured.withLayout.toFixed(3)} ms with the layout that follows`,
  )
}
