// Every task is short: from signing in to the proof at most eight pages and, typed fields aside, twelve clicks. The payment company's
// page is one of them.
import type { Locator, Page } from '@playwright/test'
import { newcomer } from '../newcomer'
import type { Person } from '../people'
import { expect, test, type Portal } from '../portal'
import { agree, signIn } from '../steps'

const MOST_PAGES = 8
const MOST_CLICKS = 12

/** A customer whose clicks and pages are counted. */
class Counted {
  clicks = 0
  pages = 0

  constructor(readonly page: Page, readonly who: Person) {
    page.on('domcontentloaded', () => { this.pages += 1 })
  }

  async press(what: Locator): Promise<void> {
    this.clicks += 1
    await what.click()
  }

  async button(name: string | RegExp): Promise<void> {
    await this.press(this.page.getByRole('main').getByRole('button', { name }).first())
  }

  async choose(name: string | RegExp): Promise<void> {
    await this.press(this.page.getByRole('radio', { name }))
  }

  /** Follows the first link to an address that ends so. */
  async go(end: string): Promise<void> {
    await this.press(this.page.locator(`main a[href$="${end}"], main a[href*="${end}#"]`).first())
  }

  async signIn(portal: Portal): Promise<void> {
    await this.page.goto(`${portal.url}/sign-in`)
    await this.page.getByLabel('Your reference').fill(this.who.reference)
    await this.page.getByLabel('Month').fill(this.who.born.month)
    await this.page.getByLabel('Day').fill(this.who.born.day)
    await this.page.getByLabel('Year').fill(this.who.born.year)
    await this.page.getByLabel('Your postal code').fill(this.who.postalCode)
    await this.button('Sign in')
  }

  async sign(button: string): Promise<void> {
    await this.page.getByLabel('Your full name').fill(this.who.name)
    await this.press(this.page.getByRole('checkbox', { name: /electronically/ }))
    await this.button(button)
  }

  async expectShort(proof: string | RegExp): Promise<void> {
    await expect(this.page.getByRole('heading', { level: 1 })).toHaveText(proof)
    console.log(`    ${this.pages} pages, ${this.clicks} clicks`)
    expect(this.pages, 'pages').toBeGreaterThan(3)
    expect(this.pages, 'pages').toBeLessThanOrEqual(MOST_PAGES)
    expect(this.clicks, 'clicks').toBeLessThanOrEqual(MOST_CLICKS)
  }
}

test.use({ javaScriptEnabled: false })

test('paying is short', async ({ page, portal }) => {
  const customer = new Counted(page, newcomer(portal, 'NG-900050'))
  await customer.signIn(portal)
  await customer.go('/pay')
  await customer.choose('Another amount')
  await page.getByLabel('Your amount').fill('20')
  await customer.button('Check before paying')
  await customer.button('Pay $20.00 now')
  await customer.choose(/^Card: approved$/)
  await customer.button('Pay $20.00 now')
  await customer.expectShort(/^Paid: \$20\.00/)
})

test('agreeing a plan is short', async ({ page, portal }) => {
  const customer = new Counted(page, newcomer(portal, 'NG-900051'))
  await customer.signIn(portal)
  await customer.go('/options')
  await customer.go('/options/catch-up')
  await customer.choose('Every two weeks')
  await page.getByLabel('How much each time?').fill('50')
  await customer.button('Check this plan')
  await customer.go('/sign')
  await customer.sign('Sign this agreement')
  await customer.expectShort('It is agreed')
})

test('changing an agreement is short', async ({ page, portal, browser }) => {
  const who = newcomer(portal, 'NG-900052')
  const before = await browser.newPage()
  await agree(before, await signIn(before, portal.url, who), who)
  await before.close()
  const customer = new Counted(page, who)
  await customer.signIn(portal)
  await customer.press(page.locator('main a[href^="/agreements/"]').first())
  await customer.go('/change')
  await customer.button('See what changes')
  await customer.sign('Sign the change')
  await customer.expectShort(/^(It is agreed|Your agreement)$/)
})

test('asking for a hardship review is short', async ({ page, portal }) => {
  const customer = new Counted(page, newcomer(portal, 'NG-900053'))
  await customer.signIn(portal)
  await customer.go('/hardship')
  await customer.choose('I earn less')
  await customer.button('Keep it and go on')
  await customer.go('/hardship/check')
  await customer.button('Send it')
  await customer.expectShort('Your request')
})

test('saying that it is not right is short', async ({ page, portal }) => {
  const customer = new Counted(page, newcomer(portal, 'NG-900054'))
  await customer.signIn(portal)
  await customer.go('/dispute')
  await customer.choose('The amount is wrong')
  await customer.choose(/^All of it/)
  await page.getByLabel('In your own words').fill('It was paid in May.')
  await customer.button('Check it before sending')
  await customer.button('Send this to us')
  await customer.expectShort('We are looking into it')
})
