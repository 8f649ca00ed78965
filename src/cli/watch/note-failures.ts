/**
 * Says what stops a run that is watched, where it is nothing that the run itself could tell.
 *
 * @module
 */
import type { Signalbox } from '../../runtime/client.ts'
import type { Terminal } from '../terminal.ts'

const LOOK_EVERY_MS = 5_000

/** Looks from time to time and says what fails, each thing once. @returns what ends it */
export function noteFailures({ client }: Signalbox, id: string, terminal: Pick<Terminal, 'note'>): () => void {
  let said: string | undefined
  const look = async () => {
    const { failingOf } = await import('../../runtime/failing.ts')
    // Whether there is a server at all is told where the run's events are read.
    const failing = await failingOf(client, id).catch(() => undefined)
    const words = failing && `note: ${failing.words}`
    if (words === undefined || kindOf(words) === said) return
    said = kindOf(words)
    terminal.note(words)
  }
  const timer = setInterval(() => void look(), LOOK_EVERY_MS)
  return () => clearInterval(timer)
}

/** An activity's words count its tries. */
function kindOf(words: string): string {
  return words.replace(/has failed .* tried again/, '')
}
