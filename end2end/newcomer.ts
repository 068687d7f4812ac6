// A person of a test's own: the row of one of the sample portfolio under another reference, imported into the running portal.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { person, type Person } from './people'
import type { Portal } from './portal'

const LIKE = 'NG-000023'

/** Owes $1,369.57, $228.26 of it past due since October, and the same on each other account. Each test names references nobody else uses. */
export function newcomer(portal: Portal, reference: string, ...others: string[]): Person {
  const [head, ...rows] = readFileSync(resolve(__dirname, '../samples/northgate-accounts.csv'), 'utf8').trim().split('\n')
  const row = rows.find((row) => row.startsWith(`${LIKE},`))
  if (!row) throw new Error(`${LIKE} is not in the samples`)
  const folder = mkdtempSync(join(tmpdir(), 'evenkeel-newcomer-'))
  const file = join(folder, 'accounts.csv')
  const own = [reference, ...others].map((account) => row.replace(LIKE, account).replace('C-000023', `C-${reference}`))
  writeFileSync(file, `${[head, ...own].join('\n')}\n`)
  portal.command('import', 'accounts', file, '--mapping', 'samples/northgate.toml')
  rmSync(folder, { recursive: true, force: true })
  return { ...person(LIKE), reference }
}
