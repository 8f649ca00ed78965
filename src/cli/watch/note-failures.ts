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

interface Notes {
  /** What was said of it just before. */
  readonly noted?: string
  /** The ids of runs below it that are open. @defaultValue none */
  readonly below?: () => Iterable<string>
}

/** Says what fails, each thing once of each run. */
export function noteFailures(
  { client }: Signalbox,
  id: string,
  terminal: Pick<Terminal, 'note'>,
  { noted, below = () => [] }: Notes = {},
): Looks {
  const said = new Map(noted === undefined ? [] : [[id, kindOf(noted)]])
  const note = (run: string, words: string | undefined, ended: AbortSignal) => {
    if (ended.aborted || words === undefined || kindOf(words) === said.get(run)) return
    said.set(run, kindOf(words))
    terminal.note(`note: ${run === id ? '' : `${run}: `}${words}`)
  }
  return lookEvery(LOOK_EVERY_MS, async ended => {
    const { failingBelow, failingOf } = await import('../../runtime/hearing/failing.ts')
    try {
      note(id, (await failingOf(client, id))?.words, ended)
      for (const run of below()) note(run, (await failingBelow(client, run))?.words, ended)
    } catch (error) {
      // A server that is out of reach stops no reader, who would wonder at the silence.
      const problem = await problemOf(error)
      if (!problem) throw error
      note(id, `${problem.message}; it is watched all the same`, ended)
    }
  })
}

/** An activity's words count its tries. */
function kindOf(words: string): string {
  return words.replace(/was tried (once|\d+ times)/, '')
}
