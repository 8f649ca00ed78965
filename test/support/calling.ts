/**
 * Calls through the real activity.
 *
 * @module
 */
import type { AttemptRecord } from '../../src/core/ports.ts'
import type { Answer, Budget, CallModelInput, CallModelResult, RunRef } from '../../src/core/protocol.ts'
import {
  beginCall,
  type CallScene,
  type CallSceneOptions,
  setCallScene,
  type Underway,
  userMessage,
} from './call-scene.ts'

export { type Underway, userMessage }

/** The run of whatever names none. */
export const RUN: RunRef = { id: 'run-1', key: 'key-run-1', workspace: 'default', labels: {} }

/** What a call asks, as far as it differs from {@link callOf}'s. */
export type Asked = Partial<CallModelInput> & { readonly prompt?: string }

export interface Calling extends CallScene {
  /** Opens {@link RUN}, or one that differs from it. */
  open(how?: Partial<RunRef> & { readonly budget?: Budget }): Promise<RunRef>
  begin(asked?: Asked): Underway
  call(asked?: Asked): Promise<CallModelResult>
  /** The answer, or an error that says what came instead. */
  answer(asked?: Asked): Promise<Answer>
  /** Of {@link RUN}, in the order in which they left. */
  attempts(): Promise<readonly AttemptRecord[]>
}

export async function startCalling(options: CallSceneOptions): Promise<Calling> {
  const scene = await setCallScene(options)
  const { store, wired } = scene
  const begin = (asked?: Asked) => beginCall(wired.ports, callOf(asked))
  return {
    ...scene,
    begin,
    async open({ budget = {}, id = RUN.id, ...changes } = {}) {
      const run = { ...RUN, id, key: `key-${id}`, ...changes }
      await store.ledger.openRun({ run, workflow: 'test', budget, startedAtMs: Date.now() })
      return run
    },
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

/** A call on a transcript of its own: the first of {@link RUN}, but for the changes. */
export function callOf({ prompt = 'Tell me a story.', ...changes }: Asked = {}): CallModelInput {
  const { run = RUN, step = 1 } = changes
  return {
    run,
    step,
    taskClass: 'open',
    transcript: { lineage: `${run.key}/${step}`, length: 0 },
    additions: [userMessage(prompt)],
    memory: { draw: 0.5 },
    ...changes,
  }
}
