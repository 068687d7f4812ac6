// Others: somebody tells us of a death, and the customer says it is not so; a helper is let in, prepares, is turned away and is ended.
import { newcomer } from '../newcomer'
import { expect, expectAccessible, expectNoSidewaysScrolling, test } from '../portal'
import { signIn } from '../steps'

const heading = { level: 1 } as const

const browsers = [
  { name: 'with JavaScript', javaScriptEnabled: true, told: 'NG-900021', helped: 'NG-900022' },
  { name: 'without JavaScript', javaScriptEnabled: false, told: 'NG-900023', helped: 'NG-900024' },
]

for (const { name, javaScriptEnabled, told, helped } of browsers) {
  test.describe(name, () => {
    test.use({ javaScriptEnabled })

    test('what a stranger tells holds at once, and one button ends it', async ({ page, portal }) => {
      const who = newcomer(portal, told)
      await page.goto(portal.url)
      await page.getByRole('link', { name: 'Somebody has died, is insolvent or in a breathing space' }).click()
      await expect(page.getByRole('radio', { checked: true })).toHaveCount(0)
      await page.getByRole('button', { name: 'Tell us' }).click()
      await expect(page.getByRole('alert')).toContainText('Choose what has happened')
      await page.getByRole('radio', { name: 'Somebody has died' }).check()
      await page.getByLabel('Their family name').fill('Nobody')
      await page.getByLabel('The reference in our letter').fill(told)
      await page.getByRole('radio', { name: 'Family or a friend' }).check()
      await page.getByLabel('Your name').fill('Luis')
      await page.getByLabel('How can we reach you?').fill('luis@example.net')
      await page.getByRole('button', { name: 'Tell us' }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('Thank you for telling us')
      if (javaScriptEnabled) await expectAccessible(page)
      // The name is another: nothing is held, and nothing said so.
      await signIn(page, portal.url, who)
      await expect(page.getByRole('main')).not.toContainText('Somebody told us')
      await page.goto(`${portal.url}/told-us`)
      await page.getByRole('radio', { name: 'Somebody has died' }).check()
      await page.getByRole('radio', { name: 'Somebody else' }).check()
      await page.getByLabel('Your name').fill('Luis')
      await page.getByLabel('How can we reach you?').fill('luis@example.net')
      await page.getByRole('button', { name: 'Tell us' }).click()
      await page.goto(`${portal.url}/account`)
      await expect(page.getByRole('main')).toContainText('has died')
      await page.getByRole('link', { name: 'Is this not right? Tell us here' }).click()
      if (javaScriptEnabled) await expectAccessible(page)
      if (javaScriptEnabled) await expectNoSidewaysScrolling(page)
      await page.getByRole('button', { name: 'This is not right' }).click()
      await expect(page.getByRole('main')).toContainText('You told us that it is not right')
    })

    test('a helper is let in, prepares a plan, cannot sign it, and is out at once', async ({ page, portal, browser }) => {
      const account = await signIn(page, portal.url, newcomer(portal, helped))
      await page.goto(`${portal.url}/you/helpers`)
      await page.getByRole('link', { name: 'Let somebody help' }).click()
      await page.getByLabel('Their name').fill('Bea')
      await page.getByRole('radio', { name: 'A carer' }).check()
      await page.getByRole('checkbox', { name: /^Try ways forward/ }).check()
      await page.getByRole('radio', { name: 'All my accounts' }).check()
      await page.getByRole('radio', { name: /^30 days/ }).check()
      if (javaScriptEnabled) await expectAccessible(page)
      await page.getByRole('button', { name: 'Check it before confirming' }).click()
      if (javaScriptEnabled) await expectAccessible(page)
      await page.getByRole('button', { name: 'Let them help' }).click()
      if (javaScriptEnabled) await expectAccessible(page)
      if (javaScriptEnabled) await expectNoSidewaysScrolling(page)
      const link = (await page.locator('code').textContent()) ?? ''
      const code = (await page.getByRole('main').locator('strong').first().textContent()) ?? ''

      const other = await browser.newContext({ javaScriptEnabled })
      const helper = await other.newPage()
      await helper.goto(link)
      await helper.getByLabel('The code word').fill(code)
      await helper.getByRole('button', { name: 'Open' }).click()
      await expect(helper.getByRole('heading', heading)).toContainText('You are helping')
      if (javaScriptEnabled) await expectAccessible(helper)
      await helper.goto(`${account}/options`)
      await expect(helper.getByRole('main')).toContainText('You are helping')
      await helper.goto(`${account}/pay`)
      await expect(helper.getByRole('heading', heading)).toHaveText('This is not open to you')
      if (javaScriptEnabled) await expectAccessible(helper)

      await page.goto(account)
      await expect(page.getByRole('main')).toContainText('Bea can see this until')
      await page.getByRole('button', { name: 'End it now' }).click()
      await expect(page.getByRole('main')).toContainText('It ended on')
      await helper.goto(account)
      await expect(helper.getByRole('heading', heading)).toHaveText('Sign in')
      await other.close()
    })
  })
}
