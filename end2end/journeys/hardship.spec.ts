// Something has changed: telling it at night, sending it, and what is on hold from then on. With and without JavaScript.
import { newcomer } from '../newcomer'
import { expect, test } from '../portal'
import { signIn } from '../steps'

const heading = { level: 1 } as const

const browsers = [
  { name: 'with JavaScript', javaScriptEnabled: true, reference: 'NG-900009' },
  { name: 'without JavaScript', javaScriptEnabled: false, reference: 'NG-900010' },
]

for (const { name, javaScriptEnabled, reference } of browsers) {
  test.describe(name, () => {
    test.use({ javaScriptEnabled })

    test('from telling it to the page that says what is on hold, and back', async ({ page, portal }) => {
      const who = newcomer(portal, reference)
      const account = await signIn(page, portal.url, who)
      await page.getByRole('link', { name: /^Something has changed/ }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('Something has changed')
      // Nothing is chosen for anybody, and one answer is enough.
      await expect(page.getByRole('radio', { checked: true })).toHaveCount(0)
      await page.getByRole('button', { name: 'Keep it and go on' }).click()
      await expect(page.getByRole('alert')).toContainText('Choose what has changed')
      await page.getByRole('radio', { name: 'I earn less' }).check()
      await page.getByRole('checkbox', { name: 'Smaller payments' }).check()
      await page.getByLabel('In your own words').fill('Half the hours since October.')
      await page.getByRole('button', { name: 'Keep it and go on' }).click()

      await expect(page.getByRole('heading', heading)).toHaveText('Income and spending')
      await page.getByLabel('Wages', { exact: true }).fill('300')
      await page.getByLabel('Wages: by').selectOption('week')
      await page.getByLabel('Rent or mortgage', { exact: true }).fill('1400')
      await page.getByRole('button', { name: 'Add it up' }).click()
      await expect(page.getByText('−$100.00')).toBeVisible()
      await page.getByRole('button', { name: 'Keep it and check everything' }).click()

      await expect(page.getByRole('heading', heading)).toHaveText('Check it and send it')
      await expect(page.getByText('Half the hours since October.')).toBeVisible()
      await page.getByRole('button', { name: 'Send it' }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('Your request')
      await expect(page.getByText('Thank you for telling us.')).toBeVisible()
      await expect(page.getByText(/Nothing is asked for or collected/)).toBeVisible()
      await expect(page.getByRole('heading', { name: 'Who helps for free' })).toBeVisible()
      await page.goto(account)
      await expect(page.getByText(/You told us that something has changed/)).toBeVisible()

      await page.getByRole('link', { name: /^Something has changed/ }).click()
      await page.getByRole('button', { name: 'Take it back' }).click()
      await expect(page.getByText(/You took this request back/)).toBeVisible()
      await page.goto(account)
      await expect(page.getByText(/You told us that something has changed/)).toHaveCount(0)
    })
  })
}
