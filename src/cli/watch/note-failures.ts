/**
 * Says what stops a run that is watched, where it is nothing that the run itself could tell.
 *
 * @module
 */
import type { Signalbox } from '../../runtime/client.ts'
import type { Terminal } from '../terminal.ts'
import { type Looks, lookEvery } from './look-every.ts'

const LOOK_EVERY_MS = 5_000

/** Says what fails, each thing once. */
export function noteFailures({ client }: Signalbox, id: string, terminal: Pick<Terminal, 'note'>): Looks {
  let said: string | undefined
  return lookEvery(LOOK_EVERY_MS, async () => {
    const { failingOf } = await import('../../runtime/failing.ts')
    const failing = await failingOf(client, id)
    const words = failing && `note: ${failing.words}`
    if (words === undefined || kindOf(words) === said) return
    said = kindOf(words)
    terminal.note(words)
  })
}

/** An activity's words count its tries. */
function kindOf(words: string): string {
  return words.replace(/has failed .* tried again/, '')
}
