/**
 * What a worker process is to its endpoints: a connection to the store, health, limits and connections to the vendors, all its own.
 * Its calls it is given by the scenario, where Temporal would give them.
 */
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { createCallModel } from '../../activities/call-model.ts'
import type { CallModelInput, CallModelResult } from '../../src/core/protocol.ts'
import { wirePorts } from '../../src/runtime/ports/wire-ports.ts'
import { openStore } from '../../src/store/index.ts'
import { soundConfiguration } from '../../test/support/sound-configuration.ts'
import type { WorkerAsked, WorkerSaid, WorkerSettings } from './words.ts'

const { yaml, store: storeSettings } = JSON.parse(process.argv[2] ?? '{}') as WorkerSettings
const store = await openStore(storeSettings)
const wired = wirePorts({ configuration: soundConfiguration(yaml), store, app: {} })
await wired.begin()
// No Temporal server is there to tell.
const callModel = createCallModel({ ...wired.ports, othersServe: async () => false })
const say = (said: WorkerSaid) => process.send?.(said)

process.on('message', (asked: WorkerAsked) => {
  if (asked.kind === 'stop') void end()
  else void call(asked.input).then(result => say({ kind: 'ended', number: asked.number, result }))
})
// Whatever became of the scenario: its worker does not outlive it.
process.once('disconnect', () => process.exit())
say({ kind: 'ready' })

async function call(input: CallModelInput): Promise<CallModelResult> {
  const environment = new MockActivityEnvironment(undefined, { logger: new DefaultLogger('ERROR') })
  return (await environment.run(callModel, input)) as CallModelResult
}

async function end(): Promise<void> {
  await wired.close()
  await store.close()
  process.exit()
}
