// The people of the sample portfolio, read from the file that was imported. One portal serves many tests: a test that changes
// something takes a person nobody else takes.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

export type Person = {
  reference: string
  name: string
  born: { year: string; month: string; day: string }
  postalCode: string
  language: string
  /** As the portal writes it in English. */
  balance: string
  pastDue: string
}

const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' })

function cells(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map((match) => match[1] ?? match[2])
}

const [head, ...rows] = readFileSync(resolve(__dirname, '../samples/northgate-accounts.csv'), 'utf8').trim().split('\n').map(cells)

export function person(reference: string): Person {
  const row = rows.find((cells) => cells[0] === reference)
  if (!row) throw new Error(`${reference} is not in the samples`)
  const field = (name: string) => row[head.indexOf(name)]
  const [year, month, day] = field('date_of_birth').split('-')
  return {
    reference,
    name: `${field('given_name')} ${field('family_name')}`,
    born: { year, month: String(Number(month)), day: String(Number(day)) },
    postalCode: field('postal_code'),
    language: field('language'),
    balance: dollars.format(Number(field('current_balance'))),
    pastDue: dollars.format(Number(field('past_due_amount'))),
  }
}
