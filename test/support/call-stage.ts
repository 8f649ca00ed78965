/**
 * Calls of runs that a test names, through the real activity.
 *
 * @module
 */
import type { Budget, CallModelInput, CallModelResult, RunRef } from '../../src/core/protocol.ts'
import { beginCall, type CallScene, type CallSceneOptions, setCallScene, type Underway } from './call-scene.ts'
import { callOf, userMessage } from './calling.ts'

export { userMessage }

export interface CallStage extends CallScene {
  open(id: string, changes?: Partial<RunRef>, budget?: Budget): Promise<RunRef>
  /** A call with a transcript of its own; `changes` may give it another. */
  inputOf(run: RunRef, taskClass: string, step: number, changes?: Partial<CallModelInput>): CallModelInput
  begin(run: RunRef, taskClass: string, step: number, changes?: Partial<CallModelInput>): Underway
  /** To its end. */
  call(run: RunRef, taskClass: string, step: number, changes?: Partial<CallModelInput>): Promise<CallModelResult>
}

export async function setCallStage(options: CallSceneOptions): Promise<CallStage> {
  const scene = await setCallScene(options)
  const inputOf: CallStage['inputOf'] = (run, taskClass, step, changes) => callOf({ run, taskClass, step, ...changes })
  const begin: CallStage['begin'] = (...asked) => beginCall(scene.wired.ports, inputOf(...asked))
  return {
    ...scene,
    inputOf,
    begin,
    call: (...asked) => begin(...asked).result,
    async open(id, changes = {}, budget = {}) {
      const run: RunRef = { id, key: `key-${id}`, workspace: 'default', labels: {}, ...changes }
      await scene.store.ledger.openRun({ run, workflow: 'test', budget, startedAtMs: Date.now() })
      return run
    },
  }
}
