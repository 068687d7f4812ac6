// "This is not right": a part of it, kept as typed, sent once, answered in writing, and taken back: with and without JavaScript.
import { newcomer } from '../newcomer'
import { expect, expectAccessible, expectNoSidewaysScrolling, test } from '../portal'
import { expectPdf, say, signIn } from '../steps'

const heading = { level: 1 } as const

const browsers = [
  { name: 'with JavaScript', javaScriptEnabled: true, reference: 'NG-900037' },
  { name: 'without JavaScript', javaScriptEnabled: false, reference: 'NG-900038' },
]

for (const { name, javaScriptEnabled, reference } of browsers) {
  test.describe(name, () => {
    test.use({ javaScriptEnabled })

    test('a part is disputed, kept, sent, asked about, answered, and another is taken back', async ({ page, portal }) => {
      const who = newcomer(portal, reference)
      const account = await signIn(page, portal.url, who)
      await page.getByRole('link', { name: 'This is not right' }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('This is not right')
      // Nothing is chosen for anybody, and what is missing is said with what was typed still there.
      await expect(page.getByRole('radio', { checked: true })).toHaveCount(0)
      await page.getByRole('radio', { name: 'A part of it' }).check()
      await page.getByLabel('Which part?').fill('999999')
      await page.getByLabel('In your own words').fill('The fee of May is there twice.')
      await page.getByRole('button', { name: 'Check it before sending' }).click()
      await expect(page.getByRole('alert')).toContainText('Choose what is not right')
      await expect(page.getByLabel('Which part?')).toHaveValue('999999')
      await page.getByRole('radio', { name: 'The amount is wrong' }).check()
      await page.getByLabel('Which part?').fill('20')
      await page.getByRole('button', { name: 'Check it before sending' }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('Check it before you send it')

      // Leaving is no failure: it is kept.
      await page.goto(account)
      await page.getByRole('link', { name: 'This is not right' }).click()
      await expect(page.getByRole('main')).toContainText('What you typed before is still here')
      await expect(page.getByLabel('In your own words')).toHaveValue('The fee of May is there twice.')
      await page.getByRole('button', { name: 'Check it before sending' }).click()
      await expect(page.getByRole('main')).toContainText('$20.00 of it')
      await page.getByRole('button', { name: 'Send this to us' }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('We are looking into it')
      const status = page.url()

      // On hold everywhere, and nothing goes to that part.
      await page.goto(account)
      await expect(page.getByRole('main')).toContainText('You told us that something is not right')
      await page.goto(`${account}/pay`)
      await expect(page.getByRole('main')).toContainText('You told us that $20.00 is not right')
      await expect(page.getByRole('radio', { name: /^Everything/ })).toHaveCount(0)

      const number = (await page.goto(status), await page.getByRole('main').textContent())?.match(/DP-[0-9A-Z]{4}-[0-9A-Z]{4}/)?.[0] ?? ''
      portal.command('dispute', 'ask', number, '--text', 'Do you have the bill?', '--by', 'Ines')
      await page.reload()
      await expect(page.getByRole('heading', heading)).toHaveText('We have a question')
      await page.getByLabel('Your reply').fill('Not any more.')
      await page.getByRole('button', { name: 'Add this', exact: true }).click()
      await expect(page.getByRole('main')).toContainText('Not any more.')
      portal.command('dispute', 'answer', number, '--outcome', 'verified', '--text', 'The bill of May has it once.', '--by', 'Ines')
      await page.reload()
      await expect(page.getByRole('heading', heading)).toHaveText('We have answered')
      await expect(page.getByRole('main')).toContainText('The bill of May has it once.')
      await expectPdf(page, 'Our answer as a PDF')
      portal.command('dispute', 'posted', number, '--by', 'Ines')

      // Another, taken back.
      await say(page, account, { words: 'I am not sure.' })
      await page.getByRole('button', { name: 'Take it back' }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('You took it back')
      await page.goto(account)
      await expect(page.getByRole('main')).not.toContainText('You told us that something is not right')

      // Letters, at once.
      await page.goto(`${account}/letters`)
      await page.getByRole('radio', { name: 'Validation information' }).check()
      await page.getByRole('button', { name: 'Make this letter' }).click()
      await expectPdf(page, 'Validation information')
    })
  })
}

test('it is accessible while a question is open and when it is answered', async ({ page, portal }) => {
  const account = await signIn(page, portal.url, newcomer(portal, 'NG-900039'))
  await say(page, account, { words: 'I have paid this.' })
  const number = (await page.getByRole('main').textContent())?.match(/DP-[0-9A-Z]{4}-[0-9A-Z]{4}/)?.[0] ?? ''
  portal.command('dispute', 'ask', number, '--text', 'When?', '--by', 'Ines')
  await page.reload()
  await expectAccessible(page)
  await expectNoSidewaysScrolling(page)
  await page.getByRole('button', { name: 'Add this', exact: true }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await expectAccessible(page)
  portal.command('dispute', 'answer', number, '--outcome', 'verified', '--text', 'We found no payment.', '--by', 'Ines')
  await page.reload()
  await expectAccessible(page)
  await expectNoSidewaysScrolling(page)
})
