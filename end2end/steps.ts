// What several journeys do on their way.
import type { Page } from '@playwright/test'
import { expect } from './portal'
import type { Person } from './people'

export async function answerWhoTheyAre(page: Page, who: Person): Promise<void> {
  await page.getByLabel('Your reference').fill(who.reference)
  await page.getByLabel('Month').fill(who.born.month)
  await page.getByLabel('Day').fill(who.born.day)
  await page.getByLabel('Year').fill(who.born.year)
  await page.getByLabel('Your postal code').fill(who.postalCode)
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
}

/** Signs in, to the one account or the list of several. Their own language is chosen for them. */
export async function comeIn(page: Page, url: string, who: Person): Promise<void> {
  await page.goto(`${url}/sign-in`)
  await answerWhoTheyAre(page, who)
  await expect(page).toHaveURL(/\/account$/)
}

/** Signs in somebody with one account and returns its address. */
export async function signIn(page: Page, url: string, who: Person): Promise<string> {
  await comeIn(page, url, who)
  const within = await page.locator('main a[href^="/account/"]').first().getAttribute('href')
  return url + (/^\/account\/[^/#?]+/.exec(within ?? '')?.[0] ?? '')
}

/** Wakes the live builder: until then typing would be for the server's form alone. */
export async function untilLive(page: Page): Promise<void> {
  await expect(page.getByRole('slider')).toBeVisible()
}

export async function choosePlan(page: Page, amount: string): Promise<void> {
  await page.getByLabel('Every two weeks').check()
  await page.getByLabel('How much each time?').fill(amount)
}

/** From anywhere to the page of the sandbox's payment company, with an amount of their own or with one of the choices. */
export async function goAndPay(page: Page, account: string, what: { choice: RegExp } | { amount: string }): Promise<void> {
  await page.goto(`${account}/pay`)
  if ('choice' in what) {
    await page.getByRole('radio', { name: what.choice }).check()
  } else {
    await page.getByRole('radio', { name: 'Another amount' }).check()
    await page.getByLabel('Your amount').fill(what.amount)
  }
  await page.getByRole('button', { name: 'Check before paying' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Check before you pay')
  await page.getByRole('button', { name: /^Pay \$[\d,.]+ now$/ }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sandbox payment company')
}

/** Says that all of it is not right, or a part, and sends it. */
export async function say(page: Page, account: string, what: { part?: string; words: string }): Promise<void> {
  await page.goto(`${account}/dispute`)
  await page.getByRole('radio', { name: 'The amount is wrong' }).check()
  await page.getByRole('radio', { name: what.part ? 'A part of it' : /^All of it/ }).check()
  await page.getByLabel('Which part?').fill(what.part ?? '')
  await page.getByLabel('In your own words').fill(what.words)
  await page.getByRole('button', { name: 'Check it before sending' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Check it before you send it')
  await page.getByRole('button', { name: 'Send this to us' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('We are looking into it')
}

/** How the test payment goes. */
export async function payAs(page: Page, method: string): Promise<void> {
  await page.getByRole('radio', { name: method, exact: true }).check()
  await page.getByRole('button', { name: /^Pay \$[\d,.]+ now$/ }).click()
}

/** The file behind a link is a PDF. */
export async function expectPdf(page: Page, link: string): Promise<void> {
  const href = await page.getByRole('link', { name: link }).getAttribute('href')
  const answer = await page.request.get(new URL(href ?? '', page.url()).href)
  expect(answer.status()).toBe(200)
  expect(answer.headers()['content-type']).toBe('application/pdf')
  expect((await answer.body()).subarray(0, 5).toString()).toBe('%PDF-')
}

/** Agrees to pay what is past due in steps of $50.00; says the address of the agreement. */
export async function agree(page: Page, account: string, who: Person): Promise<string> {
  await page.goto(`${account}/options/catch-up`)
  await page.getByLabel('Every two weeks').check()
  await page.getByLabel('How much each time?').fill('50')
  await page.getByRole('button', { name: 'Check this plan' }).click()
  await page.getByRole('link', { name: 'Read it and sign' }).click()
  await page.getByLabel('Your full name').fill(who.name)
  await page.getByRole('checkbox', { name: /electronically/ }).check()
  await page.getByRole('button', { name: 'Sign this agreement' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('It is agreed')
  return page.url()
}
