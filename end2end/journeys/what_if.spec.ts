// "What happens if…", and what a change leads to while it is tried: with and without JavaScript.
import { newcomer } from '../newcomer'
import { expect, expectAccessible, expectNoSidewaysScrolling, test } from '../portal'
import { agree, signIn } from '../steps'

const heading = { level: 1 } as const

test.describe('with JavaScript', () => {
  test('what would happen is drawn as people try, by a program of its own that is small', async ({ page, portal, context }) => {
    const who = newcomer(portal, 'NG-900041')
    const agreement = await agree(page, await signIn(page, portal.url, who), who)
    const session = await context.newCDPSession(page)
    await session.send('Network.enable')
    await session.send('Network.setCacheDisabled', { cacheDisabled: true })
    let weight = 0
    session.on('Network.loadingFinished', ({ encodedDataLength }) => { weight += encodedDataLength })
    await page.goto(`${agreement}/what-if`, { waitUntil: 'networkidle' })
    console.log(`    what happens if: ${weight} bytes, everything included`)
    expect(weight).toBeLessThan(80_000)
    await expect(page.getByRole('button', { name: 'Show me' })).toBeHidden()
    // Only the field that is of use.
    await expect(page.getByLabel('How much more?')).toBeHidden()
    const result = page.getByRole('region', { name: 'What would happen' })
    await page.getByLabel('I pay more each time').check()
    await page.getByLabel('How much more?').fill('20')
    await expect(result).toContainText('You pay $20.00 more each time')
    await expect(result.getByRole('table')).toContainText('$70.00 on')
    await page.getByLabel('How much more?').fill('100000')
    await expect(result).toContainText('That is more than there is to pay')
    await page.getByLabel('I miss one payment').check()
    await expect(page.getByLabel('How much more?')).toBeHidden()
    await expect(result).toContainText('If it is not put right, your agreement ends on')
    await expectAccessible(page)
    await expectNoSidewaysScrolling(page)
    // Nothing was sent for it.
    expect(page.url()).toBe(`${agreement}/what-if`)
    // From an idea to a change that is checked, in one step.
    await page.getByLabel('I have less money than before').check()
    await expectAccessible(page)
    await result.getByRole('listitem').filter({ hasText: 'Skip one payment' }).getByRole('button').click()
    await expect(page.getByRole('heading', heading)).toHaveText('Check and sign the change')

    // The same for a change as it is filled in.
    await page.goto(`${agreement}/change/pause`)
    const preview = page.getByRole('region', { name: 'What this changes' })
    await expect(preview).toContainText('Fill in the form')
    await page.getByRole('textbox', { name: 'Month' }).fill('1')
    await page.getByRole('textbox', { name: 'Day' }).fill('10')
    await page.getByRole('textbox', { name: 'Year' }).fill('2027')
    await expect(preview.getByRole('table')).toBeVisible()
    await expectAccessible(page)
    await expectNoSidewaysScrolling(page)
    await page.getByRole('textbox', { name: 'Year' }).fill('2037')
    await expect(preview).toContainText('That is too late for this')
    await expect(preview.getByRole('button', { name: 'See what changes' })).toBeVisible()

    // What was looked at is found again, and put aside.
    await page.goto(`${portal.url}/account`)
    const kept = page.getByText('You were looking at a change of your agreement')
    await expect(kept).toBeVisible()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Put it aside' }).click()
    await expect(page).toHaveURL(agreement)
    await expect(kept).toHaveCount(0)
  })
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('the same answers, in the address', async ({ page, portal }) => {
    const who = newcomer(portal, 'NG-900042')
    await agree(page, await signIn(page, portal.url, who), who)
    await page.getByRole('link', { name: 'What happens if…' }).click()
    await expect(page.getByRole('heading', heading)).toHaveText('What happens if…')
    const result = page.getByRole('region', { name: 'What would happen' })
    await page.getByLabel('I pay something extra now').check()
    await page.getByRole('button', { name: 'Show me' }).click()
    await expect(page.getByRole('alert')).toContainText('Enter an amount')
    await page.getByLabel('How much more?').fill('50')
    await page.getByRole('button', { name: 'Show me' }).click()
    await expect(page).toHaveURL(/\/what-if\?if=once&amount=50&number=\d+$/)
    await expect(result).toContainText('$50.00 paid today counts for your next payments')
    await page.getByLabel('I stop paying').check()
    await page.getByRole('button', { name: 'Show me' }).click()
    await expect(result).toContainText('You would owe $1,369.57 on this account')
    await expectNoSidewaysScrolling(page)
  })
})
