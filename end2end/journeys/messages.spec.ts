// Messages with the team: a question and its answer, in the portal; a draft with a paper; and two optional questions when it is over.
import { newcomer } from '../newcomer'
import { expect, expectAccessible, expectNoSidewaysScrolling, test } from '../portal'
import { signIn } from '../steps'

const heading = { level: 1 } as const

// The smallest picture: one pixel.
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

const browsers = [
  { name: 'with JavaScript', javaScriptEnabled: true, reference: 'NG-900012' },
  { name: 'without JavaScript', javaScriptEnabled: false, reference: 'NG-900013' },
]

for (const { name, javaScriptEnabled, reference } of browsers) {
  test.describe(name, () => {
    test.use({ javaScriptEnabled })

    test('asked, kept, sent, answered, written back, closed, and how it was', async ({ page, portal }) => {
      const account = await signIn(page, portal.url, newcomer(portal, reference))
      await page.goto(`${account}/message/other`)
      await expect(page.getByRole('heading', heading)).toHaveText('Write to us')
      await expect(page.getByRole('main')).toContainText('If you send it today, a person answers by')
      await page.getByRole('radio', { name: 'A payment or a receipt' }).check()
      await page.getByRole('button', { name: 'Send this to a person' }).click()
      await expect(page.getByRole('alert')).toContainText('Write a few words')
      await expect(page.getByRole('radio', { name: 'A payment or a receipt' })).toBeChecked()
      await page.getByLabel('Your message').fill('Where is my receipt?')
      await page.getByRole('button', { name: 'Add papers or photos first' }).click()

      // Leaving is no failure: it is kept.
      await expect(page.getByRole('heading', heading)).toHaveText('Check it before you send it')
      await page.goto(`${portal.url}/messages`)
      await expect(page.getByRole('main')).toContainText('It is not sent yet')
      await page.getByRole('link', { name: 'Go on with it' }).click()
      await page.getByLabel('Add a file').setInputFiles({ name: 'receipt.png', mimeType: 'image/png', buffer: PIXEL })
      await page.getByRole('button', { name: 'Add this file' }).click()
      await expect(page.getByRole('main')).toContainText('PNG, 1 kB')
      await page.getByRole('button', { name: 'Send this to a person' }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('We have your message')
      await page.reload()
      await expect(page.getByRole('main')).toContainText('A person answers by')
      const number = (await page.getByRole('main').textContent())?.match(/M-[0-9A-Z]{4}-[0-9A-Z]{4}/)?.[0] ?? ''

      // The answer is there, said in words.
      portal.command('message', 'answer', number, '--by', 'Ines', '--text', 'It is on its way.')
      await page.goto(`${portal.url}/messages`)
      await expect(page.getByRole('main')).toContainText('New answer')
      await page.getByRole('link', { name: 'A payment or a receipt' }).click()
      await expect(page.getByRole('main')).toContainText('It is on its way.')
      await expect(page.getByRole('main')).toContainText('PNG, 1 kB')
      await page.getByLabel('Your message').fill('Thank you.')
      await page.getByRole('button', { name: 'Send this to a person' }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('We have your message')

      // Over, by the customer's own word: asked quietly, and taken at their word.
      await page.goto(`${portal.url}/messages/${number}`)
      await expect(page.getByRole('main')).toContainText('nobody needs to answer')
      await page.getByRole('button', { name: 'This is settled for me' }).click()
      await expect(page.getByRole('main')).toContainText('You closed this on')
      await expect(page.getByRole('button', { name: 'This is settled for me' })).toHaveCount(0)
      await page.getByRole('link', { name: /Two questions, if you like/ }).click()
      await expect(page.getByRole('radio', { checked: true })).toHaveCount(0)
      await page.getByRole('button', { name: 'Send my answers' }).click()
      await expect(page.getByRole('alert')).toContainText('Answer one of them')
      await page.getByRole('radio', { name: 'Good', exact: true }).check()
      await page.getByLabel('Would you recommend us?').selectOption('8')
      await page.getByRole('button', { name: 'Send my answers' }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('Thank you')
      await page.goto(`${portal.url}/messages/${number}`)
      await expect(page.getByRole('link', { name: /Two questions, if you like/ })).toHaveCount(0)
    })
  })
}

test('a conversation and its questions are accessible, and work with the keyboard alone', async ({ page, portal }) => {
  await signIn(page, portal.url, newcomer(portal, 'NG-900014'))
  await page.goto(`${portal.url}/messages/new`)
  await page.getByRole('radio', { name: 'Something else' }).focus()
  await page.keyboard.press('Space')
  await page.getByLabel('Your message').focus()
  await page.keyboard.type('One line.\n\nAnother one.')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', heading)).toHaveText('We have your message')
  await expectAccessible(page)
  const number = (await page.getByRole('main').textContent())?.match(/M-[0-9A-Z]{4}-[0-9A-Z]{4}/)?.[0] ?? ''
  portal.command('message', 'answer', number, '--by', 'Ines', '--text', 'Two\n\nparagraphs.')
  await page.goto(`${portal.url}/messages/${number}`)
  await expectAccessible(page)
  await expectNoSidewaysScrolling(page)
  await page.getByRole('button', { name: 'Send this to a person' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await expectAccessible(page)
  portal.command('message', 'close', number, '--by', 'Ines')
  await page.goto(`${portal.url}/messages/${number}`)
  await page.getByRole('link', { name: /Two questions, if you like/ }).click()
  await page.getByRole('button', { name: 'No thank you' }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('That is fine')
  await expectAccessible(page)
})
