/**
 * Calls of one run through the real activity.
 *
 * @module
 */
import type { AttemptRecord } from '../../src/core/ports.ts'
import type { Answer, Budget, CallModelInput, CallModelResult } from '../../src/core/protocol.ts'
import {
  beginCall,
  type CallScene,
  type CallSceneOptions,
  setCallScene,
  type Underway,
  userMessage,
} from './call-scene.ts'

export { type Underway, userMessage }

export const RUN = { id: 'run-1', key: 'key-1', workspace: 'default', labels: {} }

export interface Calling extends CallScene {
  open(budget?: Budget): Promise<void>
  begin(asked: CallModelInput): Underway
  call(asked: CallModelInput): Promise<CallModelResult>
  /** The answer, or an error that says what came instead. */
  answer(asked: CallModelInput): Promise<Answer>
  /** Of the run, in the order in which they left. */
  attempts(): Promise<readonly AttemptRecord[]>
}

export async function startCalling(options: CallSceneOptions): Promise<Calling> {
  const scene = await setCallScene(options)
  const { store, wired } = scene
  const begin = (asked: CallModelInput) => beginCall(wired.ports, asked)
  return {
    ...scene,
    begin,
    open: (budget = {}) => store.ledger.openRun({ run: RUN, workflow: 'test', budget, startedAtMs: Date.now() }),
    call: asked => begin(asked).result,
    async answer(asked) {
      const result = await begin(asked).result
      if (result.kind !== 'answered') throw new Error(`not answered: ${JSON.stringify(result)}`)
      return result.answer
    },
    async attempts() {
      const rows = await store.reports.attempts({ run: RUN.id, limit: 200 })
      return rows.toSorted((a, b) => a.step - b.step || a.attempt - b.attempt)
    },
  }
}

/** A call on a transcript of its own. */
export function callOf({ prompt = 'Tell me a story.', ...rest }: Partial<CallModelInput> & { prompt?: string }) {
  const { run = RUN, step = 1 } = rest
  const input: CallModelInput = {
    run,
    step,
    taskClass: 'open',
    transcript: { lineage: `${run.key}/${step}`, length: 0 },
    additions: [userMessage(prompt)],
    memory: { draw: 0.5 },
    ...rest,
  }
  return input
}
