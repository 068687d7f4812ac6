// From where I stand to a signed plan with its confirmation.
import { person } from '../people'
import { expect, test } from '../portal'
import { choosePlan, expectPdf, signIn, untilLive } from '../steps'

const heading = { level: 1 } as const

/** The day and the amount in a row of payments. */
const payment = (row: string) => [row.match(/\w+ \d{1,2} \w+ \d{4}/)?.[0], row.match(/\$[\d,.]+/)?.[0]]

test('a plan is built live, checked, changed and signed', async ({ page, portal }) => {
  const who = person('NG-000023')
  const account = await signIn(page, portal.url, who)
  await expect(page.getByRole('heading', heading)).toHaveText('Where you stand')
  await expect(page.getByRole('main')).toContainText(who.balance)
  await page.getByRole('link', { name: /^Pay in steps/ }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('Ways forward')
  // Nothing is chosen for anybody.
  await expect(page.locator('input:checked')).toHaveCount(0)
  await page.getByRole('article').filter({ hasText: 'Catch up in steps' }).getByRole('link', { name: 'Build a plan' }).click()
  await untilLive(page)
  await expect(page.locator('input:checked')).toHaveCount(0)
  // Script draws every change: the button that asks the server for it is gone.
  await expect(page.getByRole('button', { name: 'Show me the plan' })).toBeHidden()

  // Every change redraws at once, in the browser alone.
  const requests: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  const plan = page.getByRole('region', { name: 'What this plan looks like' })
  await choosePlan(page, '40')
  await expect(plan).toContainText('6 payments: $40.00 each, the last one $28.26')
  await expect(plan).toContainText(`You pay ${who.pastDue} in all.`)
  await page.getByLabel('Every month').check()
  await page.getByLabel('How much each time?').fill('60')
  await expect(plan).toContainText('4 payments: $60.00 each, the last one $48.26')
  expect(requests).toEqual([])

  await page.getByRole('button', { name: 'Check this plan' }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('Check your answers')
  await expect(page.getByRole('row')).toHaveCount(5)
  await page.getByRole('link', { name: 'Change How often' }).click()
  await untilLive(page)
  // What was chosen is still here.
  await expect(page.getByLabel('Every month')).toBeChecked()
  await expect(page.getByLabel('How much each time?')).toHaveValue(/^60(\.00)?$/)
  await choosePlan(page, '40')
  await page.getByRole('button', { name: 'Check this plan' }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('Check your answers')
  await expect(page.getByRole('row')).toHaveCount(7)
  const shown = await page.getByRole('row').allInnerTexts()

  await page.getByRole('link', { name: 'Read it and sign' }).click()
  await page.getByRole('button', { name: 'Sign this agreement' }).click()
  const problems = page.getByRole('alert')
  await expect(problems.getByRole('link', { name: 'Type your full name to sign.' })).toBeVisible()
  await expect(problems.getByRole('link', { name: /^Tick the box/ })).toBeVisible()
  await page.getByLabel('Your full name').fill(who.name)
  await page.getByRole('button', { name: 'Sign this agreement' }).click()
  await expect(problems.getByRole('link')).toHaveCount(1)
  await expect(page.getByLabel('Your full name')).toHaveValue(who.name)
  await page.getByRole('checkbox', { name: /electronically/ }).check()
  await page.getByRole('button', { name: 'Sign this agreement' }).click()

  await expect(page.getByRole('heading', heading)).toHaveText('It is agreed')
  const agreement = page.url()
  // Each payment, with its day and amount, is the one that was shown.
  expect((await page.getByRole('row').allInnerTexts()).map(payment)).toEqual(shown.map(payment))
  const reference = await page.getByText(/^EK-[0-9A-Z]{4}-[0-9A-Z]{4}$/).innerText()
  await page.reload()
  await expect(page.getByText(reference)).toBeVisible()
  await expectPdf(page, 'Your copy as a PDF')

  // Going back, or a page that was left open elsewhere, leads to what is agreed.
  for (const step of ['options/catch-up', 'check', 'sign']) {
    await page.goto(`${account}/${step}`)
    await expect(page).toHaveURL(agreement)
  }
  await page.goto(account)
  await expect(page.getByRole('link', { name: /^See your agreement/ })).toBeVisible()
})

test('the back button and a second tab lead to the one agreement', async ({ page, portal, context }) => {
  const who = person('NG-000161')
  const account = await signIn(page, portal.url, who)
  await page.goto(`${account}/options/catch-up`)
  await untilLive(page)
  await choosePlan(page, '30')
  await page.getByRole('button', { name: 'Check this plan' }).click()
  await page.getByRole('link', { name: 'Read it and sign' }).click()
  const other = await context.newPage()
  await other.goto(page.url())
  for (const tab of [page, other]) {
    await tab.getByLabel('Your full name').fill(who.name)
    await tab.getByRole('checkbox', { name: /electronically/ }).check()
  }
  await page.getByRole('button', { name: 'Sign this agreement' }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('It is agreed')
  const agreement = page.url()
  await other.getByRole('button', { name: 'Sign this agreement' }).click()
  await expect(other).toHaveURL(agreement)
  await page.goBack()
  await expect(page).toHaveURL(agreement)
})

test('an amount that cannot be is answered with the nearest that can', async ({ page, portal }) => {
  const account = await signIn(page, portal.url, person('NG-001133'))
  await page.goto(`${account}/options/catch-up`)
  await untilLive(page)
  await choosePlan(page, '1')
  const plan = page.getByRole('region', { name: 'What this plan looks like' })
  const nearest = plan.getByRole('button').first()
  await expect(nearest).toContainText('$')
  await nearest.click()
  await expect(plan).toContainText('You pay $2,136.68 in all.')
  await expect(page.getByLabel('How much each time?')).not.toHaveValue('1')
})

test('the slider and the field move together, and what is not come to yet is not reproached', async ({ page, portal }) => {
  const account = await signIn(page, portal.url, person('NG-001133'))
  await page.goto(`${account}/options/catch-up`)
  await untilLive(page)
  const amount = page.getByLabel('How much each time?')
  const slider = page.getByRole('slider')
  await expect(page.getByLabel('Day', { exact: true })).toBeHidden()
  await amount.fill('40')
  await expect(page.locator('.field-error:visible')).toHaveCount(0)
  await page.getByLabel('Every month').check()
  await expect(page.getByLabel('Day', { exact: true })).toBeVisible()
  await slider.focus()
  // Every press of an arrow key goes on, up to the most.
  const each = async () => Number(await amount.inputValue())
  await page.keyboard.press('Home')
  for (let press = 0; press < 4; press += 1) {
    const before = await each()
    await page.keyboard.press('ArrowRight')
    expect(await each()).toBeGreaterThan(before)
  }
  await page.keyboard.press('End')
  await expect(amount).toHaveValue(/^\d+\.\d\d$/)
  await expect(page.locator('.plan-table tbody tr')).toHaveCount(2)
  await expect(slider).toHaveAttribute('aria-valuetext', /^\$[\d,]+\.\d\d$/)
  // Those who hear the page are told what came of it, once they pause.
  const told = page.getByRole('status')
  await expect(told).toContainText('You pay $2,136.68 in all.')
  await amount.fill('much')
  await expect(page.locator('#amount-error')).toHaveText('Type the amount in numbers, such as 50 or 50.25.')
  await expect(told).toHaveText('Type the amount in numbers, such as 50 or 50.25.')
  await expect(amount).toHaveAttribute('aria-invalid', 'true')
})

test('the arrow keys move the slider on, also where the whole range is a few dollars', async ({ page, portal }) => {
  const account = await signIn(page, portal.url, person('NG-000187'))
  await page.goto(`${account}/options/plan`)
  await untilLive(page)
  await page.getByLabel('Every month').check()
  const amount = page.getByLabel('How much each time?')
  const slider = page.getByRole('slider')
  await slider.focus()
  await page.keyboard.press('Home')
  const amounts = [Number(await amount.inputValue())]
  for (let press = 0; press < 8; press += 1) {
    await page.keyboard.press('ArrowRight')
    amounts.push(Number(await amount.inputValue()))
  }
  // Two stops may stand for one amount: no plan ends on the one between.
  await expect(slider).toHaveValue('8')
  expect(amounts).toEqual([...amounts].sort((one, other) => one - other))
  expect(new Set(amounts).size).toBeGreaterThan(4)
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('a plan is shown, checked and signed', async ({ page, portal }) => {
    const who = person('NG-000063')
    const account = await signIn(page, portal.url, who)
    await page.getByRole('link', { name: /^Pay in steps/ }).click()
    await page.getByRole('article').filter({ hasText: 'Catch up in steps' }).getByRole('link', { name: 'Build a plan' }).click()
    await expect(page.getByRole('slider')).toHaveCount(0)
    await choosePlan(page, 'forty')
    await page.getByRole('button', { name: 'Show me the plan' }).click()
    await expect(page.getByRole('alert')).toContainText('Type the amount in numbers, such as 50 or 50.25.')
    await choosePlan(page, '40')
    await page.getByRole('button', { name: 'Show me the plan' }).click()
    // The browser goes to the plan, not to the top of the form.
    await expect(page).toHaveURL(/#plan-preview-title$/)
    await expect(page.getByRole('alert')).toHaveCount(0)
    const plan = page.getByRole('region', { name: 'What this plan looks like' })
    await expect(plan).toContainText('4 payments: $40.00 each, the last one $18.82')
    await expect(page.getByLabel('Every two weeks')).toBeChecked()
    await page.getByRole('button', { name: 'Check this plan' }).click()
    await expect(page.getByRole('heading', heading)).toHaveText('Check your answers')
    await page.getByRole('link', { name: 'Read it and sign' }).click()
    const signing = page.url()
    await page.getByRole('checkbox', { name: /electronically/ }).check()
    await page.getByRole('button', { name: 'Sign this agreement' }).click()
    await expect(page.getByRole('link', { name: 'Type your full name to sign.' })).toBeVisible()
    await expect(page.getByRole('checkbox', { name: /electronically/ })).toBeChecked()
    await page.getByLabel('Your full name').fill(who.name)
    await page.getByRole('button', { name: 'Sign this agreement' }).click()
    await expect(page.getByRole('heading', heading)).toHaveText('It is agreed')
    const agreement = page.url()
    await expectPdf(page, 'Your copy as a PDF')
    await page.goto(signing)
    await expect(page).toHaveURL(agreement)
    await page.goto(`${account}/options`)
    await expect(page.getByRole('main')).toContainText('agreement')
  })
})
