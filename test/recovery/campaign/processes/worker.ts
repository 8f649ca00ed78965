/** A worker as in production, except that it can be held at the marks of the plan's blows. */
import { readFileSync } from 'node:fs'
import { DefaultLogger, Runtime } from '@temporalio/worker'
import { localConnection } from '../../../../src/runtime/temporal/connection-options.ts'
import { createWorker } from '../../../../src/runtime/worker.ts'
import { openStore, type StoreSettings } from '../../../../src/store/index.ts'
import { soundConfiguration } from '../../../support/sound-configuration.ts'
import { appFor } from '../app.ts'
import { withMarks } from '../marks.ts'
import { type CampaignPlan, type Mark, markId } from '../plan/plan.ts'
import { yamlOf } from '../scene.ts'
import { masterKeysIn } from '../stage/master-keys.ts'
import { openToolLog } from '../tool-log.ts'
import { type GoOn, settingsOf, type WorkerSaid } from './words.ts'

export interface WorkerSettings {
  readonly planPath: string
  readonly temporalAddress: string
  readonly taskQueue: string
  readonly store: StoreSettings
  readonly masterKey: string
  readonly toolLogPath: string
  readonly bundlePath: string
  /** The vendors' addresses. */
  readonly env: Readonly<Record<string, string>>
}

/**
 * Many cold runs at once on a slow machine would each take longer than a workflow task may, and begin again: what waits waits at the
 * server.
 */
const FEW_AT_ONCE = { maxConcurrentWorkflowTaskExecutions: 4, maxConcurrentActivityTaskExecutions: 24 }

const settings = settingsOf<WorkerSettings>()
const plan = JSON.parse(readFileSync(settings.planPath, 'utf8')) as CampaignPlan
const say = (said: WorkerSaid) => process.send?.(said)

const marked = new Set(plan.blows.map(({ at }) => markId(at)))
const held = new Map<string, (() => void)[]>()
process.on('message', ({ mark }: GoOn) => {
  for (const goOn of held.get(mark) ?? []) goOn()
  held.delete(mark)
})

async function reach(at: Mark): Promise<void> {
  const mark = markId(at)
  if (!marked.has(mark)) return
  await new Promise<void>(resolve => {
    held.set(mark, [...(held.get(mark) ?? []), resolve])
    say({ kind: 'reached', mark })
  })
}

Runtime.install({ logger: new DefaultLogger('WARN'), telemetryOptions: { logging: { filter: 'WARN' } } })
const config = soundConfiguration(yamlOf(plan), { ...settings.env })
const store = await openStore({ ...settings.store, masterKeys: masterKeysIn(settings.masterKey) })
const worker = await createWorker({
  config,
  store: withMarks(store, reach),
  temporal: localConnection(settings.temporalAddress),
  taskQueue: settings.taskQueue,
  shutdownGraceMs: 200,
  worker: { workflowBundle: { codePath: settings.bundlePath }, ...FEW_AT_ONCE },
  ...appFor(openToolLog(settings.toolLogPath)),
})
process.once('disconnect', () => process.exit())
const served = worker.run()
say({ kind: 'ready' })
await served
await store.close()
process.disconnect?.()
