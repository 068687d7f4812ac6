// Paying on the processor's page, and what is said of every way it can end.
import { person } from '../people'
import { expect, test } from '../portal'
import { expectPdf, goAndPay, payAs, signIn } from '../steps'

const heading = { level: 1 } as const

// Each kind of browser has its own people: they share a portal.
const browsers = [
  { name: 'with JavaScript', javaScriptEnabled: true, pastDue: 'NG-000225', part: 'NG-000241', declined: 'NG-000289', confirms: 'NG-000293', slow: 'NG-000319', unknown: 'NG-000361', cancels: 'NG-000363' },
  { name: 'without JavaScript', javaScriptEnabled: false, pastDue: 'NG-000371', part: 'NG-006321', declined: 'NG-000571', confirms: 'NG-006703', slow: 'NG-007947', unknown: 'NG-008657', cancels: 'NG-010769' },
]

for (const { name, javaScriptEnabled, ...who } of browsers) {
  test.describe(name, () => {
    test.use({ javaScriptEnabled })

    test('what is past due is paid, with a receipt', async ({ page, portal }) => {
      const payer = person(who.pastDue)
      const account = await signIn(page, portal.url, payer)
      await goAndPay(page, account, { choice: /^What is past due/ })
      await expect(page.getByRole('main')).toContainText(payer.pastDue)
      await payAs(page, 'Card: approved')
      await expect(page.getByRole('heading', heading)).toHaveText(`Paid: ${payer.pastDue}`)
      const receipt = page.getByRole('region', { name: 'Receipt' })
      await expect(receipt.getByRole('table', { name: 'What it was applied to' })).toContainText(payer.pastDue)
      await expect(receipt.getByRole('table', { name: 'Which part of the debt it paid' })).toContainText(payer.pastDue)
      await expectPdf(page, 'Receipt as PDF')
      await page.goto(account)
      await expect(page.getByRole('main')).toContainText('nothing of this is past due')
      await expect(page.getByRole('main')).toContainText('Your payment on 22 November 2026')
    })

    test('a part is paid, after an amount that is too small', async ({ page, portal }) => {
      const account = await signIn(page, portal.url, person(who.part))
      await page.goto(`${account}/pay`)
      await page.getByRole('radio', { name: 'Another amount' }).check()
      await page.getByLabel('Your amount').fill('0.50')
      await page.getByRole('button', { name: 'Check before paying' }).click()
      await expect(page.getByRole('alert')).toContainText('$5.00')
      await expect(page.getByLabel('Your amount')).toHaveValue('0.50')
      await goAndPay(page, account, { amount: '12.34' })
      await payAs(page, 'Card: approved, the message to the portal comes twice')
      await expect(page.getByRole('heading', heading)).toHaveText('Paid: $12.34')
      await page.reload()
      await expect(page.getByRole('heading', heading)).toHaveText('Paid: $12.34')
    })

    test('a declined payment says so in plain words, and can be made again', async ({ page, portal }) => {
      const account = await signIn(page, portal.url, person(who.declined))
      await goAndPay(page, account, { amount: '20' })
      await payAs(page, 'Card: declined, not enough money')
      await expect(page.getByRole('heading', heading)).toHaveText('This payment did not go through')
      await expect(page.getByRole('main')).toContainText('there was not enough money in the account. No money has been taken.')
      await expect(page.getByRole('link', { name: 'See other ways forward' })).toBeVisible()
      await page.getByRole('link', { name: 'Choose what to pay' }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('Choose what to pay')
      await goAndPay(page, account, { amount: '10' })
      await payAs(page, 'Card: approved')
      await expect(page.getByRole('heading', heading)).toHaveText('Paid: $10.00')
    })

    test('nothing is paid until the bank has its confirmation', async ({ page, portal }) => {
      const account = await signIn(page, portal.url, person(who.confirms))
      await goAndPay(page, account, { amount: '15' })
      await payAs(page, 'Card: the bank asks to confirm')
      await expect(page.getByRole('heading', { name: 'Your bank asks you to confirm' })).toBeVisible()
      // They wander off and find their way back.
      await page.goto(account)
      await page.getByRole('link', { name: 'See this payment' }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('Your bank needs you')
      await expect(page.getByRole('main')).toContainText('Until you do, nothing is paid.')
      await page.getByRole('link', { name: 'Go on to the payment page' }).click()
      await page.getByRole('button', { name: 'Yes, this is my payment' }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('Paid: $15.00')
    })

    test('a payment that takes a while is not called paid', async ({ page, portal }) => {
      const account = await signIn(page, portal.url, person(who.slow))
      await goAndPay(page, account, { amount: '25' })
      await payAs(page, 'Bank account: takes a while, then succeeds')
      await expect(page.getByRole('heading', heading)).toHaveText('Your payment is on its way')
      await expect(page.getByRole('main')).not.toContainText('Receipt')
    })

    test('leaving the payment page takes no money', async ({ page, portal }) => {
      const account = await signIn(page, portal.url, person(who.cancels))
      await goAndPay(page, account, { amount: '30' })
      await page.getByRole('button', { name: 'Cancel and go back' }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('You cancelled this payment')
      await expect(page.getByRole('main')).toContainText('No money has been taken.')
    })

    test('an unknown outcome is shown as unknown', async ({ page, portal }) => {
      const account = await signIn(page, portal.url, person(who.unknown))
      await goAndPay(page, account, { choice: /^What is past due/ })
      await payAs(page, 'Card: charged, but the payment company stops answering')
      await page.getByRole('link', { name: 'Back to the portal' }).click({ timeout: 5_000 })
      await expect(page.getByRole('heading', heading)).toHaveText('We do not know yet')
      await expect(page.getByRole('main')).toContainText('Please do not pay it again.')
      await expect(page.getByRole('main')).not.toContainText('No money has been taken')
      const payment = page.url()
      // The way to pay again leads to the one that is not known yet.
      await page.goto(`${account}/pay`)
      await expect(page).toHaveURL(payment)
    })
  })
}
