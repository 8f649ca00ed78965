/**
 * Says what stops a run that is watched, where it is nothing that the run itself could tell.
 *
 * @module
 */
import type { Signalbox } from '../../runtime/client.ts'
import { problemOf } from '../problem.ts'
import type { Terminal } from '../terminal.ts'
import { type Looks, lookEvery } from './look-every.ts'

const LOOK_EVERY_MS = 5_000

/** Says what fails, each thing once. @param noted - What was said of it just before. */
export function noteFailures(
  { client }: Signalbox,
  id: string,
  terminal: Pick<Terminal, 'note'>,
  noted?: string,
): Looks {
  let said = noted && kindOf(noted)
  return lookEvery(LOOK_EVERY_MS, async () => {
    const words = await whatFails(client, id)
    if (words === undefined || kindOf(words) === said) return
    said = kindOf(words)
    terminal.note(`note: ${words}`)
  })
}

/** A server that is out of reach stops no reader, who would wonder at the silence. */
async function whatFails(client: Signalbox['client'], id: string): Promise<string | undefined> {
  const { failingOf } = await import('../../runtime/runs/failing.ts')
  try {
    return (await failingOf(client, id))?.words
  } catch (error) {
    const problem = await problemOf(error)
    if (!problem) throw error
    return `${problem.message}; what the store has is shown meanwhile`
  }
}

/** An activity's words count its tries. */
function kindOf(words: string): string {
  return words.replace(/has failed (once|\d+ times)/, '')
}
