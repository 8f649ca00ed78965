/**
 * Says what stops a run that is watched, where it is nothing that the run itself could tell.
 *
 * @module
 */
import type { Signalbox } from '../../runtime/client.ts'
import type { Hindrances } from '../../runtime/hearing/hindrances.ts'
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

/** Says what fails, and that no worker takes a run up: each thing once of each run. */
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
  let hindrances: Hindrances | undefined
  return lookEvery(LOOK_EVERY_MS, async ended => {
    const { createHindrances } = await import('../../runtime/hearing/hindrances.ts')
    hindrances ??= createHindrances(client)
    try {
      note(id, await hindrances.of(id), ended)
      for (const run of below()) note(run, await hindrances.below(run), ended)
    } catch (error) {
      // A server that is out of reach stops no reader, who would wonder at the silence.
      const problem = await problemOf(error)
      if (!problem) throw error
      note(id, `${problem.message}; it is watched all the same`, ended)
    }
  })
}

/** An activity's words count its tries, and those of a queue the seconds since it was asked. */
function kindOf(words: string): string {
  return words.replace(/was tried (once|\d+ times)|for work \d+ s ago/, '')
}
