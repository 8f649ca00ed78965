/**
 * A worker in a process of its own, to be killed. Its place is given as one JSON argument; it says `ready` on standard
 * output once it serves.
 *
 * @module
 */
import { localConnection } from '../../src/runtime/temporal/connection-options.ts'
import { createWorker } from '../../src/runtime/worker.ts'
import { APP, YAML } from '../support/scene.ts'
import { sharedBundle } from '../support/shared-bundle.ts'
import { soundConfiguration } from '../support/sound-configuration.ts'
import { FRUGAL } from '../support/stage.ts'
import '../support/quiet-runtime.ts'

interface Place {
  readonly temporalAddress: string
  readonly storePath: string
  readonly taskQueue: string
  readonly env: Record<string, string>
  /** @defaultValue the scene's */
  readonly yaml?: string
}

const { temporalAddress, storePath, taskQueue, env, yaml = YAML } = JSON.parse(process.argv[2] ?? '{}') as Place
const config = soundConfiguration(yaml, env)
const worker = await createWorker({
  config,
  store: { path: storePath },
  temporal: localConnection(temporalAddress),
  taskQueue,
  shutdownGraceMs: 100,
  worker: { ...FRUGAL, ...sharedBundle() },
  ...APP,
})
const done = worker.run()
process.stdout.write('ready\n')
await done
